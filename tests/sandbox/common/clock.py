"""A clock that tests can move."""

from datetime import UTC, datetime, timedelta
from threading import Lock


class Clock:
    """The sandbox's idea of now: real time plus an offset, or a moment that stands still.

    Servers ask it for every decision about time (token life, limits, stamps), so a test can make
    ten minutes pass without waiting for them.
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._lock = Lock()
        self._frozen_at = frozen_at
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        with self._lock:
            return (self._frozen_at or datetime.now(UTC)) + self._offset

    def advance(self, seconds: float) -> None:
        """Let seconds pass; a negative number goes back."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)

    def freeze(self, at: datetime) -> None:
        """Stand still at a moment; only `advance` moves it from then on."""
        with self._lock:
            self._frozen_at = at.astimezone(UTC)
            self._offset = timedelta()

    def release(self) -> None:
        """Go on with real time, without an offset."""
        with self._lock:
            self._frozen_at = None
            self._offset = timedelta()
