"""Write-back: QicsMilestones shows beside each invoice what became of it.

A write-back comes last and never harms a booking: what fails now is written later. Of two
deliveries that write at the same time, the slower one may hold the older state. So each write is
announced in the outbox. If another write-back was in flight, the state is written again after it
has timed out. What the outbox of a restored table says was written, may have been written over
since: then each state is written once more (R39).
"""

from datetime import datetime, timedelta

from koppeling.core.addresses import invoice_page
from koppeling.core.errors import Consequence
from koppeling.push.entity_state import EntityState, state_of
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, Conflict

# How long a state is retried; the booking itself is right all the while
PATIENCE = timedelta(days=7)
# Longer than a push runs: a write-back that was announced before that has ended
TIMEOUT = LIFE + timedelta(seconds=20)


def write_back(job: InvoiceJob) -> bool:
    """Write the present state once; returns whether it has to be retried later."""
    entity_id, now = job.invoice.invoice_id, job.ports.now()
    if entity_id is None:  # the document may leave out which invoice it is in QicsMilestones
        return False
    page = invoice_page(job.ports.pages, job.connection.id, job.item.number)
    state = state_of(job.item, entity_id, now, page)
    if state is None:
        return False
    written = as_written(state.digest, job.ports.restored_at)
    if written == job.item.written_back_digest:
        return False
    # Announced with the last step of this delivery: then no other one was in flight
    in_flight = "" if job.announced_write_back else job.item.write_back_started_at
    alone = _has_timed_out(in_flight, now)
    # Once this one is over, only the one before it may still come late. Were this one noted in its
    # place, then of many that follow each other none would be the last
    still_in_flight = "" if alone else in_flight
    try:
        if not job.announced_write_back:
            job.move(job.item.state, **_announced(now))
        if not _send(job, state):
            job.move(job.item.state, write_back_started_at=still_in_flight)
            return now < job.item.history[-1][1] + PATIENCE
        ended = {"written_back_digest": written} if alone else {}
        job.move(job.item.state, **ended, write_back_started_at=still_in_flight)
    except Conflict:
        return True
    return not alone


def announcement(job: InvoiceJob) -> dict[str, str]:
    """Return what announces the write-back of this delivery together with its last step.

    It is empty when none follows, or when another one may be in flight.
    """
    now = job.ports.now()
    if job.invoice.invoice_id is None or not _has_timed_out(job.item.write_back_started_at, now):
        return {}
    job.announced_write_back = True
    return _announced(now)


def as_written(digest: str, restored_at: datetime | None) -> str:
    """Return how the outbox notes that a state was written; a note of before a restore differs."""
    return digest if restored_at is None else f"{digest}@{restored_at.isoformat()}"


def _announced(now: datetime) -> dict[str, str]:
    return {"written_back_digest": "", "write_back_started_at": now.isoformat()}


def _send(job: InvoiceJob, state: EntityState) -> bool:
    try:
        job.ports.entity_states(job.connection).write(state)
    except Consequence as failure:
        job.notes.append(f"not told: {failure.code}")
        return False
    return True


def _has_timed_out(started_at: str, now: datetime) -> bool:
    return not started_at or now > datetime.fromisoformat(started_at) + TIMEOUT
