"""What a person decided about an invoice, carried out by its delivery: nothing comes between.

A decision holds for what the person saw: the copy in the inbox, and the entry. To leave an invoice
and to take it up again are told apart by their moments: whatever order the queue delivers them in,
and however often, the last one holds. A wake-up or an older retry undoes none of them.
"""

from koppeling.core.problems import entry_subject
from koppeling.push.invoice_checks import Skip
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import Conflict, OutboxItem, State
from koppeling.push.sales_entry import DIFFERS

SKIP, CONFIRM, TAKE_UP = "skip", "confirm", "take-up"


def decision_basis(copy: str, entry_id: str | None) -> str:
    """Return what a person decides about: the version of a copy, and the entry if there is one."""
    return f"{copy}|{entry_id or ''}"


def apply_decision(job: InvoiceJob) -> bool:
    """Carry a decision out, and say whether the invoice is left as it is (Overslaan).

    A copy that is newer than the one that was left takes the invoice up again.
    """
    decision = job.message.decision
    if decision == CONFIRM and _may_confirm(job):
        job.close_problems()  # what waits for something else opens again
        job.move(job.item.state, differences=(), agreed=True)
    elif decision == SKIP and _may_skip(job):
        _skip(job)
    elif decision == TAKE_UP and _is_last(job):
        job.move(job.item.state, decided=job.message.decided_at, skipped_copy="")
    if job.item.is_skipped and job.item.skipped_copy != job.copy_version:
        job.move(job.item.state, skipped_copy="")
    if job.item.is_skipped:
        _close(job)
    return job.item.is_skipped


def _is_last(job: InvoiceJob) -> bool:
    return job.message.decided_at > job.item.decided


def _may_confirm(job: InvoiceJob) -> bool:
    entry = job.message.decision_basis.partition("|")[2]
    return bool(job.item.differences) and entry == job.item.entry_id


def _may_skip(job: InvoiceJob) -> bool:
    """Say whether something still waits of what the person saw."""
    item = job.item
    as_seen = job.message.decision_basis == decision_basis(job.copy_version, item.entry_id)
    return as_seen and _is_last(job) and _waits(item, job.message.rebook_entry_id)


def _waits(item: OutboxItem, gone: str) -> bool:
    if item.is_booked:
        return bool(item.message) or item.state is not State.DONE or gone == item.entry_id
    # Not what was passed over for what it is (L33, L34)
    return item.code not in set(Skip)


def _skip(job: InvoiceJob) -> None:
    item, skipped = job.item, {"decided": job.message.decided_at, "skipped_copy": job.copy_version}
    if item.is_booked:
        entry = job.message.rebook_entry_id or item.skipped_entry
        job.move(item.state, **skipped, skipped_entry=entry, message="")
    else:
        # It may have been taken up by a wake-up that could not go on yet
        job.move(State.REJECTED, **skipped, offered=job.copy_version)


def _close(job: InvoiceJob) -> None:
    """Close what is open about it; an entry that differs waits for another decision.

    Raises:
        Conflict: another delivery took it up, and what that one told may just have been closed.
    """
    job.close_problems()
    if job.item.is_skipped_without_entry:
        job.ports.problems.close(job.connection.id, entry_subject(job.item.number))
    elif job.item.differences:
        job.open(DIFFERS)
    if job.is_overtaken:
        raise Conflict("another delivery moved on")
