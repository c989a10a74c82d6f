"""The pace of calls to QicsMilestones, whose own limits are not public."""

from collections.abc import Callable
from threading import Lock

from koppeling.core.clock import pause


class SteadyPace:
    """Lets calls of all workers start at least an interval apart (M20: 5 per second)."""

    def __init__(
        self,
        calls_per_second: float,
        monotonic: Callable[[], float],
        pause: Callable[[float], None] = pause,
    ) -> None:
        self._pause = pause
        self._interval = 1.0 / calls_per_second if calls_per_second > 0 else 0.0
        self._monotonic = monotonic
        self._lock = Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Wait for this call's turn: with two workers never longer than two intervals."""
        if self._interval == 0.0:
            return
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._pause(turn - now)
