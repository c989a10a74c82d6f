"""R4, R32, L18 and the ticks of a day, for any connection, interval and day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.clock import AMSTERDAM, today
from koppeling.pull.schedule import is_due, is_stale, retry_pause, spread
from koppeling.push.worker import back_off

DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 12, 31))
SEEDS = st.integers(min_value=0, max_value=2**32)


def slots(day: date, minute: int) -> list[datetime]:
    """Return the 52 ticks of a quarter-hour schedule on a day, in UTC."""
    first = datetime(day.year, day.month, day.day, 7, minute, tzinfo=AMSTERDAM)
    return [(first + timedelta(minutes=15 * n)).astimezone(UTC) for n in range(52)]


@given(DAYS, st.sampled_from([0, 3, 6]))
def test_every_day_of_the_year_has_52_ticks_for_a_quarter_and_13_for_an_hour(
    day: date, minute: int
) -> None:
    assert sum(is_due(slot, 15) for slot in slots(day, minute)) == 52
    assert sum(is_due(slot, 60) for slot in slots(day, minute)) == 13


@given(DAYS, st.integers(min_value=1, max_value=780))
def test_the_first_tick_of_the_day_is_due_and_none_waits_longer_than_its_interval(
    day: date, interval: int
) -> None:
    due = [slot for slot in slots(day, 3) if is_due(slot, interval)]
    assert due[0] == slots(day, 3)[0]
    longest = timedelta(minutes=interval + 15)
    assert all(after - before < longest for before, after in pairwise(due))


@given(DAYS, st.integers(min_value=0, max_value=1439))
def test_today_is_the_date_on_a_dutch_clock(day: date, minute: int) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    assert today(moment).isoformat() == moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d")


@given(st.integers(min_value=0, max_value=3600), st.sampled_from([15, 240]))
def test_a_message_is_either_of_its_slot_or_too_old(seconds: int, interval: int) -> None:
    slot = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
    now = slot + timedelta(seconds=seconds)
    assert is_stale(slot, now, interval) == (seconds >= interval * 60)


@given(st.text(), st.text(), st.integers(min_value=1, max_value=900))
def test_a_spread_is_a_delay_that_a_queue_accepts_and_always_the_same(
    connection: str, entity: str, seconds: int
) -> None:
    delay = spread(connection, entity, seconds)
    assert 0 <= delay < seconds
    assert delay == spread(connection, entity, seconds)


@given(st.integers(min_value=0, max_value=10**6), SEEDS)
def test_no_pause_is_negative_or_above_its_cap(attempt: int, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a seeded draw
    cap = 30 * 2 ** min(attempt, 10)
    assert timedelta() <= back_off(attempt, random) <= timedelta(seconds=min(900, cap))
    assert timedelta(minutes=12) <= retry_pause(attempt, random) <= timedelta(minutes=240)
