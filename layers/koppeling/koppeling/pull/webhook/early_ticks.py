"""Early ticks: a change in Exact queues a pull now, at most one a minute.

change ──► which connections have its administration ──► is the pull on? ──► first of its minute?
                                                                                  │ yes
                                             a message of a pull, in a minute ◄───┘

The message comes when its minute is over, so it sees every change that was told in it. Whatever
goes wrong here is made good by the next tick of the schedule.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import ConnectionSummary, setting_of
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.pull.schedule import is_in_window
from koppeling.pull.webhook.message import Change

# In which all changes of an administration are one early tick
TOGETHER = timedelta(minutes=1)
# A warm function remembers this many administrations that it need not look up again this minute
_MOST_REMEMBERED = 1000


class Subscribed(Protocol):
    """The connections whose administration Exact tells of."""

    def connections_of(self, division: int) -> Iterable[ConnectionId]:
        """Return the connections of an administration."""

    def is_first(self, connection: ConnectionId, entity: str, digest: str, until: datetime) -> bool:
        """Say whether a message is the first since `until` of before, and new; note that it was."""

    def withdraw(self, connection: ConnectionId, entity: str) -> None:
        """Forget the last message, since nothing came of it."""


class ListedConnections(Protocol):
    """What a tick has to know of connections."""

    def summary(self, connection: ConnectionId) -> ConnectionSummary | None:
        """Return the summary of a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyTicks:
    """Queues a pull for each connection of an administration in which something changed.

    `queues` and `intervals` (in minutes, of the schedule) are by entity.
    """

    subscribed: Subscribed
    connections: ListedConnections
    queues: Mapping[str, Queue]
    intervals: Mapping[str, int]
    now: Now
    _quiet: dict[tuple[int, str], datetime] = field(default_factory=dict)

    def take(self, change: Change) -> Summary:
        """Queue what a change asks for; an administration that nobody has is no news."""
        now, about = self.now(), (change.division, change.entity)
        if now < self._quiet.get(about, now):
            return Summary("webhook", "dropped", entity=change.entity)
        due = now + TOGETHER
        if not is_in_window(due):
            return Summary("webhook", "closed", entity=change.entity)
        queued = sum(self._queue(each, change, due) for each in self._active(change))
        if len(self._quiet) >= _MOST_REMEMBERED:
            self._quiet.clear()
        self._quiet[about] = due
        outcome = "queued" if queued else "dropped"
        return Summary("webhook", outcome, entity=change.entity, counts={"queued": queued})

    def _active(self, change: Change) -> Iterator[ConnectionId]:
        """Yield the connections that are pulled as often as the schedule has it.

        Whoever lengthened an interval has chosen to be pulled less often.
        """
        for connection in self.subscribed.connections_of(change.division):
            known = self.connections.summary(connection)
            if known is None or known.paused:
                continue
            setting = setting_of(known.entities, change.entity)
            if setting.enabled and setting.interval_minutes <= self.intervals[change.entity]:
                yield connection

    def _queue(self, connection: ConnectionId, change: Change, due: datetime) -> int:
        entity = change.entity
        if not self.subscribed.is_first(connection, entity, change.digest, due):
            return 0
        message = {"connection": connection, "slot": due.isoformat()}
        try:
            return self.queues[entity].send([(message, int(TOGETHER.total_seconds()))])
        except Exception:
            # Exact delivers it again, and it has to be the first then
            self.subscribed.withdraw(connection, entity)
            raise
