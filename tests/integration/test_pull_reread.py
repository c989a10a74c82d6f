"""P16: what was read before is read again, and nothing is written for it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from koppeling.core.clock import Deadline
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration.effects import process
from tests.integration.levers import catch_up, state

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
LEASE = timedelta(seconds=1)


def forget_cursors(h: Environment) -> None:
    """Let the next run read everything from its beginning."""
    states, own = h.wiring.stores.pull_stores.states, (h.connection.id, "accounts")
    taken = state(h)
    again = states.acquire(*own, h.clock.now(), LEASE)
    assert again is not None
    states.release(*own, replace(taken, fencing=again.fencing, feeds={}))


def test_rows_that_are_read_again_unchanged_write_no_record_and_call_nobody() -> None:
    with environment(accounts=30) as h:
        catch_up(h)
        forget_cursors(h)
        h.milestones.journal.clear()
        running = process(h)

        summary = running.pulls.run(h.connection.id, PLENTY)

        assert summary.outcome == "done"
        assert summary.counts["read"] > 80
        assert h.milestones.journal.calls() == []
        # The lease, where each of the three feeds stands, and the end: none of a record
        assert set(Counter(running.effects.done)) == {"UpdateItem"}
        assert len(running.effects.done) <= 6
