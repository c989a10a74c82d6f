"""Carries out what a person decided about an invoice, as part of its delivery.

A decision holds for what the person saw: the copy in the inbox, and the entry. An entry that is
named (Koppelen) holds for the content of the invoice, which may be put in the inbox again. To skip
an invoice and to take it up again are ordered by decision time; the latest wins, whatever the order
and the number of deliveries. A requeue or an older retry undoes neither.
"""

from datetime import datetime
from typing import Any

from koppeling.core.log import LogEntry, LogKind
from koppeling.core.problems import invoice_subject
from koppeling.push.decider import Decision
from koppeling.push.job import InvoiceJob
from koppeling.push.messages import TAKE_UP
from koppeling.push.outbox import HISTORY, Conflict, State
from koppeling.push.sales_entry import DIFFERS

SKIP, CONFIRM = "skip", "confirm"


def decision_basis(seen: str, entry_id: str | None) -> str:
    """Return what a person decides about: a copy or a content, and the entry if there is one."""
    return f"{seen}|{entry_id or ''}"


def linked_entry(job: InvoiceJob) -> str:
    """Return the number of the entry that a person named for this invoice; empty without one.

    Whoever named it compared it with the invoice of that moment: it is none of a changed one.
    Messages of an earlier release tell which copy that was.
    """
    seen = job.message.decision_basis.partition("|")[0]
    is_of_this = seen in (job.item.document_hash, job.copy_version)
    return job.message.linked_entry if is_of_this else ""


def apply_decision(job: InvoiceJob) -> bool:
    """Carry out the decision of the message; returns whether the invoice is skipped (Overslaan).

    A copy that is newer than the skipped one takes the invoice up again.
    """
    decision = job.message.decision
    if decision == CONFIRM and _may_confirm(job):
        job.close_problems()  # what is still wrong opens again
        job.move(job.item.state, differences=(), agreed=True, **_decided(job, "agreed"))
        _tell(job)
    elif decision == SKIP and _may_skip(job):
        _skip(job)
        _tell(job)
    elif decision == TAKE_UP and _is_latest(job):
        taken_up = {"decided": job.message.decided_at, "skipped_copy": ""}
        job.move(job.item.state, **taken_up, **_decided(job, _taken_up_as(job)))
        _tell(job)
    if job.item.is_skipped and job.item.skipped_copy != job.copy_version:
        job.move(job.item.state, skipped_copy="")
    if job.item.is_skipped:
        _close(job)
    return job.item.is_skipped


def _taken_up_as(job: InvoiceJob) -> str:
    if job.message.linked_entry:
        return "linked"
    return "booked-again" if job.message.rebook_entry_id else "offered"


def _decided(job: InvoiceJob, what: str) -> dict[str, Any]:
    """Return what an item keeps of a decision; an earlier release sent some without a moment."""
    message = job.message
    at = datetime.fromisoformat(message.decided_at) if message.decided_at else job.ports.now()
    decision = Decision(
        at.replace(microsecond=0),
        what,
        message.decided_by,
        message.decider_role,
        message.reason,
        message.linked_entry,
    )
    return {"decisions": (*job.item.decisions, decision)[-HISTORY:]}


def _tell(job: InvoiceJob) -> None:
    """Note the last decision in the log of the connection; the item keeps it in any case."""
    decision = job.item.decisions[-1]
    entry = {"entry_number": decision.entry} if decision.entry else {}
    job.ports.log.add(
        LogEntry(
            job.connection.id,
            decision.at,
            LogKind.DECISION,
            decision.what,
            who=decision.by,
            role=decision.role,
            subject=invoice_subject(job.item.number),
            reason=decision.reason,
            values={"invoice": job.item.number, **entry},
        )
    )


def _is_latest(job: InvoiceJob) -> bool:
    return job.message.decided_at > job.item.decided


def _may_confirm(job: InvoiceJob) -> bool:
    return bool(job.item.differences) and _is_as_seen(job)


def _may_skip(job: InvoiceJob) -> bool:
    """Say whether what the person saw is still as it was, and still needs a person."""
    return _is_as_seen(job) and _is_latest(job) and _needs_person(job)


def _is_as_seen(job: InvoiceJob) -> bool:
    """Say whether the copy in the inbox and the entry are those that the person decided about."""
    return job.message.decision_basis == decision_basis(job.copy_version, job.item.entry_id)


def _needs_person(job: InvoiceJob) -> bool:
    item = job.item
    if item.is_booked:
        is_gone = job.message.rebook_entry_id == item.entry_id
        return bool(item.message) or item.state is not State.DONE or is_gone
    return not item.is_passed_over


def _skip(job: InvoiceJob) -> None:
    item = job.item
    skipped = {
        "decided": job.message.decided_at,
        "skipped_copy": job.copy_version,
        **_decided(job, "skipped"),
    }
    if item.is_booked:
        entry = job.message.rebook_entry_id or item.skipped_entry
        job.move(item.state, **skipped, skipped_entry=entry, message="", code=None)
    else:
        # A requeue may have brought it back to INTENT without getting any further
        job.move(State.REJECTED, **skipped, refused_copy=job.copy_version)


def _close(job: InvoiceJob) -> None:
    """Close the problems; an entry that differs still waits for another decision.

    Raises:
        Conflict: another delivery took the invoice up, and this may have closed its new problem.
    """
    job.close_problems()
    if job.item.is_skipped_without_entry:
        job.close_entry_problems()
    elif job.item.differences:
        job.open_problem(DIFFERS)
    if job.is_overtaken:
        raise Conflict("another delivery moved on")
