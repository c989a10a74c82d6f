"""The retry set of each entity, in SyncTable."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.parts import LARGEST_VALUE
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.record import ParkedChange

# The keys that the previous release wrote, which reads our items as well (R40)
_CHANGE = Codec(ParkedChange, names={ParkedChange: {"is_complete": "whole", "parked_at": "since"}})


class RetryStore(SyncStore):
    """Keeps at most one parked change per record."""

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        found = self._query(connection, f"RETRY#{entity}#")
        return [_CHANGE.decode(item.data) for item in found]

    def get(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> ParkedChange | None:
        found = find(self._items, connection_key(connection), f"RETRY#{entity}#{exact_id}")
        return None if found is None else _CHANGE.decode(found.data)

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep changes; a newer change of the same record replaces the older one."""
        with self._items.batch_write() as batch:
            for parked in changes:
                item = self._item(connection, entity, parked.exact_id)
                item.data = _encode(parked)
                item.not_before = epoch(parked.not_before)
                batch.save(item)

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let the next run try a change; False when a run has dealt with it meanwhile.

        A running pull may have written or replaced the change. Then nothing is written, so that an
        older value never comes back.
        """
        item = self._item(connection, entity, parked.exact_id)
        actions: list[Any] = [
            self._items.data.set(_encode(replace(parked, not_before=now))),
            self._items.not_before.set(epoch(now)),
        ]
        return self._update(item, actions, self._items.not_before == epoch(parked.not_before))

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Remove changes that were written, or that a newer change replaced."""
        with self._items.batch_write() as batch:
            for exact_id in ids:
                batch.delete(self._item(connection, entity, exact_id))

    def _item(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> SyncItem:
        return self._items(connection_key(connection), f"RETRY#{entity}#{exact_id}")


def _encode(parked: ParkedChange) -> dict[str, Any]:
    """Return what is stored, its values by name: the first missing one is named in the problem.

    All values of a record are mapped again from its stored rows before they are written, so they
    are left out where they are too large for an item.
    """
    kept = _CHANGE.encode(replace(parked, values=dict(sorted(parked.values.items()))))
    if parked.is_complete and len(json.dumps(kept["values"])) > LARGEST_VALUE:
        kept["values"] = {}
    return kept
