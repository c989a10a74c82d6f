"""The last and the next round of an entity, by what is there without writing it down."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import FeedCursor, PullState, ReadMode
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.rounds import Rounds, RoundState, RoundTimes, Timetable, round_times
from tests.unit.pull.builders import a_connection

TODAY, YESTERDAY = date(2026, 11, 26), date(2026, 11, 25)
TICK = datetime(2026, 11, 26, 9, 48, 2, tzinfo=UTC)  # 10:48 on the Dutch clock
NOW = datetime(2026, 11, 26, 9, 59, tzinfo=UTC)
FEEDS = {"Accounts": FeedCursor(rows=10)}
DONE = PullState(7, feeds=FEEDS, caught_up_on=TODAY)


def at(hour: int, minute: int) -> datetime:
    """Return a moment of today on the clock of UTC."""
    return datetime(2026, 11, 26, hour, minute, tzinfo=UTC)


def times(
    state: PullState = DONE,
    *,
    now: datetime = NOW,
    logged: datetime | None = None,
    **changes: Any,  # noqa: ANN401 - fields vary
) -> RoundTimes:
    """Return the rounds of the accounts, whose connection comes without delay."""
    timetable = Timetable(a_connection(), ENTITIES["accounts"], TICK, spread_seconds=0)
    return round_times(replace(timetable, **changes), state, now, logged)


def test_rounds_follow_each_other_by_the_quarter() -> None:
    assert times() == RoundTimes(RoundState.RUNNING, at(9, 48), at(10, 3), TODAY)


def test_a_longer_interval_leaves_rounds_out() -> None:
    hourly = a_connection(entities={"accounts": EntitySetting(interval_minutes=60)})

    found = times(connection=hourly)

    assert (found.last, found.next) == (at(9, 3), at(10, 3))


def test_calls_that_run_out_leave_rounds_out_as_well() -> None:  # R34
    assert (times(stretched_minutes=30).last, times(stretched_minutes=30).next) == (
        at(9, 33),
        at(10, 3),
    )


def test_after_the_last_round_of_the_evening_the_next_one_is_tomorrow_morning() -> None:
    found = times(last_tick=at(18, 48), now=at(18, 50))

    assert (found.last, found.next) == (at(18, 48), datetime(2026, 11, 27, 6, 3, tzinfo=UTC))


def test_before_the_first_round_of_the_day_the_last_one_was_yesterday_evening() -> None:
    evening = datetime(2026, 11, 25, 18, 48, tzinfo=UTC)

    found = times(replace(DONE, caught_up_on=YESTERDAY), last_tick=evening, now=at(5, 50))

    assert (found.last, found.last_on, found.next) == (evening, YESTERDAY, at(6, 3))


def test_of_a_day_without_a_complete_round_no_moment_is_told() -> None:
    found = times(replace(DONE, caught_up_on=date(2026, 11, 20)))

    assert (found.last, found.last_on, found.next) == (None, date(2026, 11, 20), at(10, 3))


def test_a_schedule_that_does_not_fire_has_no_later_round_than_its_last_tick() -> None:
    found = times(last_tick=at(7, 18))

    assert (found.last, found.next) == (at(7, 18), at(10, 3))


def test_a_round_that_stopped_is_told_with_its_cause_and_is_tried_again() -> None:
    stopped = replace(DONE, last_error="exact-reconnect-needed", caught_up_on=YESTERDAY)

    assert times(stopped) == RoundTimes(
        RoundState.STOPPED, at(9, 48), at(10, 3), TODAY, "exact-reconnect-needed"
    )


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"paused": True}, RoundState.PAUSED),
        ({"started": False}, RoundState.NOT_STARTED),
        ({"entities": {"accounts": EntitySetting(enabled=False)}}, RoundState.OFF),
    ],
)
def test_what_stands_still_tells_the_day_of_its_last_complete_round(
    changes: dict[str, Any], state: RoundState
) -> None:
    assert times(connection=a_connection(**changes)) == RoundTimes(state, last_on=TODAY)


def test_an_entity_without_a_round_says_so_and_when_the_first_one_is() -> None:
    assert times(PullState(0)) == RoundTimes(RoundState.NEVER, None, at(10, 3))
    assert times(PullState(0), last_tick=None).next == at(10, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"caught_up_on": None, "feeds": {"Accounts": FeedCursor(resume="https://next")}},
        {"caught_up_on": YESTERDAY, "read_mode": ReadMode.FULL},
    ],
    ids=["a first load", "a full comparison"],
)
def test_a_read_that_is_under_way_says_so(changes: dict[str, Any]) -> None:
    found = times(replace(DONE, **changes))

    assert (found.state, found.last) == (RoundState.READING, at(9, 48))


def test_a_later_round_in_the_log_counts() -> None:
    assert times(logged=at(9, 55)).last == at(9, 55)
    assert times(logged=at(9, 30)).last == at(9, 48)
    assert times(connection=a_connection(paused=True), logged=at(9, 30)).last == at(9, 30)


class Ticks:
    """The last tick of each entity."""

    def note(self, entity: str, at: datetime) -> None:
        """Note nothing."""

    def expect(self, entity: str, since: datetime) -> None:
        """Expect nothing."""

    def last(self) -> dict[str, datetime]:
        """Return them."""
        return dict.fromkeys(ENTITIES, TICK)


class States:
    """Where the pulls of a connection stand."""

    def all_of(self, connection: ConnectionId) -> dict[str, PullState]:
        """Return them."""
        del connection
        return {"accounts": DONE}


def test_every_entity_is_told_in_the_order_of_a_first_load() -> None:
    rounds = Rounds(ENTITIES, Ticks(), States(), 0, lambda: NOW)

    found = rounds.of(a_connection(), logged={"accounts": at(9, 50)})

    assert list(found) == list(ENTITIES)
    assert found["accounts"].last == at(9, 50)
    assert found["projects"].state is RoundState.NEVER
