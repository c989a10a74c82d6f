"""Connections: which customers there are, and what each of them chose."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.domain.connection import Connection, EntitySetting, InvoiceEmail
from koppeling.domain.names import ConnectionId, Division
from koppeling.store.table import SyncItem

# All connections stand in one partition, so that a tick finds them with one query.
PARTITION = "CONNECTIONS"


class ConnectionStore:
    """Keeps connections in SyncTable."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection; None when there is none of that id."""
        try:
            item = self._items.get(PARTITION, connection)
        except DoesNotExist:
            return None
        return _from_data(item.data)

    def all(self) -> Iterator[Connection]:
        """Return every connection, in the order of their ids."""
        for item in self._items.query(PARTITION):
            yield _from_data(item.data)

    def save(self, connection: Connection) -> None:
        """Write a connection as it is now."""
        self._items(PARTITION, connection.id, data=_to_data(connection)).save()


def _to_data(connection: Connection) -> dict[str, Any]:
    return {**asdict(connection), "start_date": connection.start_date.isoformat()}


def _from_data(data: dict[str, Any]) -> Connection:
    entities = {
        name: EntitySetting(**_known(EntitySetting, setting))
        for name, setting in data["entities"].items()
    }
    values: dict[str, Any] = {
        **_known(Connection, data),
        "id": ConnectionId(data["id"]),
        "division": Division(data["division"]),
        "start_date": date.fromisoformat(data["start_date"]),
        "invoice_email": InvoiceEmail(data["invoice_email"]),
        "entities": entities,
    }
    return Connection(**values)


def _known(kind: type[Connection | EntitySetting], data: dict[str, Any]) -> dict[str, Any]:
    """Pass over what another release knows beyond ours (R40)."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
