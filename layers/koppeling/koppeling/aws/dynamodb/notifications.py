"""Which notifications were sent: one item each, in the partition of their connection."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId

# Longer than sending a mail takes; an older claim is of a process that died
CLAIM = timedelta(seconds=60)
# After a year the item goes, and a chain that is still lost may be reported once more
KEPT = timedelta(days=365)
# The values that the previous release stored (R40)
CLAIMED, SENT = "TELLING", "TOLD"


class NotificationStore(SyncStore):
    """Keeps which notifications were sent."""

    def claim(
        self, connection: ConnectionId, code: str, idempotency_key: str
    ) -> frozenset[str] | None:
        now, state = self._now(), self._items.state
        is_abandoned = (state == CLAIMED) & (self._items.lease_until < epoch(now))
        actions = [
            state.set(CLAIMED),
            self._items.lease_until.set(epoch(now + CLAIM)),
            self._items.expires_at.set(epoch(now + KEPT)),
        ]
        item = self._item(connection, code, idempotency_key)
        if not self._update(item, actions, state.does_not_exist() | is_abandoned):
            return None
        reached: list[str] = (item.data or {}).get("reached", [])
        return frozenset(reached)

    def was_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        key = self._item(connection, code, idempotency_key)
        item = find(self._items, key.pk, key.sk)
        return item is not None and item.state == SENT

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        actions = [self._items.state.set(SENT), self._items.lease_until.remove()]
        self._update(self._item(connection, code, idempotency_key), actions)

    def release(
        self,
        connection: ConnectionId,
        code: str,
        idempotency_key: str,
        reached: Collection[str] = (),
    ) -> None:
        actions: list[Any] = [self._items.lease_until.set(0)]
        if reached:
            actions.append(self._items.data.set({"reached": sorted(reached)}))
        self._update(self._item(connection, code, idempotency_key), actions)

    def _item(self, connection: ConnectionId, code: str, idempotency_key: str) -> SyncItem:
        return self._items(connection_key(connection), f"WARNING#{code}#{idempotency_key}")
