"""Days on which people are at work: weekends and Dutch public holidays are none."""

from datetime import date

import pytest

from koppeling.watch.working_days import holidays, is_working_day


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-04-06", "2026-04-27", "2026-05-14", "2026-05-25", "2026-12-25"),
        *("2027-03-29", "2027-04-27", "2027-05-06", "2027-05-17"),
        *("2030-05-05", "2025-05-05", "2026-11-28", "2026-11-29"),
    ],
)
def test_nobody_is_at_work(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2026-01-02", "2026-04-03", "2026-05-05", "2026-05-15", "2026-11-30", "2026-12-24"]
)
def test_people_are_at_work(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


def test_the_birthday_of_the_king_is_a_day_earlier_when_it_is_a_sunday() -> None:
    assert date(2031, 4, 26) in holidays(2031)
    assert date(2031, 4, 27) not in holidays(2031)
