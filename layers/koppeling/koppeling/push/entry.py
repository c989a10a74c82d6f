"""Booking: one invoice becomes one sales entry, whatever crashes or gets lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.exact_errors import code_of
from koppeling.core.ids import ExactId
from koppeling.push.entry_search import IN_USE, Found, in_use, look, must_look_first, note_stop
from koppeling.push.evidence import Ending, Step
from koppeling.push.invoice_checks import check_invoice, check_rate, is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, LOOK_AFTER, SETTLED_AFTER, State
from koppeling.push.reference_checks import check_customer, left_out, not_revenue
from koppeling.push.references import references_of, renewed
from koppeling.push.sales_entry import (
    DIFFERS,
    EntryCard,
    EntryReferences,
    amount_booked,
    compare,
    entry_body,
    journal_of,
)
from koppeling.push.unclear import (
    NO_ANSWER_YET,
    NOTHING_UNCLEAR,
    is_enough,
    not_confirmed,
    stop_of,
    text_of_answer,
    unclear,
)

UNCERTAIN = "entry-uncertain"
# Several entries look like ours, and only a person can tell which one is
ASK_A_PERSON = timedelta(hours=1)
# The fields of an invoice whose entry, document and file were deleted
_NOT_BOOKED: Mapping[str, Any] = {
    **dict.fromkeys(("entry_id", "entry_number", "booked_amount", "document_id", "attachment_id")),
    **dict.fromkeys(("pdf_sha256", "code", "posted_at", "probed_at", "sent_at")),
    **NOTHING_UNCLEAR,
    "differences": (),
    "lines": 0,
    "agreed": False,
    "is_rebooked": True,
    "skipped_entry": "",
    "message": "",
}


def book(job: InvoiceJob) -> None:
    """Bring an invoice from INTENT to ENTRY.

    Raises:
        Reject: a person must correct something.
        Retry: the post got no answer; the next delivery looks for the entry.
    """
    job.notes.extend(check_invoice(job.invoice))
    check_rate(job.invoice, job.connection)
    try:
        card = job.books.find_customer(job.invoice.debtor_code)
        customer = check_customer(card, job.invoice, job.invoice.invoice_date)
        if not job.is_absent and must_look_first(job) and _adopt_existing(job, customer):
            return
        references = references_of(job, customer)
    except Consequence as stopped:
        note_stop(job, stopped)
        raise
    job.notes.extend([*not_revenue(references), *left_out(job.invoice, references)])
    try:
        _send(job, references)
    except Reject as refusal:
        if not _sent_again(job, refusal, references):
            raise


def _send(job: InvoiceJob, references: EntryReferences) -> None:
    body = entry_body(job.invoice, references, job.connection)
    job.move(
        State.POSTING,
        **_match_keys(job, references.customer),
        lines=len(job.invoice.lines),
        posted_at=job.ports.now(),
        probed_at=None,
        attempts=job.item.attempts + 1,
        **NO_ANSWER_YET,
    )
    _post(job, body, references)


def _sent_again(job: InvoiceJob, refusal: Reject, used: EntryReferences) -> bool:
    """Book once more when a code that Exact refused stands for something else there by now."""
    job.move(State.INTENT, posted_at=None, look_first=True)
    references = renewed(job, refusal, used)
    if references is None:
        return False
    if not _adopt_existing(job, references.customer):
        _send(job, references)
    return True


def resolve_unknown(job: InvoiceJob) -> None:
    """Find out what became of an entry that was posted without an answer (X169, R19).

    Found: ENTRY. Absent twice, the second time when Exact can no longer book it late: INTENT, so
    that it is posted again. In every other case it waits, because an unknown outcome never posts.

    Raises:
        Defer: it is too early to tell.
        Reject: the number belongs to another entry, or every post stays unclear.
        Fatal: it was not booked, for want of a right.
    """
    sent_at = job.item.posted_at or job.ports.now()
    look_from = (job.item.probed_at or sent_at) + LOOK_AFTER
    if job.ports.now() < look_from:
        raise Defer(UNCERTAIN, look_from, "an unanswered call is left alone for a minute")
    if job.item.state is State.POSTING:
        sent_at += LIFE  # the push that announced the post was slow, or died
        job.move(State.UNKNOWN, posted_at=sent_at)
    _warn(job)
    found = look(job)
    match found.ours:
        case [entry]:
            _adopt(job, entry)
        case []:
            _absent(job, found, sent_at)
        case _:
            raise Defer(UNCERTAIN, job.ports.now() + ASK_A_PERSON, "more than one entry is ours")


def rebook(job: InvoiceJob) -> None:
    """Start an invoice again whose entry was deleted, when a person asks for it (X172).

    The entry is looked for by its id as well, because changing its reference does not delete it.
    Another entry with the number is only noticed when the invoice is booked (`_adopt_existing`).
    """
    deleted = ExactId(job.message.rebook_entry_id)
    found = look(job)
    exists = any(entry.id == deleted for entry in (*found.ours, *found.others))
    exists = exists or job.books.has_entry(deleted)
    job.close_entry_problems()
    if exists and job.item.skipped_entry:
        job.move(job.item.state, skipped_entry="")  # it gets its PDF again
    elif not exists:
        job.record_evidence(Step.ENTRY, Ending.GONE, "", f"EntryID {deleted}")
        job.close_problems()
        job.move(State.INTENT, **_NOT_BOOKED)


def _absent(job: InvoiceJob, found: Found, sent_at: datetime) -> None:
    now, settled_from = job.ports.now(), sent_at + SETTLED_AFTER
    if job.item.probed_at is None or now < settled_from:
        job.move(State.UNKNOWN, probed_at=now)
        raise Defer(UNCERTAIN, max(now + LOOK_AFTER, settled_from), "not there yet")
    if found.others:
        raise in_use(job, found.others)
    stop = stop_of(job.item)
    if stop is None and is_enough(job.item):
        raise not_confirmed(job.item)
    job.move(State.INTENT, probed_at=None, posted_at=None)
    job.close_problems()
    job.is_absent = True
    if stop is not None:
        raise stop


def _post(job: InvoiceJob, body: Mapping[str, Any], references: EntryReferences) -> None:
    try:
        row = job.post(Step.ENTRY, body, lambda: job.books.post_entry(body))
    except Uncertain as lost:
        job.move(State.UNKNOWN, posted_at=job.ports.now(), **unclear(job.item, lost))
        _warn(job)
        raise Retry(UNCERTAIN, lost.detail) from lost
    except Reject as refusal:
        if code_of(refusal) != IN_USE:
            raise
        _number_in_use(job, refusal)
    except Consequence:  # X165: Exact did not execute the call
        job.move(State.INTENT, posted_at=None)
        raise
    else:
        _booked(job, row, references)


def _warn(job: InvoiceJob) -> None:
    """Tell people not to book this invoice themselves now, with what Exact answered."""
    answer = text_of_answer(job.item)
    job.open_problem(UNCERTAIN, **({"message": answer} if answer else {}))


def _booked(job: InvoiceJob, row: Mapping[str, Any], references: EntryReferences) -> None:
    """Note what Exact booked; a difference with the invoice becomes a problem (X112)."""
    differences = compare(job.invoice, row, references, job.connection)
    job.move(
        State.ENTRY,
        entry_id=ExactId(row["EntryID"]),
        entry_number=str(row.get("EntryNumber") or ""),
        booked_amount=amount_booked(row),
        differences=differences,
        look_first=False,
        **NOTHING_UNCLEAR,
    )
    _close_solved(job)
    if differences:
        job.open_problem(DIFFERS)


def _close_solved(job: InvoiceJob) -> None:
    """Close the problems that the booking solves now; the PDF may take days."""
    had_problems = {State.REJECTED, State.UNKNOWN}
    if any(state in had_problems for state, _ in job.item.history) or job.item.is_rebooked:
        job.close_problems()
    if job.item.is_rebooked:
        job.close_entry_problems()


def _number_in_use(job: InvoiceJob, refusal: Reject) -> None:
    """Adopt the entry that has the number if it is ours after all (X171, R21)."""
    found = look(job)
    match found.ours:
        case [entry]:
            _adopt(job, entry)
        case _:
            raise in_use(job, (*found.others, *found.ours)) from refusal


def _adopt_existing(job: InvoiceJob, customer: ExactId) -> bool:
    """Adopt the entry of an invoice that stands in Exact already (X170, L41).

    Raises:
        Reject: the number belongs to another entry, or there is none to attach a PDF to.
    """
    job.move(State.INTENT, **_match_keys(job, customer))
    found = look(job)
    candidates, others = list(found.ours), list(found.others)
    existing = is_existing(job.invoice, job.connection)
    pdf_only = existing and not job.connection.existing_as_entries
    if pdf_only:  # somebody booked it by hand, so only the debtor must match
        candidates = candidates or [each for each in others if each.customer == customer]
    if len(candidates) == 1:
        _adopt(job, candidates[0])
        return True
    if pdf_only:
        raise Reject("entry-not-found-for-pdf", f"{len(candidates)} entries could be meant")
    if candidates or others:
        raise in_use(job, (*others, *candidates))
    return False


def _adopt(job: InvoiceJob, entry: EntryCard) -> None:
    """Take an entry that stands in Exact for the one of this invoice; it may have its PDF too."""
    answer = f"EntryID {entry.id}, EntryNumber {entry.number}"
    job.record_evidence(Step.ENTRY, Ending.FOUND, "", answer)
    job.move(
        State.ENTRY,
        entry_id=entry.id,
        entry_number=entry.number,
        booked_amount=entry.amount_incl,
        agreed=bool(job.message.linked_entry),
        lines=0,  # unknown
        posted_at=job.item.posted_at or job.ports.now(),
        look_first=True,
        **NOTHING_UNCLEAR,
    )
    _close_solved(job)


def _match_keys(job: InvoiceJob, customer: ExactId) -> dict[str, Any]:
    """Return what identifies the entry if the answer gets lost."""
    return {
        "customer": customer,
        "journal": journal_of(job.invoice, job.connection),
        "entry_date": job.invoice.invoice_date,
    }
