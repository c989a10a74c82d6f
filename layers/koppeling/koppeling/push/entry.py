"""Booking: one invoice becomes one sales entry, whatever crashes or gets lost.

check ──► customer ──► a later try? ──yes──► look ──found──► adopt
                            │ no              │ absent
                            ▼                 ▼
                        look up the other codes ──► post ──► booked
                                 ▲                   │ refused for a code or id that Exact
                                 └──── ask anew ◄────┘ says something else of by now: once

A post without an answer ends the delivery: see `unknown_outcome`.
"""

from collections.abc import Mapping
from typing import Any

from koppeling.core.errors import Consequence, Reject, Retry, Uncertain
from koppeling.core.exact_errors import code_of
from koppeling.core.ids import ExactId
from koppeling.push.adoption import adopt_existing, adopt_in_use, close_solved, match_keys
from koppeling.push.entry_search import IN_USE, must_look_first, note_stop
from koppeling.push.evidence import Step
from koppeling.push.invoice_checks import check_invoice, check_rate
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import State
from koppeling.push.reference_checks import check_customer, left_out, not_revenue
from koppeling.push.references import references_of, renewed
from koppeling.push.sales_entry import (
    DIFFERS,
    EntryReferences,
    amount_booked,
    compare,
    entry_body,
)
from koppeling.push.unclear import NO_ANSWER_YET, NOTHING_UNCLEAR, unclear
from koppeling.push.unknown_outcome import UNCERTAIN, warn_uncertain


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
        if card is not None and card.name != job.item.debtor_name:
            job.learn(debtor_name=card.name)
        customer = check_customer(card, job.invoice, job.invoice.invoice_date)
        if not job.is_absent and must_look_first(job) and adopt_existing(job, customer):
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
        **match_keys(job, references.customer),
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
    if not adopt_existing(job, references.customer):
        _send(job, references)
    return True


def _post(job: InvoiceJob, body: Mapping[str, Any], references: EntryReferences) -> None:
    try:
        row = job.post(Step.ENTRY, body, lambda: job.books.post_entry(body))
    except Uncertain as lost:
        job.move(State.UNKNOWN, posted_at=job.ports.now(), **unclear(job.item, lost))
        warn_uncertain(job)
        raise Retry(UNCERTAIN, lost.detail) from lost
    except Reject as refusal:
        if code_of(refusal) != IN_USE:
            raise
        adopt_in_use(job, refusal)
    except Consequence:  # X165: Exact did not execute the call
        job.move(State.INTENT, posted_at=None)
        raise
    else:
        _booked(job, row, references)


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
    close_solved(job)
    if differences:
        job.open_problem(DIFFERS)
