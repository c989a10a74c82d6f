"""Records: the stored copy of what Exact sent, its link, and the days on which it changes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.many import get_many
from koppeling.aws.dynamodb.parts import LARGEST_VALUE, PARTS, Parts
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, compact, connection_key
from koppeling.core.clock import Now
from koppeling.core.clock import now as utc_now
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.record import Record

_RECORD = Codec(Record, as_is=["sources"])
# These have no bound: an account may have thousands of contacts
_UNBOUNDED = ("sources", "written", "seen")


class RecordStore(SyncStore):
    """Keeps one item per record of one entity, found by its Exact ID or by its code.

    The rows of a large record are kept in parts beside it.
    """

    def __init__(self, items: type[SyncItem], now: Now = utc_now) -> None:
        super().__init__(items, now)
        self._parts = Parts(items, "PART#")

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        keys = [(connection_key(connection), _sort_key(entity, exact_id)) for exact_id in ids]
        if not keys:
            return {}
        # A feed reads what the previous feed wrote a moment ago: a stale copy would lose rows
        items = get_many(self._items, keys)
        records = (self._record(connection, entity, item) for item in items)
        return {record.exact_id: record for record in records}

    def ids(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        prefix = _sort_key(entity, ExactId(""))
        found = self._query(connection, prefix, attributes_to_get=["pk", "sk"])
        return [ExactId(item.sk.removeprefix(prefix)) for item in found]

    def save_many(self, connection: ConnectionId, entity: str, records: Iterable[Record]) -> None:
        """Write records; only the run that holds the lease of their pull may do so."""
        named: dict[str, dict[str, Any] | None] = {}
        with self._items.batch_write() as batch:
            for record in records:
                name, data = _part_name(entity, record.exact_id), _RECORD.encode(record)
                text = compact(data)
                named[name] = None
                if len(text) > LARGEST_VALUE:
                    unbounded = {field: data[field] for field in _UNBOUNDED}
                    parts = named[name] = self._parts.put(connection, name, unbounded)
                    if parts is not None:
                        bounded = {key: held for key, held in data.items() if key not in unbounded}
                        text = compact({**bounded, PARTS: parts})
                key = connection_key(connection), _sort_key(entity, record.exact_id)
                code = record.code
                named_by = None if code is None else _code_key(connection, entity, code)
                batch.save(self._items(*key, data=text, code_key=named_by))
        self._parts.remove_old(connection, named)

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the record with this code, trimmed and exact.

        Two records have it while a code moves from one to the other; then the linked one.
        """
        items = self._under_code(_code_key(connection, entity, code))
        found = [self._record(connection, entity, item) for item in items]
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

    def _record(self, connection: ConnectionId, entity: str, item: SyncItem) -> Record:
        whole = self._whole(connection, entity, item)
        if whole is None:
            # It changed between the two reads, so its parts are those of the newest one
            newest = self._items.get(item.pk, item.sk, consistent_read=True)
            whole = self._whole(connection, entity, newest)
        if whole is None:
            raise Retry("pull-overtaken", f"{item.sk} changed twice while it was read")
        return _RECORD.decode(whole)

    def _whole(
        self, connection: ConnectionId, entity: str, item: SyncItem
    ) -> Mapping[str, Any] | None:
        """Return the data of an item with those of its parts; None when these are gone."""
        if PARTS not in item.data:
            return dict(item.data)
        name = _part_name(entity, ExactId(item.data["exact_id"]))
        parts = self._parts.get(connection, name, item.data[PARTS])
        return None if parts is None else {**item.data, **parts}

    def _due(self, connection: ConnectionId, entity: str, today: date) -> Iterable[SyncItem]:
        prefix = _review_prefix(entity)
        # "$" sorts after "#", so the range includes every record of the last day
        days = self._items.sk.between(prefix, f"{prefix}{today.isoformat()}$")
        return self._items.query(connection_key(connection), days)


def _sort_key(entity: str, exact_id: ExactId) -> str:
    return f"RECORD#{entity}#{exact_id}"


def _part_name(entity: str, exact_id: ExactId) -> str:
    return f"{entity}#{exact_id}"


def _review_prefix(entity: str) -> str:
    return f"REVIEW#{entity}#"


def _code_key(connection: ConnectionId, entity: str, code: str) -> str:
    return f"{connection}#{entity}#{code}"
