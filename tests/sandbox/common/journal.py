"""The journal of calls: tests count in it, so what is not written down did not happen."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the server saw it. `at` is the sandbox's clock, ISO 8601 in UTC."""

    method: str
    path: str
    query: str
    endpoint: str
    status: int
    at: str
    fault: str | None = None


class Journal:
    """Keeps every call in order; safe to use from several server threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: list[Call] = []

    def write(self, call: Call) -> None:
        """Add one call."""
        with self._lock:
            self._calls.append(call)

    def calls(self, matches: Callable[[Call], bool] = lambda _: True) -> list[Call]:
        """Return the calls that match, oldest first."""
        with self._lock:
            return [call for call in self._calls if matches(call)]

    def clear(self) -> None:
        """Forget what was written, to count from here."""
        with self._lock:
            self._calls.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return all calls as plain objects."""
        return [asdict(call) for call in self.calls()]
