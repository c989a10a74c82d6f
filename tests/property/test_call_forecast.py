"""R34: whatever pulls and invoices cost, a day is never overspent and invoices find their part."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.rate_limit import RESERVE, CallBudget, Limits
from koppeling.pull.forecast import stretched_minutes
from koppeling.pull.schedule import is_due

LIMIT, TICKS = 5000, 52
SEVEN = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ENDPOINT = "sync/CRM/Accounts"
costs = st.integers(min_value=1, max_value=400)


class Day:
    """One day of one administration, as Exact counts it."""

    def __init__(self) -> None:
        self.budget = CallBudget()
        self.by_pulls = self.by_invoices = self.refused = 0
        self.complete: list[int] = []

    def pull(self, tick: int, cost: int) -> None:
        """Handle a tick that wants so many calls."""
        now = SEVEN + timedelta(minutes=15 * tick)
        minutes = stretched_minutes(self.budget, now)
        if minutes and not is_due(now, minutes):
            return
        for _ in range(cost):
            if self.budget.blocked_by(ENDPOINT, now, for_invoices=False) is not None:
                return
            self.by_pulls += 1
            self._answered(now)
        self.complete.append(tick)

    def push(self, tick: int, calls: int) -> None:
        """Deliver invoices that want so many calls."""
        now = SEVEN + timedelta(minutes=15 * tick)
        for _ in range(calls):
            if self.budget.blocked_by(ENDPOINT, now, for_invoices=True) is not None:
                self.refused += 1
                return
            self.by_invoices += 1
            self._answered(now)

    def _answered(self, now: datetime) -> None:
        left = LIMIT - self.by_pulls - self.by_invoices
        assert left >= 0, "spent more than the day has"
        resets_in = datetime(2026, 11, 25, tzinfo=UTC) - now
        self.budget = self.budget.updated(Limits(LIMIT, left, resets_in), now)


@given(st.lists(st.tuples(costs, costs), min_size=TICKS, max_size=TICKS))
def test_what_is_spent_never_passes_the_limit_and_pulls_never_take_the_part_of_invoices(
    wanted: list[tuple[int, int]],
) -> None:
    day = Day()
    for tick, (by_pull, by_invoices) in enumerate(wanted):
        day.pull(tick, by_pull)
        day.push(tick, by_invoices)

    assert day.by_pulls + day.by_invoices <= LIMIT
    assert day.by_pulls <= LIMIT * (1 - RESERVE)
    assert not day.refused or day.by_invoices >= LIMIT * RESERVE


@given(st.integers(min_value=1, max_value=90))
def test_pulls_that_would_run_out_come_less_often_instead_of_ending_at_noon(cost: int) -> None:
    day = Day()
    for tick in range(TICKS):
        day.pull(tick, cost)

    gaps = [later - earlier for earlier, later in pairwise([0, *day.complete, TICKS])]
    assert max(gaps) <= 4, "an hour without a pull"
    assert cost * TICKS > LIMIT * (1 - RESERVE) or len(day.complete) == TICKS
