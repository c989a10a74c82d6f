"""Records: the stored copy of what Exact sent, its link, and the days on which it changes."""

from collections.abc import Iterable, Mapping
from datetime import date

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.record import Record

_RECORD = Codec(Record, as_is=["sources"])


class RecordStore(SyncStore):
    """Keeps one item per record of one entity, found by its Exact ID or by its code."""

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        keys = [(connection_key(connection), _sort_key(entity, exact_id)) for exact_id in ids]
        if not keys:
            return {}
        # A feed reads what the previous feed wrote a moment ago: a stale copy would lose rows
        items = self._items.batch_get(keys, consistent_read=True)
        return {ExactId(item.data["exact_id"]): _RECORD.decode(item.data) for item in items}

    def ids(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        prefix = _sort_key(entity, ExactId(""))
        found = self._query(connection, prefix, attributes_to_get=["pk", "sk"])
        return [ExactId(item.sk.removeprefix(prefix)) for item in found]

    def save_many(self, connection: ConnectionId, entity: str, records: Iterable[Record]) -> None:
        """Write records; only the run that holds the lease of their pull may do so."""
        with self._items.batch_write() as batch:
            for record in records:
                batch.save(
                    self._items(
                        connection_key(connection),
                        _sort_key(entity, record.exact_id),
                        data=_RECORD.encode(record),
                        code_key=_code_key(connection, entity, record.code),
                    )
                )

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the record with this code, trimmed and exact.

        Two records have it while a code moves from one to the other; then the linked one.
        """
        key = _code_key(connection, entity, code)
        found = [_RECORD.decode(item.data) for item in self._items.by_code.query(key)]
        return min(found, key=lambda record: record.milestones_id is None, default=None)

    def plan_reviews(
        self, connection: ConnectionId, entity: str, days: Mapping[ExactId, date]
    ) -> None:
        with self._items.batch_write() as batch:
            for exact_id, day in days.items():
                sort_key = f"{_review_prefix(entity)}{day.isoformat()}#{exact_id}"
                batch.save(self._items(connection_key(connection), sort_key, data={}))

    def reviews_due(self, connection: ConnectionId, entity: str, today: date) -> list[ExactId]:
        return [
            ExactId(item.sk.rpartition("#")[2]) for item in self._due(connection, entity, today)
        ]

    def reviewed(self, connection: ConnectionId, entity: str, today: date) -> None:
        due = list(self._due(connection, entity, today))
        with self._items.batch_write() as batch:
            for item in due:
                batch.delete(item)

    def _due(self, connection: ConnectionId, entity: str, today: date) -> Iterable[SyncItem]:
        prefix = _review_prefix(entity)
        # "$" sorts after "#", so the range includes every record of the last day
        days = self._items.sk.between(prefix, f"{prefix}{today.isoformat()}$")
        return self._items.query(connection_key(connection), days)


def _sort_key(entity: str, exact_id: ExactId) -> str:
    return f"RECORD#{entity}#{exact_id}"


def _review_prefix(entity: str) -> str:
    return f"REVIEW#{entity}#"


def _code_key(connection: ConnectionId, entity: str, code: str | None) -> str | None:
    return None if code is None else f"{connection}#{entity}#{code}"
