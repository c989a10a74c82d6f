"""Time as the link asks for it, so that a test can hand in its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

type Now = Callable[[], datetime]
"""Returns the present moment in UTC."""


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def today(now: datetime) -> date:
    """Return the day in the Netherlands: what ends today is still active there (L7)."""
    return now.astimezone(AMSTERDAM).date()


def pause(seconds: float) -> None:
    """Wait inside an invocation, two seconds at the most (DESIGN 4.7)."""
    time.sleep(min(seconds, 2.0))


# R2: the read timeout of the slowest call that a step makes, and what saving needs after it
CALL_SECONDS = 30.0
RESERVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time left, in milliseconds, as Lambda's context tells it."""

    remaining_milliseconds: Callable[[], int]

    def allows_call(self, seconds: float = CALL_SECONDS) -> bool:
        """Say whether a call with this timeout may still start (R2)."""
        return self.remaining_milliseconds() / 1000 >= seconds + RESERVE_SECONDS
