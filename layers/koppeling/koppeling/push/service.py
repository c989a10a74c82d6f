"""The push: a processed invoice in the inbox becomes a sales entry with its PDF in Exact.

    read ──► skip? ──► take up the outbox item ──► settle ──► book ──► hang the PDF ──► DONE

What a person must mend is stored as a problem and the message is used up, so nothing goes round for
ever and no invoice delays another (R23). What may work later is raised as Retry or Defer, and the
queue offers it again. What is never done is posting twice: see `push_entry` and `push_pdf`.
"""

from dataclasses import replace
from datetime import timedelta

from koppeling.core.catalogue import text
from koppeling.core.connection import Connection
from koppeling.core.errors import Defer, Reject, Retry
from koppeling.core.exact_errors import Translation, translate
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.push.attachment import attach_pdf
from koppeling.push.blocked import blocker_of
from koppeling.push.decisions import apply_decision
from koppeling.push.entry import book, rebook, resolve_unknown
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_checks import NOT_VALID, Skip, is_existing, reason_to_skip
from koppeling.push.job import InvoiceJob, PushOutcome, PushResult
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import Conflict, OutboxItem, State
from koppeling.push.ports import ASK_WHEN_PAUSED, PushPorts
from koppeling.push.sales_entry import DIFFERS
from koppeling.push.write_back import write_back

# What waits for its turn opens no problem: nobody has to do anything
BUSY = "push-busy"
NEXT_TURN = timedelta(seconds=20)


class InvoicePusher:
    """Delivers invoices, one at a time."""

    def __init__(self, ports: PushPorts) -> None:
        self._ports = ports

    def run(self, offer: InvoiceMessage) -> PushResult:
        """Deliver the invoice that is offered; safe to repeat at any moment.

        Raises:
            Retry: it may work later; the queue offers it again.
            Defer: it may work from a known moment on.
            Reauthorise: the consent is gone; the invoice waits for a login.
            Fatal: a mistake of ours or of the set-up.
        """
        key = offer.key
        connection_id = ConnectionId(key.partition("/")[0])
        subject = f"inbox/{key}"
        try:
            connection = self._connection(connection_id)
            self._ports.problems.close(connection_id, subject)
            invoice, offered = self._read(key, connection)
        except Reject as refusal:
            values = {"invoice": key.rpartition("/")[2]} | dict(refusal.values)
            self._ports.problems.open(Problem(connection_id, subject, refusal.code, values))
            self._check_still_refused(key, connection_id)
            return PushResult(PushOutcome.REJECTED, connection_id, code=refusal.code)
        try:
            return self._with_write_back(self._take_up(invoice, connection, offer, offered))
        except Conflict as conflict:
            raise Retry("invoice-in-progress", "another delivery moved first") from conflict

    def _with_write_back(self, job: InvoiceJob) -> PushResult:
        """Deliver, and tell what became of it."""
        try:
            result = self._with_permit(job)
        except (Defer, Retry):
            write_back(job)  # the booking may stand while the PDF is waited for
            raise
        retry_write_back = write_back(job)
        return replace(result, retry_write_back=retry_write_back, notes=tuple(job.notes))

    def _connection(self, connection_id: ConnectionId) -> Connection:
        connection = self._ports.connections.get(connection_id)
        if connection is None:
            raise _invalid("connection_id", "unknown connection")
        if connection.paused:
            raise Defer("connection-paused", self._ports.now() + ASK_WHEN_PAUSED)
        return connection

    def _read(self, key: str, connection: Connection) -> tuple[Invoice, str]:
        offered = self._ports.inbox.document(key)
        if offered is None:
            raise _invalid("document", "no longer in the inbox")
        document = self._ports.check(offered.content)
        if document["connection_id"] != connection.id:
            raise _invalid("connection_id", "differs from the folder it lies in")
        return Invoice.from_document(document), offered.version

    def _check_still_refused(self, key: str, connection_id: ConnectionId) -> None:
        """Make sure that no mended copy was delivered before the problem was opened.

        Raises:
            Retry: one came in meanwhile.
        """
        try:
            self._read(key, self._connection(connection_id))
        except Reject:
            return
        raise _overtaken()

    def _take_up(
        self, invoice: Invoice, connection: Connection, offer: InvoiceMessage, offered: str
    ) -> InvoiceJob:
        """Find the invoice's item, or write the first one."""
        item = self._ports.outbox.get(connection.id, invoice.number)
        if item is None:
            item = self._first_item(invoice)
            self._ports.outbox.begin(item)
        books = self._ports.books(connection, existing=is_existing(invoice, connection))
        return InvoiceJob(self._ports, connection, invoice, books, item, offer, offered)

    def _first_item(self, invoice: Invoice) -> OutboxItem:
        return OutboxItem(
            connection=invoice.connection,
            number=invoice.number,
            state=State.INTENT,
            document_hash=invoice.content_hash,
            kind=invoice.kind,
            currency=invoice.currency,
            amount_excl=invoice.totals.amount_excl,
            vat_amount=invoice.totals.vat_amount,
            amount_incl=invoice.totals.amount_incl,
            history=((State.INTENT, self._ports.now()),),
        )

    def _with_permit(self, job: InvoiceJob) -> PushResult:
        """Deliver while this push has one of the places before the administration (R25)."""
        slots, connection = self._ports.semaphore, job.connection
        slot = slots.acquire(connection.exact_host, connection.division)
        if slot is None:
            raise Defer(BUSY, self._ports.now() + NEXT_TURN, "two pushes are at work there")
        try:
            return self._deliver(job)
        finally:
            job.books.close()
            slots.release(slot)

    def _deliver(self, job: InvoiceJob) -> PushResult:
        try:
            if job.item.is_unsettled:
                resolve_unknown(job)
            if apply_decision(job):
                return _result(job, PushOutcome.SKIPPED, job.item.code or "")
            if job.item.is_booked and job.item.entry_id == job.message.rebook_entry_id:
                rebook(job)
            _take_over_content(job)
            skip = None if job.item.is_booked else reason_to_skip(job.invoice, job.connection)
            if skip and job.item.state is State.INTENT:
                _pass_over(job, skip)
            if skip and job.item.code == skip:
                return _result(job, PushOutcome.SKIPPED, skip)
            if job.item.state is State.REJECTED:
                return _result(job, PushOutcome.REJECTED, job.item.code or "")
            if job.item.state is State.DONE:
                return _finish(job, PushOutcome.ALREADY_BOOKED)
            if not job.item.is_booked:
                book(job)
            return _finish(job, PushOutcome.BOOKED, attach_pdf(job))
        except Reject as refusal:
            return _refuse(job, refusal)


def _take_over_content(job: InvoiceJob) -> None:
    """Go on with what is offered now: a booked invoice may not change, another one may (X167).

    A refused invoice goes on when it changed or was put in the inbox again, not because the queue
    delivered the same offer twice (DESIGN 5.4).
    """
    item, invoice = job.item, job.invoice
    changed = item.document_hash != invoice.content_hash
    if changed:
        _must_be_newest(job)
    if changed and item.is_booked:
        raise Reject("invoice-changed-after-booking")
    refused = item.state is State.REJECTED and (
        job.message.retry or item.offered != job.copy_version
    )
    if changed or refused or _is_wanted_now(job):
        job.move(
            State.INTENT,
            document_hash=invoice.content_hash,
            kind=invoice.kind,
            currency=invoice.currency,
            amount_excl=invoice.totals.amount_excl,
            vat_amount=invoice.totals.vat_amount,
            amount_incl=invoice.totals.amount_incl,
            code=None,
            message="",
        )


def _must_be_newest(job: InvoiceJob) -> None:
    """Make sure that this is not an older copy, read before a newer one was delivered.

    Raises:
        Retry: another copy lies in the inbox by now.
    """
    lies = job.ports.inbox.document(job.message.key)
    if lies is None or lies.version != job.copy_version:
        raise _overtaken()


def _is_wanted_now(job: InvoiceJob) -> bool:
    """Say whether an invoice was passed over for a setting that has been changed since."""
    passed_over = job.item.state is State.REJECTED and job.item.code in set(Skip)
    return passed_over and reason_to_skip(job.invoice, job.connection) is None


def _pass_over(job: InvoiceJob, skip: Skip) -> None:
    """Note that this invoice becomes no entry, and why; nothing is wrong with it (L33, L34)."""
    job.close_problems()
    values = {"invoice": job.invoice.number, "date": job.connection.start_date.isoformat()}
    job.move(
        State.REJECTED, code=skip.value, message=text(skip, "nl", values), offered=job.copy_version
    )


def _refuse(job: InvoiceJob, refusal: Reject) -> PushResult:
    """Store one problem for each thing to mend; the first one decides the state."""
    message = refusal.values.get("message")
    found = translate(message) if message else [Translation(refusal.code, refusal.values)]
    job.close_problems()
    for one in found:
        job.open(one.code, **one.values)
    if job.item.differences:
        job.open(DIFFERS)
    if not job.item.is_booked:
        wait = blocker_of(
            found[0].code, found[0].values, job.message.key, job.invoice, job.connection
        )
        if wait is not None:
            job.ports.blocked.add(job.connection.id, wait)
        said = job.text_of(found[0].code, **found[0].values)
        job.move(State.REJECTED, code=found[0].code, offered=job.copy_version, message=said)
    else:
        job.move(job.item.state, message=job.text_of(found[0].code, **found[0].values))
        _must_be_newest(job)  # or a newer copy was delivered before this was told, and told nothing
    outcome = (
        PushOutcome.BOOKED_WITHOUT_PDF if refusal.code.startswith("pdf-") else PushOutcome.REJECTED
    )
    return _result(job, outcome, found[0].code)


def _finish(job: InvoiceJob, outcome: PushOutcome, pdf_bytes: int = 0) -> PushResult:
    """Close what was open; only a difference with the invoice waits for a person (X112)."""
    if job.item.message:
        _must_be_newest(job)
    job.close_problems()
    if job.item.message:
        job.move(job.item.state, message="")
    elif job.is_overtaken:
        raise Conflict("what another delivery told may just have been closed")
    if job.item.differences:
        job.open(DIFFERS)
    return _result(job, outcome, DIFFERS if job.item.differences else "", pdf_bytes)


def _result(
    job: InvoiceJob, outcome: PushOutcome, code: str = "", pdf_bytes: int = 0
) -> PushResult:
    return PushResult(
        outcome,
        job.connection.id,
        job.invoice.number,
        code,
        entry_number=job.item.entry_number or "",
        amount_incl=job.invoice.totals.amount_incl,
        currency=job.invoice.currency,
        pdf_bytes=pdf_bytes,
    )


def _overtaken() -> Retry:
    return Retry("invoice-in-progress", "another copy came in meanwhile")


def _invalid(field: str, reason: str) -> Reject:
    return Reject(NOT_VALID, f"{field}: {reason}", field=field, reason=reason)
