"""Connections: which customers there are, and what each of them chose."""

from collections.abc import Iterator

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId

# What a tick asks of each connection stands in one partition, in small items: 10,000 of them are a
# page or two. What a connection chose beyond that stands with everything else of it.
PARTITION = "CONNECTIONS"
CONFIG = "CONFIG"

_CONNECTION, _SUMMARY = Codec(Connection), Codec(ConnectionSummary, aside=["id"])


class ConnectionStore:
    """Keeps connections in SyncTable."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection; None when there is none of that id."""
        try:
            item = self._items.get(connection_key(connection), CONFIG)
        except DoesNotExist:
            return None
        return _CONNECTION.decode(item.data)

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return what a tick has to know of each connection, in the order of their ids."""
        for item in self._items.query(PARTITION):
            yield _SUMMARY.decode(item.data, id=ConnectionId(item.sk))

    def all(self) -> Iterator[Connection]:
        """Return every connection with all it chose, in no order."""
        keys = [(connection_key(listed.id), CONFIG) for listed in self.listed()]
        if keys:
            for item in self._items.batch_get(keys, consistent_read=True):
                yield _CONNECTION.decode(item.data)

    def has_worked(self, connection: ConnectionId) -> bool:
        """Say whether anything was carried over: cursors and links belong to its administration."""
        partition = connection_key(connection)
        return any(
            next(iter(self._items.query(partition, self._items.sk.startswith(kind), limit=1)), None)
            for kind in ("RECORD#", "INVOICE#")
        )

    def remove(self, connection: ConnectionId) -> None:
        """Forget a connection's configuration; no tick finds it any more, what it did stays."""
        self._items(PARTITION, connection).delete()
        self._items(connection_key(connection), CONFIG).delete()

    def save(self, connection: Connection) -> None:
        """Write a connection as it is now; a new one is listed last, when it can be pulled."""
        data = _CONNECTION.encode(connection)
        self._items(connection_key(connection.id), CONFIG, data=data).save()
        listed = {"paused": data["paused"], "entities": data["entities"]}
        self._items(PARTITION, connection.id, data=listed).save()
