"""When each entity last had its tick, so that a schedule that does not fire is seen.

Each tick notes its moment. The watch looks every quarter of an hour whether one is overdue: after
two ticks of a quick schedule, or one of a slow one.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from koppeling.core.clock import AMSTERDAM
from koppeling.pull.schedule import CLOSES_AT, OPENS_AT

# The schedules of a quarter begin up to nine minutes after it, and a start takes its time
GRACE = timedelta(minutes=20)
# After the opening the first ticks of all schedules must have been by then
FIRST = timedelta(minutes=35)


class TickLog(Protocol):
    """The last tick of each entity."""

    def note(self, entity: str, at: datetime) -> None:
        """Note that the tick of an entity was."""

    def expect(self, entity: str, since: datetime) -> None:
        """Expect ticks of an entity from a moment on, unless one was noted before."""

    def last(self) -> Mapping[str, datetime]:
        """Return the last tick of each entity, or since when one is expected."""


def is_missed(last: datetime, now: datetime, interval_minutes: int) -> bool:
    """Say whether a tick should have been since the last one; outside the window none is."""
    local = now.astimezone(AMSTERDAM)
    opened = local.replace(hour=OPENS_AT, minute=0, second=0, microsecond=0).astimezone(UTC)
    if now < opened + FIRST or local.hour >= CLOSES_AT:
        return False
    return last < max(opened, now - timedelta(minutes=interval_minutes) - GRACE)


type OnTick = Callable[[str, datetime], object]
"""Notes that the tick of an entity was, so that one that fails to come is seen."""


def noted_nowhere(entity: str, at: datetime) -> None:
    """Note no tick."""
    del entity, at
