"""Days on which people in the Netherlands are at work."""

from datetime import date, timedelta

from dateutil.easter import easter  # type: ignore[import-untyped] # it brings no types

_SATURDAY, _SUNDAY = 5, 6
# Counted from Easter: the day after it, Ascension, Whit Sunday and the day after that
_AFTER_EASTER = (0, 1, 39, 49, 50)
_LIBERATION_DAY = (5, 5)
_EVERY = 5


def is_working_day(day: date) -> bool:
    """Say whether a day is neither in a weekend nor a public holiday."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year; Liberation Day is one every five years."""
    days = {date(year, 1, 1), _kings_day(year), date(year, 12, 25), date(year, 12, 26)}
    days |= {_easter(year) + timedelta(days=after) for after in _AFTER_EASTER}
    if year % _EVERY == 0:
        days.add(date(year, *_LIBERATION_DAY))
    return frozenset(days)


def _kings_day(year: int) -> date:
    """Return the 27th of April, or the day before when that is a Sunday."""
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == _SUNDAY else day


def _easter(year: int) -> date:
    found: date = easter(year)
    return found
