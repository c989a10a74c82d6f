"""Holders: which records hold a row that belongs to a record, such as a contact of an account."""

from collections.abc import Iterable, Mapping

from koppeling.aws.dynamodb.many import get_many
from koppeling.aws.dynamodb.table import SyncStore, connection_key
from koppeling.core.ids import ConnectionId, ExactId


class HolderStore(SyncStore):
    """Keeps one item per row that belongs to a record."""

    def get_many(
        self, connection: ConnectionId, entity: str, feed: str, rows: Iterable[str]
    ) -> dict[str, tuple[ExactId, ...]]:
        prefix = _sort_key(entity, feed, "")
        keys = [(connection_key(connection), f"{prefix}{row}") for row in rows]
        if not keys:
            return {}
        found = get_many(self._items, keys)
        return {
            item.sk.removeprefix(prefix): tuple(ExactId(each) for each in item.data["holders"])
            for item in found
        }

    def note(
        self,
        connection: ConnectionId,
        entity: str,
        feed: str,
        holders: Mapping[str, tuple[ExactId, ...]],
    ) -> None:
        with self._items.batch_write() as batch:
            for row, records in holders.items():
                key = (connection_key(connection), _sort_key(entity, feed, row))
                if records:
                    batch.save(self._items(*key, data={"holders": list(records)}))
                else:
                    batch.delete(self._items(*key))


def _sort_key(entity: str, feed: str, row: str) -> str:
    return f"HOLDER#{entity}#{feed}#{row}"
