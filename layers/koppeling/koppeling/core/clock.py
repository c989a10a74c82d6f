"""Time as the link reads it, so that a test can hand in its own clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
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


def http_date(header: str | None) -> datetime | None:
    """Return the moment in a header such as `Date`; None when there is none."""
    try:
        moment = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def pause(seconds: float) -> None:
    """Sleep inside an invocation, for at most two seconds (DESIGN 4.7)."""
    time.sleep(min(seconds, 2.0))


# The time that work outside an invocation, such as a command, may count with
NO_INVOCATION_MILLISECONDS = 60_000
# R2: the read timeout of the slowest call of a step, and the time to save its result
CALL_SECONDS = 30.0
RESERVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time left in this invocation, in milliseconds, as Lambda's context gives it."""

    remaining_milliseconds: Callable[[], int]

    def allows_call(self, seconds: float = CALL_SECONDS) -> bool:
        """Say whether a call with this timeout may still start (R2)."""
        return self.remaining_milliseconds() / 1000 >= seconds + RESERVE_SECONDS


def no_invocation() -> Deadline:
    """Return the deadline of work outside an invocation."""
    return Deadline(lambda: NO_INVOCATION_MILLISECONDS)
