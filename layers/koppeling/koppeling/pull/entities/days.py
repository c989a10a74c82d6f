"""The days on which a record is active (L7)."""

from datetime import date, timedelta


def is_active_on(day: date, start: object, end: object) -> bool:
    """Say whether a record is active on a day: both days count, and an empty one is no bound."""
    begins, ends = _day(start), _day(end)
    return (begins is None or begins <= day) and (ends is None or ends >= day)


def next_change(day: date, start: object, end: object) -> date | None:
    """Return the next day on which `is_active_on` may change; None when it never does."""
    begins, ends = _day(start), _day(end)
    days = [] if begins is None else [begins]
    if ends is not None and ends < date.max:
        days.append(ends + timedelta(days=1))
    return min((moment for moment in days if moment > day), default=None)


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
