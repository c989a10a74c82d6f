"""A tick that should have been is missed: two of a quick schedule, one of a slow one."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.clock import AMSTERDAM
from koppeling.pull.ticks import is_missed

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("interval", [15, 240])
def test_a_tick_is_missed_once_its_interval_and_twenty_minutes_have_passed(interval: int) -> None:
    overdue = timedelta(minutes=interval + 20)
    now = NOON + timedelta(hours=3)

    assert not is_missed(now - overdue, now, interval)
    assert is_missed(now - overdue - timedelta(seconds=1), now, interval)


@pytest.mark.parametrize("month", [1, 7], ids=["winter", "summer"])
def test_the_first_ticks_of_a_day_have_35_minutes(month: int) -> None:
    opened = datetime(2026, month, 20, 7, tzinfo=AMSTERDAM).astimezone(UTC)
    evening = opened - timedelta(hours=12)
    first = opened + timedelta(minutes=35)

    assert not is_missed(evening, first - timedelta(seconds=1), 15)
    assert is_missed(evening, first, 15)
    assert is_missed(opened - timedelta(seconds=1), first, 15)
    assert not is_missed(opened, first, 15)
    assert not is_missed(opened, opened + timedelta(hours=4), 240), "nor was it due before"
    assert is_missed(evening, opened + timedelta(hours=1), 240)


@pytest.mark.parametrize(("hour", "missed"), [(0, False), (6, False), (19, True), (20, False)])
def test_outside_the_window_no_tick_is_missed(hour: int, *, missed: bool) -> None:
    now = datetime(2026, 11, 24, hour, 59, tzinfo=AMSTERDAM).astimezone(UTC)

    assert is_missed(NOON - timedelta(days=3), now, 15) is missed
