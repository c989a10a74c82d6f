"""News of a connection that its people get by mail: the first load is done, the pause is long."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections
from koppeling.core.summary import Summary
from koppeling.pull.cursor import PullState
from koppeling.watch.letters import FIRST_LOAD, PAUSED
from koppeling.watch.notifier import Notifier
from koppeling.watch.ports import Pauses

type Peek = Callable[[ConnectionId, str], PullState]
"""Returns where the pull of an entity stands, without its lease."""

LONG_PAUSE = timedelta(days=7)
_ONCE = "once"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLoadNews:
    """Tells people that every entity was read to its end, once for each connection."""

    connections: Connections
    peek: Peek
    entities: Iterable[str]
    notifier: Notifier

    def look(self, connection_id: ConnectionId) -> Summary:
        """Look whether the entity that was read just now was the last one."""
        connection = self.connections.get(connection_id)
        if connection is None or not self._is_loaded(connection):
            return Summary("first-load", "looked", connection_id)
        sent = self.notifier.send(connection, FIRST_LOAD, {}, _ONCE)
        return Summary("first-load", "looked", connection_id, counts={"sent": sent})

    def _is_loaded(self, connection: Connection) -> bool:
        return all(
            self.peek(connection.id, entity).caught_up_on is not None
            for entity in self.entities
            if connection.setting(entity).enabled
        )


@dataclass(frozen=True, slots=True)
class PauseNews:
    """Tells people of a pause that lasts for a week, once for each pause."""

    pauses: Pauses
    notifier: Notifier
    now: Now

    def look(self, connection: Connection) -> Summary:
        """Look how long a started connection is paused, every day."""
        if not connection.paused or not connection.started:
            return Summary("pause", "looked", connection.id)
        day = today(self.now())
        since = self.pauses.seen(connection.id, day)
        is_long = day - since >= LONG_PAUSE
        values = {"since": since.isoformat()}
        once = since.isoformat()
        sent = self.notifier.send(connection, PAUSED, values, once) if is_long else 0
        return Summary("pause", "looked", connection.id, counts={"sent": sent})
