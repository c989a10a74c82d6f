"""R34: ticks are left out when the calls of the day would not last, and only those."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.rate_limit import CallBudget
from koppeling.pull.dispatch import STRETCHED, PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.forecast import HALF_HOUR, HOUR, stretched_minutes
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import Ground, plenty_of_time

SEVEN = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)  # 07:03 in the Netherlands
ELEVEN, NIGHT = SEVEN + timedelta(hours=4), SEVEN + timedelta(hours=20)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
ACME = ConnectionId("acme")


def budget(used: int) -> CallBudget:
    """Return the budget of an administration that used so many of its 5,000 calls today."""
    return CallBudget(5000, 5000 - used, MIDNIGHT)


@pytest.mark.parametrize(
    ("used", "at", "minutes"),
    [
        (200, SEVEN, 0),
        (900, ELEVEN, 0),
        (1000, ELEVEN, HALF_HOUR),
        (1600, ELEVEN, HOUR),
        (3500, SEVEN + timedelta(hours=13), HOUR),
    ],
)
def test_ticks_come_less_often_once_the_forecast_passes_the_part_of_the_pulls(
    used: int, at: datetime, minutes: int
) -> None:
    assert stretched_minutes(budget(used), at) == minutes


@pytest.mark.parametrize(
    ("known", "at"),
    [(CallBudget(), ELEVEN), (CallBudget(day_limit=5000), ELEVEN), (budget(4999), MIDNIGHT)],
    ids=["nothing is known", "only the limit", "a new day began"],
)
def test_nothing_is_stretched_on_a_guess(known: CallBudget, at: datetime) -> None:
    assert stretched_minutes(known, at) == 0


def ticks(ground: Ground, quarters: int) -> list[str]:
    """Let the messages of some ticks be handled; returns how each ended."""
    pulls = PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=0,
    )
    outcomes = []
    for _ in range(quarters):
        message = {"connection": ACME, "slot": ground.clock.now().isoformat()}
        outcomes.append(pulls.handle_message(message, plenty_of_time()).outcome)
        ground.clock.advance(15 * 60)
    return outcomes


def a_ground() -> Ground:
    ground = Ground(Clock(frozen_at=SEVEN))
    ground.connections.add(a_connection(id=ACME))
    return ground


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, ["done"] * 5),
        (HALF_HOUR, ["done", STRETCHED, "done", STRETCHED, "done"]),
        (HOUR, ["done", STRETCHED, STRETCHED, STRETCHED, "done"]),
    ],
)
def test_a_tick_that_is_left_out_costs_no_call_and_gives_its_lease_back(
    minutes: int, expected: list[str]
) -> None:
    ground = a_ground()
    ticks(ground, 4)
    asked = len(ground.exact.asked)
    ground.stretched = minutes

    assert ticks(ground, 5) == expected

    per_tick = asked // 4
    assert len(ground.exact.asked) - asked == expected.count("done") * per_tick
    assert ground.problems.open_ones == {}


def test_a_first_load_is_not_held_up() -> None:
    ground = a_ground()
    ground.stretched = HOUR
    ground.clock.advance(15 * 60)

    assert ticks(ground, 1) == ["done"]


def test_who_pulls_by_hand_is_not_held_up() -> None:
    ground = a_ground()
    ticks(ground, 1)
    ground.stretched = HOUR
    pulls = PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=0,
    )

    assert pulls.run(ACME, plenty_of_time()).outcome == "done"
