"""Taking an entry that stands in Exact for that of an invoice: nothing is posted (X170, X171)."""

from typing import Any

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.decisions import linked_entry
from koppeling.push.entry_search import in_use, look, named_entry
from koppeling.push.evidence import Ending, Step
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import State
from koppeling.push.sales_entry import EntryCard, journal_of
from koppeling.push.unclear import NOTHING_UNCLEAR


def adopt_existing(job: InvoiceJob, customer: ExactId) -> bool:
    """Adopt the entry of an invoice that stands in Exact already (X170, L41).

    Raises:
        Reject: the number belongs to another entry, or there is none to attach a PDF to.
    """
    job.move(State.INTENT, **match_keys(job, customer))
    found = look(job)
    named = named_entry(job, found)
    if named is not None:
        adopt(job, named)
        return True
    candidates, others = list(found.ours), list(found.others)
    existing = is_existing(job.invoice, job.connection)
    pdf_only = existing and not job.connection.existing_as_entries
    if pdf_only:  # somebody booked it by hand, so only the debtor must match
        candidates = candidates or [each for each in others if each.customer == customer]
    if len(candidates) == 1:
        adopt(job, candidates[0])
        return True
    if pdf_only:
        raise Reject("entry-not-found-for-pdf", f"{len(candidates)} entries could be meant")
    if candidates or others:
        raise in_use(job, (*others, *candidates))
    return False


def adopt_in_use(job: InvoiceJob, refusal: Reject) -> None:
    """Adopt the entry that has the number if it is ours after all (X171, R21)."""
    found = look(job)
    match found.ours:
        case [entry]:
            adopt(job, entry)
        case _:
            raise in_use(job, (*found.others, *found.ours)) from refusal


def adopt(job: InvoiceJob, entry: EntryCard) -> None:
    """Take an entry that stands in Exact for the one of this invoice; it may have its PDF too."""
    answer = f"EntryID {entry.id}, EntryNumber {entry.number}"
    job.record_evidence(Step.ENTRY, Ending.FOUND, "", answer)
    job.move(
        State.ENTRY,
        entry_id=entry.id,
        entry_number=entry.number,
        booked_amount=entry.amount_incl,
        agreed=entry.number == linked_entry(job),
        lines=0,  # unknown
        posted_at=job.item.posted_at or job.ports.now(),
        look_first=True,
        **NOTHING_UNCLEAR,
    )
    close_solved(job)


def close_solved(job: InvoiceJob) -> None:
    """Close the problems that the booking solves now; the PDF may take days."""
    had_problems = {State.REJECTED, State.UNKNOWN}
    if any(state in had_problems for state, _ in job.item.history) or job.item.is_rebooked:
        job.close_problems()
    if job.item.is_rebooked:
        job.close_entry_problems()


def match_keys(job: InvoiceJob, customer: ExactId) -> dict[str, Any]:
    """Return what identifies the entry if the answer gets lost.

    Its date is that of the invoice, which is not kept twice.
    """
    return {
        "customer": customer,
        "journal": journal_of(job.invoice, job.connection),
        "entry_date": job.invoice.invoice_date,
        "dated": None,
    }
