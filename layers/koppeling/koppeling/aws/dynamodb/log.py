"""The log of each connection: its lines by kind and moment, so that one kind is read by itself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import count, islice
from uuid import uuid4

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind, LogPage

# Rounds are many and tell little after a quarter of a year; who decided what is asked for longer
KEPT_BY_KIND: Mapping[LogKind, timedelta] = {LogKind.ROUND: timedelta(days=90)}
KEPT = timedelta(days=2 * 365)
# A place of ours is 39 characters; a longer text in a URL is not one, and a key has a limit
_LONGEST_PLACE = 64
# Lines of one moment stay in the order in which this process added them
_ORDER, _LARGEST_ORDER = count(), 16**3
_DIGITS_OF_UNIQUE = 3
_ENTRY = Codec(LogEntry, aside=["connection", "at", "kind"], without_defaults=True)


class LogStore(SyncStore):
    """Keeps one item for each line: `LOG#<kind>#<moment>#<unique>` below its connection.

    The rest of the key after the kind is the place of a line. Places of all kinds are in one order,
    so a page of the whole log is merged from one query for each kind.
    """

    def add(self, entry: LogEntry) -> None:
        at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
        place = f"{at}#{next(_ORDER) % _LARGEST_ORDER:03x}{uuid4().hex[:_DIGITS_OF_UNIQUE]}"
        item = self._items(connection_key(entry.connection), f"{_prefix(entry.kind)}{place}")
        expires_at = epoch(entry.at + KEPT_BY_KIND.get(entry.kind, KEPT))
        # An update, since the watch may put no item
        self._update(
            item,
            [self._items.data.set(_ENTRY.encode(entry)), self._items.expires_at.set(expires_at)],
        )

    def page(
        self,
        connection: ConnectionId,
        *,
        kind: LogKind | None = None,
        older_than: str = "",
        limit: int = 50,
    ) -> LogPage:
        """Return the newest lines; `older` is the place of the first line that is left out."""
        kinds = LogKind if kind is None else (kind,)
        newest_first = merge(
            *(self._of_kind(connection, each, older_than, limit + 1) for each in kinds),
            key=_place,
            reverse=True,
        )
        found = list(islice(newest_first, limit + 1))
        older = _place(found[limit]) if len(found) > limit else ""
        return LogPage(tuple(_entry(item, connection) for item in found[:limit]), older)

    def _of_kind(
        self, connection: ConnectionId, kind: LogKind, from_place: str, limit: int
    ) -> Iterator[SyncItem]:
        prefix = _prefix(kind)
        # Every place begins with a digit, so that a letter stands behind all of them
        last = f"{prefix}{from_place[:_LONGEST_PLACE] or 'z'}"
        found: Iterable[SyncItem] = self._items.query(
            connection_key(connection),
            self._items.sk.between(prefix, last),
            scan_index_forward=False,
            limit=limit,
        )
        return iter(found)


def _entry(item: SyncItem, connection: ConnectionId) -> LogEntry:
    kind = LogKind(item.sk.split("#")[1])
    at = datetime.fromisoformat(_place(item).partition("#")[0])
    return _ENTRY.decode(item.data, connection=connection, at=at, kind=kind)


def _prefix(kind: LogKind) -> str:
    return f"LOG#{kind}#"


def _place(item: SyncItem) -> str:
    """Return the part of a key that follows its kind."""
    return item.sk.split("#", 2)[2]
