"""Where each pull stands: its cursors, its resume points, and the lease of the running pull."""

from dataclasses import replace
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
    aside=["fencing", "nothing_parked"],
)
# The fencing number of the run that left an empty retry set. It is true for as long as no other
# run took the lease, also one that crashed or that is of the previous release
_EMPTY_AT = "nothing_parked_at"
# P6: the item is written at every tick, so a field that says nothing is left out of it
_LEFT_OUT_WHEN_EMPTY = frozenset(
    {"began_at", "ends", "is_scheduled", "pace", "is_journaled"}
    | {"caught_up_on", "changed_on", "compared_on", "resynced_on", "loaded_on"}
)


class PullStore(SyncStore):
    """Keeps one item per connection and entity; every write needs the fencing of its lease."""

    def read(self, connection: ConnectionId, entity: str, now: datetime) -> PullState | None:
        """Return where the pull stands; None while another run is at work.

        The read may lag behind, at half the price: who writes must take the lease that he saw. Only
        that another run is at work is asked for surely, since its message is then dropped.
        """
        item = self._found(connection, entity)
        if item is not None and _is_leased(item, now):
            item = self._found(connection, entity, consistent_read=True)
        if item is None:
            return PullState(fencing=0)
        return None if _is_leased(item, now) else _state(item)

    def acquire(
        self,
        connection: ConnectionId,
        entity: str,
        now: datetime,
        lease: timedelta,
        *,
        seen: PullState | None = None,
    ) -> PullState | None:
        item = self._item(connection, entity)
        actions: list[Any] = [
            self._items.fencing.add(1),
            self._items.lease_until.set(epoch(now + lease)),
        ]
        is_free = is_unleased(self._items, now)
        if seen is not None:
            is_free &= self._items.fencing == seen.fencing
        taken = self._update(item, actions, is_free)
        return _state(item, left_by=int(item.fencing or 0) - 1) if taken else None

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease; never base a write on it."""
        item = self._found(connection, entity)
        return PullState(fencing=0) if item is None else _state(item)

    def all_of(self, connection: ConnectionId) -> dict[str, PullState]:
        """Return where each pull of a connection stands, read at once; base no write on it."""
        prefix = _sort_key("")
        return {
            item.sk.removeprefix(prefix): _state(item) for item in self._query(connection, prefix)
        }

    def _found(self, connection: ConnectionId, entity: str, **options: Any) -> SyncItem | None:  # noqa: ANN401 - pynamodb's
        return find(self._items, connection_key(connection), _sort_key(entity), **options)

    def at_work(self, connection: ConnectionId, now: datetime) -> list[str]:
        """Return the entities whose lease a run holds at this moment."""
        prefix = _sort_key("")
        found = self._query(connection, prefix, consistent_read=True)
        return [item.sk.removeprefix(prefix) for item in found if _is_leased(item, now)]

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands, if this run still holds the lease.

        Raises:
            Retry: another run took over. What this run did is safe, and the other run continues.
        """
        # What the run parks from here on, nobody would look for after a crash
        self._write(connection, entity, replace(state, nothing_parked=False), [])

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
    if state.nothing_parked:
        kept[_EMPTY_AT] = state.fencing
    return kept | {"feeds": {name: _without_empty(feed) for name, feed in kept["feeds"].items()}}


def _without_empty(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: held for name, held in kept.items() if held or name not in _LEFT_OUT_WHEN_EMPTY}


def _is_leased(item: SyncItem, now: datetime) -> bool:
    return (item.lease_until or 0) >= epoch(now)


def _state(item: SyncItem, left_by: int | None = None) -> PullState:
    """Return the state as the run `left_by` left it: the newest one, unless that is our own."""
    data, fencing = item.data or {}, int(item.fencing or 0)
    is_empty = data.get(_EMPTY_AT) == (fencing if left_by is None else left_by)
    return _STATE.decode(data, fencing=fencing, nothing_parked=is_empty)


def _sort_key(entity: str) -> str:
    return f"PULL#{entity}"
