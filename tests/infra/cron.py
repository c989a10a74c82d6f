"""The part of EventBridge Scheduler's cron that our schedules use, in the schedule's time zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_FIELDS = 6


def ticks(expression: str, zone: str, day: date) -> list[datetime]:
    """Return every moment of one local day at which `cron(minutes hours * * ? *)` fires, in order.

    A local time that summer time skips does not fire, one that comes twice fires once: the
    scheduler's own rule.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != _FIELDS or fields[2:] != ["*", "*", "?", "*"]:
        raise ValueError(f"not a daily schedule: {expression}")
    minutes, hours = _values(fields[0], 59), _values(fields[1], 23)
    place = ZoneInfo(zone)
    wall = (
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=place)
        for hour in hours
        for minute in minutes
    )
    return [moment for moment in wall if _exists(moment)]


def days(first: date, last: date) -> Iterator[date]:
    """Yield all days from the first up to and including the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _values(field: str, highest: int) -> list[int]:
    chosen: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        start = 0 if low == "*" else int(low)
        end = int(high) if high else highest if step or low == "*" else start
        chosen.update(range(start, end + 1, int(step or 1)))
    return sorted(chosen)


def _exists(moment: datetime) -> bool:
    return moment.astimezone(UTC).astimezone(moment.tzinfo) == moment
