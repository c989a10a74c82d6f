"""The time that a browser waits for a page: the HTTP API cuts off at 30 seconds, with JSON.

    invocation begins ──► a token call (20 s at most) ──► reads with what is left ──► page by 25 s

The 5 seconds beside it are for a cold start and for saving. A read that does not get its answer in
time ends like any outage: the page says that the provider does not answer, and what to do.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

VISIT_SECONDS = 25.0
# A page of the bookkeeper only reads tables; beside it stand a cold start and its own making
PAGE_SECONDS = 20.0
# With less no call is begun
LEAST_SECONDS = 0.5


class Visit:
    """How much of the time for one page is left."""

    def __init__(
        self, seconds: float = VISIT_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._ends_at = monotonic() + seconds

    def begin(self) -> None:
        """Begin anew, for the next page."""
        self._ends_at = self._monotonic() + self._seconds

    def bounded(self, connect: float, read: float) -> tuple[float, float]:
        """Return timeouts that together end within what is left.

        Raises:
            requests.Timeout: too little is left to begin with.
        """
        left = self._ends_at - self._monotonic()
        if left < LEAST_SECONDS:
            raise requests.Timeout("the browser waits no longer")
        first = min(connect, left / 2)
        return first, min(read, left - first)


class VisitSession(requests.Session):
    """Makes the calls of a visit, none of which lasts longer than the visit."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        # As every session to a vendor (`core/http.py`)
        self.trust_env = False
        self._visit = visit

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Send a request with its own timeouts, or shorter ones."""
        connect, read = options["timeout"]
        options["timeout"] = self._visit.bounded(connect, read)
        return super().send(request, **options)


class Patience:
    """Waits for a page no longer than a browser does, whatever it is that does not answer.

    A piece of work that took too long goes on by itself; the next one gets a thread of its own.
    """

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self._seconds = seconds
        self._worker = ThreadPoolExecutor(1)

    def in_time[Made](self, make: Callable[[], Made]) -> Made:
        """Make a page.

        Raises:
            TimeoutError: it was not made in time.
        """
        begun = self._worker.submit(make)
        try:
            return begun.result(self._seconds)
        except TimeoutError:
            self._worker.shutdown(wait=False)
            self._worker = ThreadPoolExecutor(1)
            raise
