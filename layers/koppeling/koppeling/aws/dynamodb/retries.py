"""The retry set of each entity, in SyncTable."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch, write_if
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.record import ParkedChange

# The keys of the items that the release before wrote, which reads ours too (R40)
_CHANGE = Codec(ParkedChange, names={ParkedChange: {"is_complete": "whole", "parked_at": "since"}})


class RetryStore:
    """Keeps at most one parked change per record."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return everything that is parked for an entity."""
        prefix = self._items.sk.startswith(f"RETRY#{entity}#")
        found = self._items.query(connection_key(connection), prefix)
        return [_CHANGE.decode(item.data) for item in found]

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep changes; a newer one of the same record takes the place of the older."""
        with self._items.batch_write() as batch:
            for parked in changes:
                item = self._key(connection, entity, parked.exact_id)
                item.data = _CHANGE.encode(parked)
                item.not_before = epoch(parked.not_before)
                batch.save(item)

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let a change be tried at the next run; False when a run has dealt with it meanwhile.

        A run that is at work may have written or replaced it: then nothing is touched, so that an
        older value never comes back.
        """
        item = self._key(connection, entity, parked.exact_id)
        actions: list[Any] = [
            self._items.data.set(_CHANGE.encode(replace(parked, not_before=now))),
            self._items.not_before.set(epoch(now)),
        ]
        unchanged = self._items.not_before == epoch(parked.not_before)
        return write_if(lambda: item.update(actions=actions, condition=unchanged))

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget changes that were written or that a newer one made pointless."""
        with self._items.batch_write() as batch:
            for exact_id in ids:
                batch.delete(self._key(connection, entity, exact_id))

    def _key(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> SyncItem:
        return self._items(connection_key(connection), f"RETRY#{entity}#{exact_id}")
