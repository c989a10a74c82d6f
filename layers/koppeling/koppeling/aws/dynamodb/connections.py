"""Connections: which customers there are, and what each of them chose."""

from collections.abc import Iterator

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncStore, connection_key, find
from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId

# The summaries that a tick reads are small items in one partition: 10,000 connections take a page
# or two. The full configuration of a connection is in the partition of that connection.
PARTITION = "CONNECTIONS"
CONFIG = "CONFIG"

_CONNECTION, _SUMMARY = Codec(Connection), Codec(ConnectionSummary, aside=["id"])


class ConnectionStore(SyncStore):
    """Keeps connections in SyncTable."""

    def get(self, connection: ConnectionId) -> Connection | None:
        item = find(self._items, connection_key(connection), CONFIG)
        return None if item is None else _CONNECTION.decode(item.data)

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return the summaries in the order of their ids."""
        for item in self._items.query(PARTITION):
            yield _SUMMARY.decode(item.data, id=ConnectionId(item.sk))

    def all(self) -> Iterator[Connection]:
        """Return the connections in no particular order."""
        keys = [(connection_key(listed.id), CONFIG) for listed in self.listed()]
        if keys:
            for item in self._items.batch_get(keys, consistent_read=True):
                yield _CONNECTION.decode(item.data)

    def has_worked(self, connection: ConnectionId) -> bool:
        """Say whether anything was synchronised; its cursors and links fit one administration."""
        return any(
            next(iter(self._query(connection, kind, limit=1)), None)
            for kind in ("RECORD#", "INVOICE#")
        )

    def remove(self, connection: ConnectionId) -> None:
        """Remove the configuration, so that no tick finds the connection; its other items stay."""
        self._items(PARTITION, connection).delete()
        self._items(connection_key(connection), CONFIG).delete()

    def save(self, connection: Connection) -> None:
        """Write a connection; the summary comes last, so that a listed connection is complete."""
        data = _CONNECTION.encode(connection)
        self._items(connection_key(connection.id), CONFIG, data=data).save()
        listed = {"paused": data["paused"], "entities": data["entities"]}
        self._items(PARTITION, connection.id, data=listed).save()
