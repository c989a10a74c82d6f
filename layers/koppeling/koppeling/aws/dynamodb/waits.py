"""Refused invoices that wait for a change, listed by what they wait for."""

from collections.abc import Iterator
from dataclasses import asdict

from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import Wait

_PREFIX = "WAITING#"


class WaitStore:
    """Keeps one item per cause and invoice, so that a pull finds what waits for its entity."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def add(self, connection: ConnectionId, wait: Wait) -> None:
        """Note that an invoice waits; the same invoice and cause again is the same wait."""
        self._items(connection_key(connection), _sort_key(wait), data=asdict(wait)).save()

    def drop(self, connection: ConnectionId, wait: Wait) -> None:
        """Forget a wait."""
        self._items(connection_key(connection), _sort_key(wait)).delete()

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[Wait]:
        """Return what waits for an entity or a day; without a cause everything that waits."""
        prefix = f"{_PREFIX}{cause}#" if cause else _PREFIX
        found = self._items.query(
            connection_key(connection), self._items.sk.startswith(prefix), consistent_read=True
        )
        for item in found:
            yield Wait(**item.data)


def _sort_key(wait: Wait) -> str:
    return f"{_PREFIX}{wait.cause}#{wait.number}"
