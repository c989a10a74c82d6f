"""The push: a processed invoice in the inbox becomes a sales entry with its PDF in Exact.

    read ──► skip? ──► take up the outbox item ──► resolve ──► book ──► attach the PDF ──► DONE

What a person must solve becomes a problem and the message is done, so that no message circulates
for ever and no invoice delays another (R23). What may work later is raised as Retry or Defer, and
the queue delivers it again. Nothing is ever posted twice: see `entry`,
`adoption`, `unknown_outcome` and `attachment`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Reject, Retry
from koppeling.core.problems import OPERATOR, Problem
from koppeling.push.attachment import attach_pdf, take_later_pdf
from koppeling.push.decisions import apply_decision
from koppeling.push.endings import (
    check_newest,
    finish,
    is_newest,
    overtaken,
    pass_over,
    refuse,
    result_of,
)
from koppeling.push.entry import book
from koppeling.push.hold import check_hold, hold
from koppeling.push.inbox_marks import mark_pdf
from koppeling.push.invoice import InboxDocument, Invoice
from koppeling.push.invoice_checks import not_valid, reason_to_skip
from koppeling.push.job import InvoiceJob, PushOutcome, PushResult
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import Conflict, State, begun, content_of
from koppeling.push.permit import permit_for
from koppeling.push.ports import PushPorts
from koppeling.push.rebooking import rebook
from koppeling.push.settling import job_to_settle
from koppeling.push.strays import STRAY, stray_problem
from koppeling.push.terms import terms_of
from koppeling.push.unknown_outcome import resolve_unknown
from koppeling.push.write_back import write_back

ASK_WHEN_PAUSED = timedelta(minutes=15)
"""An invoice of a connection that is paused or not started waits in the queue, without a call."""


@dataclass(frozen=True, slots=True)
class InvoicePusher:
    """Delivers invoices, one at a time."""

    ports: PushPorts

    def run(self, message: InvoiceMessage) -> PushResult:
        """Deliver one invoice; safe to repeat at any moment.

        Raises:
            Retry: it may work later; the queue delivers it again.
            Defer: it may work from a known moment on.
            Reauthorise: the consent is gone; the invoice waits for a login.
            Fatal: a mistake of ours or of the set-up.
        """
        connection_id = message.connection
        connection = self.ports.connections.get(connection_id)
        if connection is None:
            # The message of an erased connection leaves nothing: its document is gone as well
            if not message.key or self.ports.inbox.document(message.key) is not None:
                self.ports.problems.open(stray_problem(message.key))
            return PushResult(PushOutcome.STRAY, OPERATOR, code=STRAY)
        if connection.paused:
            why = "connection-paused" if connection.started else "connection-not-started"
            raise Defer(why, self.ports.now() + ASK_WHEN_PAUSED)
        if message.settles:
            return self._settle(message, connection)
        try:
            invoice, copy = self._read(message, connection)
        except Reject as refusal:
            return self._unreadable(message, connection, refusal)
        self._close_unreadable(message, copy)
        try:
            job = self._job(invoice, connection, message, copy)
            check_hold(job)
            return self._with_write_back(job)
        except Conflict as conflict:
            raise Retry("invoice-in-progress", "another delivery moved first") from conflict

    def _close_unreadable(self, message: InvoiceMessage, copy: InboxDocument) -> None:
        """Close what was wrong with a document, but not what is wrong with a newer copy."""
        self.ports.problems.close(
            message.connection,
            message.subject,
            lambda _: is_newest(self.ports.inbox, message.key, copy.version),
        )

    def _unreadable(
        self, message: InvoiceMessage, connection: Connection, refusal: Reject
    ) -> PushResult:
        """Say what is wrong with a document; nothing else is known of it."""
        values = {"invoice": message.key.rpartition("/")[2]} | dict(refusal.values)
        problem = Problem(connection.id, message.subject, refusal.code, values)
        self.ports.problems.close(
            connection.id, message.subject, lambda opened: opened.code != refusal.code
        )
        self.ports.problems.open(problem)
        self._check_still_refused(message, connection, refusal)
        notes = (refusal.detail,)
        return PushResult(PushOutcome.REJECTED, connection.id, code=refusal.code, notes=notes)

    def _settle(self, message: InvoiceMessage, connection: Connection) -> PushResult:
        """Find out what became of an entry, from what the outbox knows alone."""
        item = self.ports.outbox.get(connection.id, message.settles)
        if item is None or not item.is_unsettled:
            return PushResult(PushOutcome.SETTLED, connection.id, message.settles)
        job = job_to_settle(self.ports, connection, item, message)
        with permit_for(job):
            return _or_refusal(job, _settled)

    def _read(
        self, message: InvoiceMessage, connection: Connection
    ) -> tuple[Invoice, InboxDocument]:
        found = self.ports.inbox.document(message.key)
        if found is None:
            raise not_valid("gone", "no longer in the inbox")
        document = self.ports.check(found.content)
        if document["connection_id"] != connection.id:
            raise not_valid("foreign", "connection_id differs from the folder it lies in")
        return Invoice.from_document(document), found

    def _check_still_refused(
        self, message: InvoiceMessage, connection: Connection, refusal: Reject
    ) -> None:
        """Make sure that no other copy was delivered before the problem was opened.

        Raises:
            Retry: one was, and it is right, or wrong in another way.
        """
        try:
            self._read(message, connection)
        except Reject as newest:
            if (newest.code, dict(newest.values)) == (refusal.code, dict(refusal.values)):
                return
        raise overtaken()

    def _job(
        self, invoice: Invoice, connection: Connection, message: InvoiceMessage, copy: InboxDocument
    ) -> InvoiceJob:
        """Find the outbox item of the invoice, or write the first one."""
        item = self.ports.outbox.get(connection.id, invoice.number)
        if item is None:
            item = begun(invoice, message.key, self.ports.now())
            self.ports.outbox.begin(item)
        books = self.ports.books(connection, terms_of(message, invoice, connection, item))
        return InvoiceJob(
            self.ports,
            connection,
            invoice,
            books,
            item,
            message,
            copy.version,
            put_at=copy.put_at,
            notes=list(invoice.notes),
        )

    def _with_write_back(self, job: InvoiceJob) -> PushResult:
        try:
            with permit_for(job):
                result = _with_evidence(job)
        except Consequence as stopped:
            if isinstance(stopped, Defer | Retry):
                write_back(job)  # the invoice may be booked while its PDF is not there yet
            if isinstance(stopped, Defer):
                hold(job, stopped)
            raise
        retry_write_back = write_back(job)
        retry_write_back = mark_pdf(job) or retry_write_back
        return replace(result, retry_write_back=retry_write_back, notes=tuple(job.notes))


def _with_evidence(job: InvoiceJob) -> PushResult:
    """Deliver, and store what was held back, also when another delivery moved first."""
    try:
        result = _or_refusal(job, _deliver)
    except (Consequence, Conflict):
        job.store_evidence()
        raise
    job.store_evidence()
    return result


def _or_refusal(job: InvoiceJob, work: Callable[[InvoiceJob], PushResult]) -> PushResult:
    try:
        return work(job)
    except Reject as refusal:
        return refuse(job, refusal)


def _settled(job: InvoiceJob) -> PushResult:
    resolve_unknown(job)
    return result_of(job, PushOutcome.SETTLED)


def _deliver(job: InvoiceJob) -> PushResult:
    try:
        if job.item.is_unsettled:
            resolve_unknown(job)
    except Reject as refusal:
        # A decision of this message holds also when it comes while the outcome is unknown
        result = refuse(job, refusal)
        return _skipped(job) if apply_decision(job) else result
    if apply_decision(job):
        return _skipped(job)
    if job.item.is_booked and job.item.entry_id == job.message.rebook_entry_id:
        rebook(job)
    _update_content(job)
    skip = None if job.item.is_booked else reason_to_skip(job.invoice, job.connection)
    if skip and job.item.state is State.INTENT:
        pass_over(job, skip)
    if skip and job.item.code == skip:
        return result_of(job, PushOutcome.SKIPPED, skip)
    if job.item.state is State.REJECTED:
        return result_of(job, PushOutcome.REJECTED, job.item.code or "")
    if job.item.state is State.DONE and not take_later_pdf(job):
        return finish(job, PushOutcome.ALREADY_BOOKED)
    if not job.item.is_booked:
        book(job)
    return finish(job, PushOutcome.BOOKED, attach_pdf(job))


def _skipped(job: InvoiceJob) -> PushResult:
    return result_of(job, PushOutcome.SKIPPED, job.item.code or "")


def _update_content(job: InvoiceJob) -> None:
    """Continue with the copy that was read; only a booked invoice may not change (X167).

    A refused invoice is tried again when it changed, when it was put in the inbox again or when a
    retry asks for it, but not because the queue delivered the same message twice.
    """
    item, invoice = job.item, job.invoice
    changed = item.document_hash != invoice.content_hash
    if changed:
        check_newest(job)
    if changed and item.is_booked:
        raise Reject("invoice-changed-after-booking")
    tried_again = item.state is State.REJECTED and (
        job.message.retry or item.refused_copy != job.copy_version
    )
    if changed or tried_again or _is_wanted_now(job):
        job.move(State.INTENT, **content_of(invoice), code=None, message="", look_first=True)


def _is_wanted_now(job: InvoiceJob) -> bool:
    """Say whether an invoice was passed over for a setting that has changed since."""
    return job.item.is_passed_over and reason_to_skip(job.invoice, job.connection) is None
