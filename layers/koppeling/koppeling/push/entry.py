"""Booking: one invoice becomes one sales entry, whatever crashes or gets lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn

from koppeling.core.clock import today
from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.exact_errors import code_of
from koppeling.core.ids import ExactId
from koppeling.push.evidence import Ending, Step
from koppeling.push.invoice import InvoiceLine
from koppeling.push.invoice_checks import check_invoice, is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.money import format_amount
from koppeling.push.outbox import LIFE, LOOK_AFTER, SETTLED_AFTER, State
from koppeling.push.reference_checks import check_customer, not_revenue, resolve
from koppeling.push.sales_entry import (
    DIFFERS,
    EntryCard,
    EntryReferences,
    amount_booked,
    compare,
    entry_body,
    journal_of,
    ours,
)

UNCERTAIN = "entry-uncertain"
IN_USE = "entry-number-in-use"
# Several entries look like ours, and only a person can tell which one is
ASK_A_PERSON = timedelta(hours=1)
# The fields of an invoice whose entry, document and file were deleted
_NOT_BOOKED: Mapping[str, Any] = {
    **dict.fromkeys(("entry_id", "entry_number", "booked_amount", "document_id", "attachment_id")),
    **dict.fromkeys(("pdf_sha256", "code", "posted_at", "probed_at", "sent_at")),
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
    card = job.books.find_customer(job.invoice.debtor_code)
    customer = check_customer(card, job.invoice, today(job.ports.now()))
    may_exist = job.item.is_rebooked or is_existing(job.invoice, job.connection)
    if may_exist and _adopt_existing(job, customer):
        return
    references = _references(job, customer)
    job.notes.extend(not_revenue(references))
    body = entry_body(job.invoice, references, job.connection)
    job.move(
        State.POSTING,
        **_match_keys(job, customer),
        lines=len(job.invoice.lines),
        posted_at=job.ports.now(),
        probed_at=None,
        attempts=job.item.attempts + 1,
    )
    _post(job, body, references)


def resolve_unknown(job: InvoiceJob) -> None:
    """Find out what became of an entry that was posted without an answer (X169, R19).

    Found: ENTRY. Absent twice, the second time when Exact can no longer book it late: INTENT, so
    that it is posted again. In every other case it waits, because an unknown outcome never posts.

    Raises:
        Defer: it is too early to tell.
        Reject: the number belongs to another entry.
    """
    sent_at = job.item.posted_at or job.ports.now()
    look_from = (job.item.probed_at or sent_at) + LOOK_AFTER
    if job.ports.now() < look_from:
        raise Defer(UNCERTAIN, look_from, "an unanswered call is left alone for a minute")
    if job.item.state is State.POSTING:
        sent_at += LIFE  # the push that announced the post was slow, or died
        job.move(State.UNKNOWN, posted_at=sent_at)
    job.open_problem(UNCERTAIN)
    entries = job.books.entries_with_reference(job.item.number)
    match [entry for entry in entries if ours(entry, job.item)]:
        case [entry]:
            _adopt(job, entry)
        case []:
            _absent(job, entries, sent_at)
        case _:
            raise Defer(UNCERTAIN, job.ports.now() + ASK_A_PERSON, "more than one entry is ours")


def rebook(job: InvoiceJob) -> None:
    """Start an invoice again whose entry was deleted, when a person asks for it (X172).

    The entry is looked for by its id as well, because changing its reference does not delete it.
    Another entry with the number is only noticed when the invoice is booked (`_adopt_existing`).
    """
    deleted = ExactId(job.message.rebook_entry_id)
    entries = job.books.entries_with_reference(job.item.number)
    exists = any(entry.id == deleted for entry in entries) or job.books.has_entry(deleted)
    job.close_entry_problems()
    if not exists:
        job.record_evidence(Step.ENTRY, Ending.GONE, "", f"EntryID {deleted}")
        job.close_problems()
        job.move(State.INTENT, **_NOT_BOOKED)


def _absent(job: InvoiceJob, others: Sequence[EntryCard], sent_at: datetime) -> None:
    now, settled_from = job.ports.now(), sent_at + SETTLED_AFTER
    if job.item.probed_at is None or now < settled_from:
        job.move(State.UNKNOWN, probed_at=now)
        raise Defer(UNCERTAIN, max(now + LOOK_AFTER, settled_from), "not there yet")
    if others:
        raise _in_use(job, others)
    job.move(State.INTENT, probed_at=None, posted_at=None)
    job.close_problems()


def _post(job: InvoiceJob, body: Mapping[str, Any], references: EntryReferences) -> None:
    try:
        row = job.post(Step.ENTRY, body, lambda: job.books.post_entry(body))
    except Uncertain as lost:
        _outcome_unknown(job, lost.detail)
    except Reject as refusal:
        if code_of(refusal) != IN_USE:
            raise
        _number_in_use(job, refusal)
    except Consequence:  # X165: Exact did not execute the call
        job.move(State.INTENT, posted_at=None)
        raise
    else:
        _booked(job, row, references)


def _outcome_unknown(job: InvoiceJob, detail: str) -> NoReturn:
    job.move(State.UNKNOWN, posted_at=job.ports.now())
    job.open_problem(UNCERTAIN)
    raise Retry(UNCERTAIN, detail)


def _booked(job: InvoiceJob, row: Mapping[str, Any], references: EntryReferences) -> None:
    """Note what Exact booked; a difference with the invoice becomes a problem (X112)."""
    if not row.get("EntryID"):
        _outcome_unknown(job, "the answer has no EntryID")
    differences = compare(job.invoice, row, references, job.connection)
    job.move(
        State.ENTRY,
        entry_id=ExactId(row["EntryID"]),
        entry_number=str(row.get("EntryNumber") or ""),
        booked_amount=amount_booked(row),
        differences=differences,
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
    entries = job.books.entries_with_reference(job.item.number)
    match [entry for entry in entries if ours(entry, job.item)]:
        case [entry]:
            _adopt(job, entry)
        case _:
            raise _in_use(job, entries) from refusal


def _adopt_existing(job: InvoiceJob, customer: ExactId) -> bool:
    """Adopt the entry of an invoice that is older than the link, or booked again (X170, L41).

    Raises:
        Reject: the number belongs to another entry, or there is none to attach a PDF to.
    """
    job.move(State.INTENT, **_match_keys(job, customer))
    entries = job.books.entries_with_reference(job.invoice.number)
    found = [entry for entry in entries if ours(entry, job.item)]
    existing = is_existing(job.invoice, job.connection)
    pdf_only = existing and not job.connection.existing_as_entries
    if pdf_only:  # somebody booked it by hand, so only the debtor must match
        found = found or [entry for entry in entries if entry.customer == customer]
    if len(found) == 1:
        _adopt(job, found[0])
        return True
    if pdf_only:
        raise Reject("entry-not-found-for-pdf", f"{len(found)} entries could be meant")
    if entries:
        raise _in_use(job, entries)
    return False


def _adopt(job: InvoiceJob, entry: EntryCard) -> None:
    answer = f"EntryID {entry.id}, EntryNumber {entry.number}"
    job.record_evidence(Step.ENTRY, Ending.FOUND, "", answer)
    job.move(
        State.ENTRY,
        entry_id=entry.id,
        entry_number=entry.number,
        booked_amount=entry.amount_incl,
        lines=0,  # unknown
        posted_at=job.item.posted_at or job.ports.now(),
    )
    _close_solved(job)


def _in_use(job: InvoiceJob, entries: Sequence[EntryCard]) -> Reject:
    values = {}
    if entries:
        entry = entries[0]
        values = {
            "entry_number": entry.number,
            "debtor_entry": entry.customer_name,
            "amount_entry": format_amount(entry.amount_incl, job.item.currency),
        }
    return Reject(IN_USE, f"{len(entries)} entries have this number", **values)


def _match_keys(job: InvoiceJob, customer: ExactId) -> dict[str, Any]:
    """Return what identifies the entry if the answer gets lost."""
    return {
        "customer": customer,
        "journal": journal_of(job.invoice, job.connection),
        "entry_date": job.invoice.invoice_date,
    }


def _references(job: InvoiceJob, customer: ExactId) -> EntryReferences:
    """Look up each code once, and check every line against what was found."""
    lines, books = job.invoice.lines, job.books
    return resolve(
        job.invoice,
        customer,
        gl_accounts={code: books.find_gl_account(code) for code in _codes(lines, "gl_account")},
        vat_codes={code: books.find_vat_code(code) for code in _codes(lines, "vat")},
        projects={code: books.find_project(code) for code in _codes(lines, "project")},
    )


def _codes(lines: Iterable[InvoiceLine], kind: str) -> list[str]:
    found = (getattr(line, f"{kind}_code") for line in lines)
    return list(dict.fromkeys(code for code in found if code))
