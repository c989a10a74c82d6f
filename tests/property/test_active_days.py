"""L7, X68: active on a day, at any moment around midnight and both changes of the clock.

What a Dutch wall clock shows is told here from the law (the last Sundays of March and October, at
01:00 UTC), so that these tests do not lean on what they test.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.clock import today
from koppeling.pull.entities.days import is_active_on, next_change
from tests.unit.pull.builders import USUAL_ROWS, an_account, mapped, mapped_as

YEARS = range(2024, 2032)
DAY = timedelta(days=1)


def last_sunday(year: int, month: int) -> date:
    """Return the last Sunday of a month of 31 days."""
    end = date(year, month, 31)
    return end - timedelta(days=end.isoweekday() % 7)


CHANGES = [last_sunday(year, month) for year in YEARS for month in (3, 10)]
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
# any day, and often one of those on which the clock changes or beside them
DAYS_AND_CHANGES = DAYS | st.builds(
    lambda day, beside: day + beside * DAY, st.sampled_from(CHANGES), st.integers(-1, 1)
)
BOUNDS = st.none() | DAYS_AND_CHANGES


def is_summer(moment: datetime) -> bool:
    """Say whether Dutch clocks show summer time at a moment."""
    begins, ends = (
        datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        for day in (last_sunday(moment.year, 3), last_sunday(moment.year, 10))
    )
    return begins <= moment < ends


def on_the_wall(moment: datetime) -> datetime:
    """Return what a Dutch wall clock shows."""
    return (moment + timedelta(hours=2 if is_summer(moment) else 1)).replace(tzinfo=None)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Draw a moment: often within seconds of a Dutch midnight or of a change of the clock."""
    day = draw(DAYS_AND_CHANGES)
    near = st.sampled_from([timedelta(hours=hours) for hours in (-2, -1, 0, 1)])
    anywhere = st.timedeltas(timedelta(0), DAY)
    offset = draw(near | anywhere) + draw(st.timedeltas(timedelta(seconds=-2), timedelta(0, 2)))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + offset


def as_exact(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@given(moments(), BOUNDS, BOUNDS)
def test_a_record_is_active_from_midnight_of_its_first_day_up_to_midnight_after_its_last(
    moment: datetime, start: date | None, end: date | None
) -> None:
    wall = on_the_wall(moment)
    begins = datetime.min if start is None else datetime(start.year, start.month, start.day)  # noqa: DTZ001, DTZ901 - a wall clock has no zone
    over = datetime.max if end is None else datetime(end.year, end.month, end.day) + DAY  # noqa: DTZ001, DTZ901 - likewise
    active = is_active_on(today(moment), as_exact(start), as_exact(end))
    assert active is (begins <= wall < over)


@given(DAYS_AND_CHANGES, BOUNDS, BOUNDS, st.integers(0, 800))
def test_until_the_day_of_the_next_change_the_answer_stays_the_same(
    day: date, start: date | None, end: date | None, later: int
) -> None:
    bounds = as_exact(start), as_exact(end)
    change = next_change(day, *bounds)
    after = day + later * DAY
    if change is None or after < change:
        assert is_active_on(after, *bounds) is is_active_on(day, *bounds)


@given(DAYS_AND_CHANGES, BOUNDS, BOUNDS)
def test_a_record_judged_on_each_day_of_change_alone_is_right_on_every_day(
    first: date, start: date | None, end: date | None
) -> None:
    bounds = as_exact(start), as_exact(end)
    held, due = is_active_on(first, *bounds), next_change(first, *bounds)
    for day in {first, *(bound + n * DAY for bound in (start, end) if bound for n in (-1, 0, 1))}:
        if day < first:
            continue
        judged, change = held, due
        while change is not None and change <= day:
            judged, change = is_active_on(change, *bounds), next_change(change, *bounds)
        assert judged is is_active_on(day, *bounds)


@pytest.mark.parametrize("entity", ["cost_centers", "items", "employees", "projects"])
@given(moments(), BOUNDS)
def test_each_entity_ends_at_midnight_on_a_dutch_clock_after_its_last_day(
    entity: str, moment: datetime, end: date | None
) -> None:
    row: dict[str, Any] = USUAL_ROWS[entity](EndDate=as_exact(end))
    found = mapped_as(entity, row, today=today(moment))
    assert found.values["IsActive"] is (end is None or on_the_wall(moment).date() <= end)


@given(moments(), BOUNDS)
def test_a_customer_ends_at_midnight_on_a_dutch_clock_after_its_last_day(
    moment: datetime, end: date | None
) -> None:
    found = mapped(an_account(StartDate=None, EndDate=as_exact(end)), today=today(moment))
    assert found.values["IsActive"] is (end is None or on_the_wall(moment).date() <= end)
