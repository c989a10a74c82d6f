"""Where each pull stands: its cursors, its resume points, and the lease of the run at work."""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, connection_key, epoch, write_if
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import FeedCursor, PullState

# The keys of the items that the release before wrote, which reads ours too (R40)
_STATE = Codec(
    PullState,
    names={
        PullState: {
            "last_error": "trouble",
            "read_mode": "anew",
            "division_checked_on": "looked_on",
            "division_moved_at": "moved",
        },
        FeedCursor: {"is_reread": "is_read_anew"},
    },
    aside=["fencing"],
)


class PullStore:
    """Keeps one item per connection and entity; every write needs the fencing of its lease."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def acquire(
        self, connection: ConnectionId, entity: str, now: datetime, lease: timedelta
    ) -> PullState | None:
        """Take the lease and return where the pull stands; None while another run holds it."""
        item = self._item(connection, entity)
        free = self._items.lease_until.does_not_exist() | (self._items.lease_until < epoch(now))
        actions: list[Any] = [
            self._items.schema.set(SCHEMA),
            self._items.fencing.add(1),
            self._items.lease_until.set(epoch(now + lease)),
        ]
        if not write_if(lambda: item.update(actions=actions, condition=free)):
            return None
        return _STATE.decode(item.data or {}, fencing=int(item.fencing or 0))

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease: nothing may be written on its ground."""
        key = self._item(connection, entity)
        try:
            item = self._items.get(key.pk, key.sk)
        except DoesNotExist:
            return PullState(fencing=0)
        return _STATE.decode(item.data or {}, fencing=int(item.fencing or 0))

    def at_work(self, connection: ConnectionId, now: datetime) -> list[str]:
        """Return the entities of which a run holds the lease at this moment."""
        prefix = _sort_key("")
        found = self._items.query(
            connection_key(connection), self._items.sk.startswith(prefix), consistent_read=True
        )
        return [
            item.sk.removeprefix(prefix) for item in found if (item.lease_until or 0) >= epoch(now)
        ]

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands, if this run still holds the lease.

        Raises:
            Retry: another run took over; what this one did is safe, and the other goes on.
        """
        self._write(connection, entity, state, [self._items.data.set(_STATE.encode(state))])

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands and give the lease back."""
        actions = [self._items.data.set(_STATE.encode(state)), self._items.lease_until.remove()]
        self._write(connection, entity, state, actions)

    def _write(
        self, connection: ConnectionId, entity: str, state: PullState, actions: list[Any]
    ) -> None:
        item, mine = self._item(connection, entity), self._items.fencing == state.fencing
        if not write_if(lambda: item.update(actions=actions, condition=mine)):
            raise Retry("pull-overtaken", f"fencing {state.fencing} is no longer ours")

    def _item(self, connection: ConnectionId, entity: str) -> SyncItem:
        return self._items(connection_key(connection), _sort_key(entity))


def _sort_key(entity: str) -> str:
    return f"PULL#{entity}"
