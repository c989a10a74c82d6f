"""How busy this tenant is: how long an answer takes, how many calls a second it takes (M20)."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from tests.sandbox.qics_milestones.errors import RefusedError
from tests.sandbox.qics_milestones.switches import Switches

WINDOW = timedelta(seconds=1)
RETRY_AFTER_SECONDS = 5


@dataclass(slots=True)
class Busy:
    """The calls of the last second."""

    switches: Switches
    _came: deque[datetime] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def enter(self, now: datetime) -> None:
        """Let a call wait for its answer, or refuse it.

        Raises:
            RefusedError: there were too many in the second before it.
        """
        limit = self.switches.calls_per_second
        with self._lock:
            while self._came and self._came[0] <= now - WINDOW:
                self._came.popleft()
            if limit and len(self._came) >= limit:
                raise RefusedError(429, "Too many requests.")
            self._came.append(now)
        if self.switches.latency_ms:
            time.sleep(self.switches.latency_ms / 1000)
