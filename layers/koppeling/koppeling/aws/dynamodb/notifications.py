"""Which warnings were told, one item each, beside everything else of their connection."""

from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, connection_key, epoch, write_if
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId

# Longer than a mail takes; a claim that is older was left behind by a process that died
CLAIM = timedelta(seconds=60)
# After a year nobody remembers, and a chain that is still dead may be told of once more
KEPT = timedelta(days=365)
TELLING, TOLD = "TELLING", "TOLD"


class NotificationStore:
    """Keeps what was told."""

    def __init__(self, items: type[SyncItem], now: Now) -> None:
        self._items = items
        self._now = now

    def claim(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        """Take a warning upon us; False when it was told, or is being told."""
        now, state = self._now(), self._items.state
        left_behind = (state == TELLING) & (self._items.lease_until < epoch(now))
        actions: list[Any] = [
            self._items.schema.set(SCHEMA),
            state.set(TELLING),
            self._items.lease_until.set(epoch(now + CLAIM)),
            self._items.expires_at.set(epoch(now + KEPT)),
        ]
        free = state.does_not_exist() | left_behind
        return write_if(
            lambda: self._write((connection, code, idempotency_key), actions, condition=free)
        )

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Note that it was told."""
        done = [self._items.state.set(TOLD), self._items.lease_until.remove()]
        self._write((connection, code, idempotency_key), done)

    def release(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Leave it to whoever tries next."""
        self._write((connection, code, idempotency_key), [self._items.lease_until.set(0)])

    def _write(self, name: tuple[ConnectionId, str, str], actions: list[Any], **more: Any) -> None:  # noqa: ANN401 - pynamodb's
        connection, code, once = name
        item = self._items(connection_key(connection), f"WARNING#{code}#{once}")
        item.update(actions=actions, **more)
