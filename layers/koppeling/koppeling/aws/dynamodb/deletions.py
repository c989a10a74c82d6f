"""Deletions in Exact that were read, until the pull of their entity has marked its records."""

from collections.abc import Iterable

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncStore, connection_key, find
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.ports import DeletionLog

LOG = "DELETIONS"
_LOG = Codec(DeletionLog)


class DeletionStore(SyncStore):
    """Keeps one item per deleted record that is not marked yet, and how far the feed was read."""

    def log(self, connection: ConnectionId) -> DeletionLog:
        item = find(self._items, connection_key(connection), LOG)
        return DeletionLog() if item is None else _LOG.decode(item.data)

    def save(self, connection: ConnectionId, log: DeletionLog) -> None:
        self._items(connection_key(connection), LOG, data=_LOG.encode(log)).save()

    def note(self, connection: ConnectionId, deleted: Iterable[tuple[str, ExactId]]) -> None:
        with self._items.batch_write() as batch:
            for entity, exact_id in dict.fromkeys(deleted):
                sort_key = _sort_key(entity, exact_id)
                batch.save(self._items(connection_key(connection), sort_key))

    def noted(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        prefix = _sort_key(entity, ExactId(""))
        found = self._query(connection, prefix, consistent_read=True)
        return [ExactId(item.sk.removeprefix(prefix)) for item in found]

    def forget(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        with self._items.batch_write() as batch:
            for exact_id in ids:
                sort_key = _sort_key(entity, exact_id)
                batch.delete(self._items(connection_key(connection), sort_key))


def _sort_key(entity: str, exact_id: ExactId) -> str:
    return f"DELETED#{entity}#{exact_id}"
