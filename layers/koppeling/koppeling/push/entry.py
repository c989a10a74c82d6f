"""The booking: one invoice becomes one sales entry, whatever crashes or gets lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn

from koppeling.core.clock import today
from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.exact_errors import code_of
from koppeling.core.ids import ExactId
from koppeling.core.problems import entry_subject
from koppeling.push.evidence import Ending, Step
from koppeling.push.invoice import InvoiceLine
from koppeling.push.invoice_checks import check_invoice, is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.money import format_amount
from koppeling.push.outbox import LIFE, State, look_from, settled_from
from koppeling.push.reference_checks import check_customer, not_revenue, resolve
from koppeling.push.sales_entry import (
    DIFFERS,
    EntryCard,
    References,
    amount_booked,
    compare,
    entry_body,
    journal_of,
    ours,
)

UNCERTAIN = "entry-uncertain"
IN_USE = "entry-number-in-use"
# What was known of an entry, its document and its file, which are gone
_AS_NEW: Mapping[str, Any] = {
    **dict.fromkeys(("entry_id", "entry_number", "booked_amount", "document_id", "attachment_id")),
    **dict.fromkeys(("pdf_sha256", "code", "posted_at", "probed_at", "sent_at")),
    "differences": (),
    "lines": 0,
    "agreed": False,
    "is_rebooked": True,
    "skipped_entry": "",
    "message": "",
}
ASK_A_PERSON = timedelta(hours=1)  # several entries look like ours: only a person can tell


def book(job: InvoiceJob) -> None:
    """Bring an invoice from INTENT to ENTRY.

    Raises:
        Reject: a person must mend something.
        Retry: the post got no answer; it will be looked for.
    """
    job.notes.extend(check_invoice(job.invoice))
    card = job.books.find_customer(job.invoice.debtor_code)
    customer = check_customer(card, job.invoice, today(job.ports.now()))
    is_looked_for = job.item.is_rebooked or is_existing(job.invoice, job.connection)
    if is_looked_for and _adopt_existing(job, customer):
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
    """Find out what became of an entry that was sent without an answer (X169, R19).

    Found: ENTRY. Absent twice, the last time when nothing can come late any more: INTENT, so that
    it is posted again. Anything else waits; what is not known never posts.

    Raises:
        Defer: it is too early to tell.
        Reject: the number belongs to another entry.
    """
    sent_at = job.item.posted_at or job.ports.now()
    _not_before(job, look_from(job.item.probed_at or sent_at))
    if job.item.state is State.POSTING:
        sent_at += LIFE  # the push that announced it was slow, or is gone
        job.move(State.UNKNOWN, posted_at=sent_at)
    job.open(UNCERTAIN)
    entries = job.books.entries_with_reference(job.item.number)
    match [entry for entry in entries if ours(entry, job.item)]:
        case [entry]:
            _adopt(job, entry)
        case []:
            _absent(job, entries, sent_at)
        case _:
            raise Defer(UNCERTAIN, job.ports.now() + ASK_A_PERSON, "more than one entry is ours")


def rebook(job: InvoiceJob) -> None:
    """Let an invoice begin anew whose entry somebody deleted, as a person asks (X172).

    The entry is looked for by its id as well: whoever changed its reference did not delete it. What
    stands under its number then is looked at when it is booked (`_take_over`).
    """
    gone = ExactId(job.message.rebook_entry_id)
    entries = job.books.entries_with_reference(job.item.number)
    stands = any(entry.id == gone for entry in entries) or job.books.has_entry(gone)
    job.ports.problems.close(job.connection.id, entry_subject(job.item.number))
    if not stands:
        job.record_evidence(Step.ENTRY, Ending.GONE, "", f"EntryID {gone}")
        job.close_problems()
        job.move(State.INTENT, **_AS_NEW)


def _absent(job: InvoiceJob, others: Sequence[EntryCard], sent_at: datetime) -> None:
    now = job.ports.now()
    if job.item.probed_at is None or now < settled_from(sent_at):
        job.move(State.UNKNOWN, probed_at=now)
        raise Defer(UNCERTAIN, max(look_from(now), settled_from(sent_at)), "not there yet")
    if others:
        raise _in_use(job, others)
    job.move(State.INTENT, probed_at=None, posted_at=None)
    job.close_problems()


def _not_before(job: InvoiceJob, moment: datetime) -> None:
    if job.ports.now() < moment:
        raise Defer(UNCERTAIN, moment, "an unanswered call is left alone for a minute")


def _post(job: InvoiceJob, body: Mapping[str, Any], references: References) -> None:
    try:
        row = job.books.post_entry(body)
    except Uncertain as lost:
        job.record_evidence(Step.ENTRY, Ending.UNANSWERED, body, lost.detail)
        _unknown(job, lost.detail)
    except Reject as refusal:
        job.record_evidence(
            Step.ENTRY, Ending.REFUSED, body, refusal.values.get("message", refusal.code)
        )
        if code_of(refusal) != IN_USE:
            raise
        _number_in_use(job, refusal)
    except Consequence:  # X165: these say that nothing was executed
        job.move(State.INTENT, posted_at=None)
        raise
    else:
        job.record_evidence(Step.ENTRY, Ending.ANSWERED, body, row)
        _note(job, row, references)


def _unknown(job: InvoiceJob, detail: str) -> NoReturn:
    job.move(State.UNKNOWN, posted_at=job.ports.now())
    job.open(UNCERTAIN)
    raise Retry(UNCERTAIN, detail)


def _note(job: InvoiceJob, row: Mapping[str, Any], references: References) -> None:
    """Keep what Exact booked; a difference with the invoice is a problem, not a silence (X112)."""
    if not row.get("EntryID"):
        _unknown(job, "the answer has no EntryID")
    differences = compare(job.invoice, row, references, job.connection)
    job.move(
        State.ENTRY,
        entry_id=ExactId(row["EntryID"]),
        entry_number=str(row.get("EntryNumber") or ""),
        booked_amount=amount_booked(row),
        differences=differences,
    )
    _close_what_is_over(job)
    if differences:
        job.open(DIFFERS)


def _close_what_is_over(job: InvoiceJob) -> None:
    """Close what it was refused for, or looked for: its PDF may be days away."""
    ahead = {State.REJECTED, State.UNKNOWN}
    if any(state in ahead for state, _ in job.item.history) or job.item.is_rebooked:
        job.close_problems()
    if job.item.is_rebooked:
        job.ports.problems.close(job.connection.id, entry_subject(job.item.number))


def _number_in_use(job: InvoiceJob, refusal: Reject) -> None:
    """Adopt the entry when it is ours after all (X171, R21)."""
    entries = job.books.entries_with_reference(job.item.number)
    match [entry for entry in entries if ours(entry, job.item)]:
        case [entry]:
            _adopt(job, entry)
        case _:
            raise _in_use(job, entries) from refusal


def _adopt_existing(job: InvoiceJob, customer: ExactId) -> bool:
    """Look for the entry of an invoice that is older than the link, or is booked anew (X170, L41).

    Raises:
        Reject: the number belongs to another entry, or there is none to hang a PDF on.
    """
    job.move(State.INTENT, **_match_keys(job, customer))
    entries = job.books.entries_with_reference(job.invoice.number)
    found = [entry for entry in entries if ours(entry, job.item)]
    existing = is_existing(job.invoice, job.connection)
    pdf_only = existing and not job.connection.existing_as_entries
    if pdf_only:  # somebody booked it: only the debtor must agree
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
    job.record_evidence(
        Step.ENTRY, Ending.FOUND, "", f"EntryID {entry.id}, EntryNumber {entry.number}"
    )
    job.move(
        State.ENTRY,
        entry_id=entry.id,
        entry_number=entry.number,
        booked_amount=entry.amount_incl,
        lines=0,  # how many it has, nobody told
        posted_at=job.item.posted_at or job.ports.now(),
    )
    _close_what_is_over(job)


def _in_use(job: InvoiceJob, entries: Sequence[EntryCard]) -> Reject:
    shown = {}
    if entries:
        entry = entries[0]
        shown = {
            "entry_number": entry.number,
            "debtor_entry": entry.customer_name,
            "amount_entry": format_amount(entry.amount_incl, job.item.currency),
        }
    return Reject(IN_USE, f"{len(entries)} entries have this number", **shown)


def _match_keys(job: InvoiceJob, customer: ExactId) -> dict[str, Any]:
    """Return what a lost entry would be recognised by."""
    return {
        "customer": customer,
        "journal": journal_of(job.invoice, job.connection),
        "entry_date": job.invoice.invoice_date,
    }


def _references(job: InvoiceJob, customer: ExactId) -> References:
    """Look each code up once, and hold every line against what was found."""
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
