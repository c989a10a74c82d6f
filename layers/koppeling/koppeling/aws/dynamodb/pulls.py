"""Where each pull stands: its cursors, its resume points, and the lease of the running pull."""

from datetime import datetime, timedelta
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import (
    SyncItem,
    SyncStore,
    connection_key,
    epoch,
    find,
    is_unleased,
)
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import FeedCursor, PullState

# The keys that the previous release wrote, which reads our items as well (R40)
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
# P6: the item is written at every tick, so a field that says nothing is left out of it
_LEFT_OUT_WHEN_EMPTY = frozenset(
    {"began_at", "ends", "is_scheduled"}
    | {"caught_up_on", "changed_on", "compared_on", "resynced_on"}
)


class PullStore(SyncStore):
    """Keeps one item per connection and entity; every write needs the fencing of its lease."""

    def acquire(
        self, connection: ConnectionId, entity: str, now: datetime, lease: timedelta
    ) -> PullState | None:
        item = self._item(connection, entity)
        actions: list[Any] = [
            self._items.fencing.add(1),
            self._items.lease_until.set(epoch(now + lease)),
        ]
        taken = self._update(item, actions, is_unleased(self._items, now))
        return _state(item) if taken else None

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease; never base a write on it."""
        item = find(self._items, connection_key(connection), _sort_key(entity))
        return PullState(fencing=0) if item is None else _state(item)

    def at_work(self, connection: ConnectionId, now: datetime) -> list[str]:
        """Return the entities whose lease a run holds at this moment."""
        prefix = _sort_key("")
        found = self._query(connection, prefix, consistent_read=True)
        return [
            item.sk.removeprefix(prefix) for item in found if (item.lease_until or 0) >= epoch(now)
        ]

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands, if this run still holds the lease.

        Raises:
            Retry: another run took over. What this run did is safe, and the other run continues.
        """
        self._write(connection, entity, state, [])

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        self._write(connection, entity, state, [self._items.lease_until.remove()])

    def _write(
        self, connection: ConnectionId, entity: str, state: PullState, actions: list[Any]
    ) -> None:
        every = [self._items.data.set(_encode(state)), *actions]
        holds_lease = self._items.fencing == state.fencing
        if not self._update(self._item(connection, entity), every, holds_lease):
            raise Retry("pull-overtaken", f"fencing {state.fencing} is no longer ours")

    def _item(self, connection: ConnectionId, entity: str) -> SyncItem:
        return self._items(connection_key(connection), _sort_key(entity))


def _encode(state: PullState) -> dict[str, Any]:
    kept = _without_empty(_STATE.encode(state))
    return kept | {"feeds": {name: _without_empty(feed) for name, feed in kept["feeds"].items()}}


def _without_empty(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: held for name, held in kept.items() if held or name not in _LEFT_OUT_WHEN_EMPTY}


def _state(item: SyncItem) -> PullState:
    return _STATE.decode(item.data or {}, fencing=int(item.fencing or 0))


def _sort_key(entity: str) -> str:
    return f"PULL#{entity}"
