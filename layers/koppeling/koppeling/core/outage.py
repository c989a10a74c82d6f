"""An outage of Exact, as all functions see it: while it lasts, one call in 30 seconds looks (R6).

    closed ── five calls failed in a row, for three connections or more ──► open
       ▲                                                                     │
       └────────────── a call is answered ◄── one call every 30 seconds ◄────┘

Each process reads what is stored at most once in 30 seconds, and writes only when a call failed, or
when one is answered after failures. So while Exact works, nothing is written.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId

FAILURES, CONNECTIONS = 5, 3
PROBE_EVERY = timedelta(seconds=30)
# A process trusts for this long what it read
TRUSTED_FOR = timedelta(seconds=30)
# Failures further apart are no one outage
TOGETHER = timedelta(minutes=15)
# How often a change is made again because another function made one at that moment
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call that Exact did not answer."""

    at: datetime
    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class Outage:
    """What is known of one host: the newest failures in a row, and since when nobody calls it.

    `probe_from` is the moment of the next call that looks. `mark` differs each time that this is
    written; only what the store read has one.
    """

    failures: tuple[FailedCall, ...] = ()
    since: datetime | None = None
    probe_from: datetime | None = None
    mark: str = field(default="", compare=False)

    def with_failure(self, connection: ConnectionId, now: datetime) -> "Outage":
        """Return what is known after another failure."""
        recent = (each for each in self.failures if now - each.at < TOGETHER)
        failures = (*recent, FailedCall(now, connection))[-FAILURES:]
        known = replace(self, failures=failures)
        whose = {each.connection for each in failures}
        if self.since is not None or len(failures) < FAILURES or len(whose) < CONNECTIONS:
            return known
        return replace(known, since=failures[0].at, probe_from=now + PROBE_EVERY)


class Outages(Protocol):
    """Stores what is known of each host."""

    def get(self, host: str, *, newest: bool = False) -> Outage:  # pyright: ignore[reportReturnType]
        """Return what is known; `newest` asks for a consistent read, before a write."""

    def save(self, host: str, outage: Outage) -> Outage | None:
        """Write what is known, and return it with its mark; None when it changed since the read."""


class Breaker:
    """Stops the calls of one process to one host while Exact has an outage."""

    def __init__(self, host: str, outages: Outages, now: Now) -> None:
        self._host = host
        self._outages = outages
        self._now = now
        self._seen = Outage()
        self._read_at: datetime | None = None

    def closed_until(self) -> datetime | None:
        """Return until when no call is allowed; None for a call that may go or look."""
        self._refresh()
        look = self._seen.probe_from
        return look if look is not None and self._now() < look else None

    def claim(self) -> datetime | None:
        """Take the look that is due, right before the call; returns until when none is allowed.

        Of all functions one gets each look: who notes it first.
        """
        self._refresh()
        now = self._now()
        for _ in range(ROUNDS):
            seen = self._seen
            if seen.since is None or seen.probe_from is None:
                return None
            if now < seen.probe_from:
                return seen.probe_from
            saved = self._outages.save(self._host, replace(seen, probe_from=now + PROBE_EVERY))
            if saved is not None:
                self._note(saved)
                return None
            self._note(self._outages.get(self._host, newest=True))
        return now + PROBE_EVERY

    def failed(self, connection: ConnectionId) -> None:
        """Note a call that Exact did not answer."""
        for _ in range(ROUNDS):
            known = self._outages.get(self._host, newest=True)
            saved = self._outages.save(self._host, known.with_failure(connection, self._now()))
            if saved is not None:
                self._note(saved)
                return

    def worked(self) -> None:
        """Note a call that Exact answered, if any failed before."""
        for _ in range(ROUNDS):
            if not self._seen.failures and self._seen.since is None:
                return
            saved = self._outages.save(self._host, Outage(mark=self._seen.mark))
            self._note(saved or self._outages.get(self._host, newest=True))

    def _refresh(self) -> None:
        if self._read_at is None or self._now() - self._read_at >= TRUSTED_FOR:
            self._note(self._outages.get(self._host))

    def _note(self, outage: Outage) -> None:
        self._seen, self._read_at = outage, self._now()


@dataclass(frozen=True, slots=True)
class ConnectionBreaker:
    """A breaker for the work of one connection."""

    breaker: Breaker
    connection: ConnectionId

    def closed_until(self) -> datetime | None:
        """Return until when no call is allowed; None for a call that may go or look."""
        return self.breaker.closed_until()

    def claim(self) -> datetime | None:
        """Take the look that is due; returns until when no call is allowed."""
        return self.breaker.claim()

    def failed(self) -> None:
        """Note a call that Exact did not answer."""
        self.breaker.failed(self.connection)

    def worked(self) -> None:
        """Note a call that Exact answered."""
        self.breaker.worked()
