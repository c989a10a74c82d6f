"""What a person decided about an invoice, carried out by its delivery: nothing comes between.

A decision is named by its moment. So one that the queue delivers twice is carried out once, and
what was asked before it, a retry that waited or the look of once a day, does not undo it.
"""

from typing import Any

from koppeling.domain.invoice_checks import Skip
from koppeling.domain.outbox import OutboxItem, State
from koppeling.domain.problems import entry_subject
from koppeling.domain.sales_entry import DIFFERS
from koppeling.push_ports import InHand

SKIP, CONFIRM, TAKE_UP = "skip", "confirm", "take-up"
_NOT_SKIPPED: dict[str, Any] = {"skipped_copy": "", "skipped_entry": ""}


def is_left(job: InHand) -> bool:
    """Carry a decision out, and say whether the invoice is left as it is (Overslaan).

    A copy that is newer than the one that was left takes the invoice up again.
    """
    item, offer = job.item, job.offer
    if offer.decision in {SKIP, CONFIRM} and offer.decided > item.decided:
        _decide(job)
    elif item.is_skipped and (_is_taken_up(job) or item.skipped_copy != job.offered):
        job.move(item.state, **_NOT_SKIPPED)
    if job.item.is_skipped:
        _close(job)
    return job.item.is_skipped


def _decide(job: InHand) -> None:
    item, decided = job.item, job.offer.decided
    if job.offer.decision == CONFIRM:
        if item.differences:
            job.move(item.state, decided=decided, differences=(), agreed=True)
    elif item.is_booked:
        entry = job.offer.gone if job.offer.gone == item.entry_id else ""
        left = {"skipped_copy": job.offered, "skipped_entry": entry}
        job.move(item.state, decided=decided, message="", **left)
    elif _is_refused(item):
        job.move(item.state, decided=decided, skipped_copy=job.offered)


def _is_refused(item: OutboxItem) -> bool:
    """Say whether it was refused, and not passed over for what it is (L33, L34)."""
    return item.state is State.REJECTED and item.code not in set(Skip)


def _is_taken_up(job: InHand) -> bool:
    return job.offer.decision == TAKE_UP and job.offer.decided == job.item.decided


def _close(job: InHand) -> None:
    """Close what is open about it; an entry that differs waits for another decision."""
    job.close_problems()
    if job.item.differences:
        job.open(DIFFERS)
    if job.item.is_left_without_entry:
        job.ports.problems.close(job.connection.id, entry_subject(job.item.number))
