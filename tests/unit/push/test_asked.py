"""On which days a month is compared by itself."""

from datetime import date, timedelta

from koppeling.push.asked import due
from koppeling.push.journal import Period

OCTOBER, NOVEMBER = Period(2026, 10), Period(2026, 11)


def test_the_month_before_is_compared_on_the_first_and_third_working_day() -> None:
    days = [date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(30)]

    # The first of November 2026 is a Sunday
    assert [day.day for day in days if OCTOBER in due(day)] == [2, 4]


def test_the_present_month_is_compared_once_a_week() -> None:
    days = [date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(30)]

    assert [day.day for day in days if NOVEMBER in due(day)] == [6, 13, 20, 27]


def test_in_january_the_month_before_is_december() -> None:
    assert due(date(2027, 1, 4)) == []
    assert due(date(2027, 1, 1)) == [Period(2026, 12), Period(2027, 1)]
