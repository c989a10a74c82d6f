"""The days on which a record is active (L7)."""

import re
from datetime import date, timedelta

# A day, or a day with the time at which days begin; any other time leaves the day in doubt (X68)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00(\.0+)?)?")


def is_active_on(day: date, start: object, end: object) -> bool:
    """Say whether a record is active on a day: both days count, and an empty one is no bound."""
    begins, ends = day_of(start), day_of(end)
    return (begins is None or begins <= day) and (ends is None or ends >= day)


def next_change(day: date, start: object, end: object) -> date | None:
    """Return the next day on which `is_active_on` may change; None when it never does."""
    begins, ends = day_of(start), day_of(end)
    days = [] if begins is None else [begins]
    if ends is not None and ends < date.max:
        days.append(ends + timedelta(days=1))
    return min((moment for moment in days if moment > day), default=None)


def day_of(value: object) -> date | None:
    """Return a day; None when the field is empty.

    Raises:
        ValueError: the value is no day.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("this is no day")
    return date.fromisoformat(value[:10])
