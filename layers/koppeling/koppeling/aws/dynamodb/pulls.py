"""Where each pull stands: its cursors, its resume points, and the lease of the run at work."""

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, connection_key, epoch, write_if
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import FeedCursor, PullState, ReadMode


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
        return _from_data(int(item.fencing or 0), item.data or {})

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease: nothing may be written on its ground."""
        key = self._item(connection, entity)
        try:
            item = self._items.get(key.pk, key.sk)
        except DoesNotExist:
            return PullState(fencing=0)
        return _from_data(int(item.fencing or 0), item.data or {})

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
        self._write(connection, entity, state, [self._items.data.set(_to_data(state))])

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands and give the lease back."""
        actions = [self._items.data.set(_to_data(state)), self._items.lease_until.remove()]
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


def _to_data(state: PullState) -> dict[str, Any]:
    return {
        "feeds": {name: asdict(cursor) for name, cursor in state.feeds.items()},
        "reviewed_on": state.reviewed_on.isoformat() if state.reviewed_on else None,
        "trouble": state.last_error,
        "anew": state.read_mode.value,
        "looked_on": state.division_checked_on.isoformat() if state.division_checked_on else None,
        "moved": state.division_moved_at,
    }


def _from_data(fencing: int, data: dict[str, Any]) -> PullState:
    reviewed_on, looked_on = data.get("reviewed_on"), data.get("looked_on")
    return PullState(
        fencing=fencing,
        feeds={name: _cursor(feed) for name, feed in data.get("feeds", {}).items()},
        reviewed_on=date.fromisoformat(reviewed_on) if reviewed_on else None,
        last_error=data.get("trouble"),
        read_mode=ReadMode(data.get("anew") or ""),
        division_checked_on=date.fromisoformat(looked_on) if looked_on else None,
        division_moved_at=data.get("moved"),
    )


def _cursor(data: dict[str, Any]) -> FeedCursor:
    """Read a cursor; what another release knows beyond ours is passed over (R40)."""
    known = {field.name for field in fields(FeedCursor)}
    return FeedCursor(**{name: value for name, value in data.items() if name in known})
