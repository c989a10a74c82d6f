"""How much of an invocation is left: no call starts that could outlive it."""

from collections.abc import Callable
from dataclasses import dataclass

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
