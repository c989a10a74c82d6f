"""The window, slots that are too old, and how work is spread and put off."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean

import pytest

from koppeling.core.clock import AMSTERDAM, today
from koppeling.pull.schedule import is_due, is_in_window, is_stale, retry_pause, spread
from koppeling.push.worker import back_off

# the last Sundays of March and October 2026, on which the Dutch clock changes, and a plain day
DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 24)]


def ticks(day: date, minute: int, step: int) -> Iterator[datetime]:
    """Return the ticks of a schedule in the window of a day, in UTC, as Lambda sees them."""
    at = datetime(day.year, day.month, day.day, 7, minute, tzinfo=AMSTERDAM)
    while at.hour < 20:
        yield at.astimezone(UTC)
        at += timedelta(minutes=step)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("minute", [0, 3, 6])
@pytest.mark.parametrize(("interval", "expected"), [(15, 52), (60, 13), (30, 26), (5, 52), (0, 52)])
def test_an_interval_gives_the_same_number_of_ticks_on_every_day_of_the_year(
    day: date, minute: int, interval: int, expected: int
) -> None:
    assert sum(is_due(slot, interval) for slot in ticks(day, minute, 15)) == expected


@pytest.mark.parametrize("day", DAYS)
def test_a_schedule_of_240_minutes_is_due_at_each_of_its_four_ticks(day: date) -> None:
    assert [is_due(slot, 240) for slot in ticks(day, 9, 240)] == [True] * 4


def test_a_connection_with_an_interval_of_an_hour_is_due_at_the_first_tick_of_each_hour() -> None:
    due = [
        slot.astimezone(AMSTERDAM).strftime("%H:%M")
        for slot in ticks(date(2026, 7, 1), 3, 15)
        if is_due(slot, 60)
    ]
    assert due == [f"{hour:02}:03" for hour in range(7, 20)]


def test_a_tick_by_hand_before_the_window_counts_in_the_same_quarters() -> None:
    assert is_due(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), 60)
    assert not is_due(datetime(2026, 11, 24, 5, 15, tzinfo=UTC), 60)


def test_today_is_the_day_in_the_netherlands() -> None:
    assert today(datetime(2026, 11, 24, 22, 59, tzinfo=UTC)) == date(2026, 11, 24)
    assert today(datetime(2026, 11, 24, 23, 0, tzinfo=UTC)) == date(2026, 11, 25)
    assert today(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)


def test_a_message_is_too_old_from_the_moment_of_the_next_tick() -> None:
    slot = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
    assert not is_stale(slot, slot + timedelta(minutes=15, seconds=-1), 15)
    assert is_stale(slot, slot + timedelta(minutes=15), 15)


def test_a_connection_always_waits_as_long_as_before_and_less_than_the_spread() -> None:
    first = [spread(f"customer-{number}", "accounts", 600) for number in range(200)]
    again = [spread(f"customer-{number}", "accounts", 600) for number in range(200)]
    assert first == again
    assert 0 <= min(first) <= max(first) < 600


def test_the_entities_of_one_connection_do_not_start_together() -> None:
    assert spread("acme", "accounts", 600) != spread("acme", "items", 600)


@pytest.mark.parametrize("seconds", [0, -1])
def test_without_a_spread_everybody_starts_at_once(seconds: int) -> None:
    assert spread("acme", "accounts", seconds) == 0


def test_the_busiest_minute_of_ten_thousand_connections_is_near_the_mean() -> None:
    minutes = [0] * 10
    for number in range(10_000):
        minutes[spread(f"customer-{number}", "accounts", 600) // 60] += 1
    assert max(minutes) < 1.2 * mean(minutes)  # R32


@pytest.mark.parametrize(
    ("attempt", "cap"), [(0, 30), (1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900)]
)
def test_ten_thousand_pauses_keep_below_the_cap_of_their_attempt_and_fill_it(
    attempt: int, cap: int
) -> None:
    random = Random(attempt)  # noqa: S311 - a seeded draw
    drawn = [back_off(attempt, random).total_seconds() for _ in range(10_000)]
    assert 0 <= min(drawn) < cap * 0.01
    assert cap * 0.99 < max(drawn) <= cap
    assert abs(mean(drawn) - cap / 2) < cap * 0.02
    assert len(set(drawn)) > 9_990  # R4: no two connections aligned


def test_a_pause_never_passes_what_a_queue_can_hold_however_many_attempts_there_were() -> None:
    random = Random(1)  # noqa: S311 - a seeded draw
    assert all(back_off(n, random) <= timedelta(seconds=900) for n in (10, 1_000, 100_000))


@pytest.mark.parametrize(
    ("attempt", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 120), (4, 240), (5, 240), (900, 240)]
)
def test_a_parked_record_waits_longer_each_time_up_to_four_hours_and_never_skips_its_tick(
    attempt: int, minutes: int
) -> None:
    random = Random(attempt)  # noqa: S311 - a seeded draw
    drawn = [retry_pause(attempt, random) for _ in range(1_000)]
    assert timedelta(minutes=minutes * 0.8) <= min(drawn)
    assert max(drawn) <= timedelta(minutes=minutes)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(6, 59, False), (7, 0, True), (19, 59, True), (20, 0, False), (0, 30, False)],
)
def test_the_window_is_the_same_on_the_dutch_clock_on_every_day_of_the_year(
    day: date, hour: int, minute: int, *, expected: bool
) -> None:
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)

    assert is_in_window(at.astimezone(UTC)) is expected
