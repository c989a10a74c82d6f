"""The telling: what became of an invoice is shown beside it in QicsMilestones (DESIGN 5.9).

It comes after everything else and harms nothing: what cannot be told now is told later. Of two
deliveries that tell at the same time the slower one may be the older. So each is announced in the
outbox, and what was told beside another telling is told once more when that must be over.
"""

from datetime import datetime, timedelta

from koppeling.core.errors import Consequence
from koppeling.push.entity_state import EntityState, state_of
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, Conflict

# So long a state is offered to QicsMilestones again; the books are right all the while
PATIENCE = timedelta(days=7)
# Longer than a push runs: a telling that was announced before that is over
UNDER_WAY = LIFE + timedelta(seconds=20)


def write_back(job: InvoiceJob) -> bool:
    """Tell the present state once; returns whether it has to be tried again later."""
    entity_id, now = job.invoice.invoice_id, job.ports.now()
    if entity_id is None:  # the document names no invoice over there (it may leave that out)
        return False
    state = state_of(job.item, entity_id, now)
    if state is None or state.digest == job.item.written_back_digest:
        return False
    alone = _is_over(job.item.write_back_started_at, now)
    try:
        job.move(job.item.state, written_back_digest="", write_back_started_at=now.isoformat())
        if not _send(job, state):
            return now < job.item.history[-1][1] + PATIENCE
        if alone:
            job.move(job.item.state, written_back_digest=state.digest, write_back_started_at="")
    except Conflict:
        return True
    return not alone


def _send(job: InvoiceJob, state: EntityState) -> bool:
    """Tell it; one that failed is over too."""
    try:
        job.ports.entity_states(job.connection).write(state)
    except Consequence as failure:
        job.notes.append(f"not told: {failure.code}")
        job.move(job.item.state, write_back_started_at="")
        return False
    return True


def _is_over(since: str, now: datetime) -> bool:
    return not since or now > datetime.fromisoformat(since) + UNDER_WAY
