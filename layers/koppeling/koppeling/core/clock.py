"""Time as the link asks for it, so that a test can hand in its own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

type Now = Callable[[], datetime]
"""Returns the present moment in UTC."""


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def pause(seconds: float) -> None:
    """Wait inside an invocation, two seconds at the most (DESIGN 4.7)."""
    time.sleep(min(seconds, 2.0))
