"""Exporting: everything that SyncTable holds of one connection, as it is kept (S13)."""

from collections.abc import Iterator, Mapping
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId


class Exporter:
    """Reads a connection's partition from end to end."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def items(self, connection: ConnectionId) -> Iterator[Mapping[str, Any]]:
        """Yield every item; secrets stand in another table and are never among them (S2)."""
        for item in self._items.query(connection_key(connection), consistent_read=True):
            yield {name: value for name, value in item.attribute_values.items() if name != "pk"}
