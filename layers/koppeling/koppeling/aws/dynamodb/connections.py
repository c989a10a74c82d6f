"""Connections: which customers there are, and what each of them chose."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.connection import Connection, ConnectionSummary, EntitySetting, InvoiceEmail
from koppeling.core.ids import ConnectionId, Division

# What a tick asks of each connection stands in one partition, in small items: 10,000 of them are a
# page or two. What a connection chose beyond that stands with everything else of it.
PARTITION = "CONNECTIONS"
CONFIG = "CONFIG"


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
        return _from_data(item.data)

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return what a tick has to know of each connection, in the order of their ids."""
        for item in self._items.query(PARTITION):
            yield ConnectionSummary(
                ConnectionId(item.sk), item.data["paused"], _entities(item.data)
            )

    def all(self) -> Iterator[Connection]:
        """Return every connection with all it chose, in no order."""
        keys = [(connection_key(listed.id), CONFIG) for listed in self.listed()]
        if keys:
            for item in self._items.batch_get(keys, consistent_read=True):
                yield _from_data(item.data)

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
        data = _to_data(connection)
        self._items(connection_key(connection.id), CONFIG, data=data).save()
        listed = {"paused": data["paused"], "entities": data["entities"]}
        self._items(PARTITION, connection.id, data=listed).save()


def _to_data(connection: Connection) -> dict[str, Any]:
    return {**asdict(connection), "start_date": connection.start_date.isoformat()}


def _entities(data: dict[str, Any]) -> dict[str, EntitySetting]:
    return {
        name: EntitySetting(**_known(EntitySetting, setting))
        for name, setting in data["entities"].items()
    }


def _from_data(data: dict[str, Any]) -> Connection:
    values: dict[str, Any] = {
        **_known(Connection, data),
        "id": ConnectionId(data["id"]),
        "division": Division(data["division"]),
        "start_date": date.fromisoformat(data["start_date"]),
        "invoice_email": InvoiceEmail(data["invoice_email"]),
        "entities": _entities(data),
    }
    return Connection(**values)


def _known(kind: type[Connection | EntitySetting], data: dict[str, Any]) -> dict[str, Any]:
    """Pass over what another release knows beyond ours (R40)."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
