"""The outbox in SyncTable: one item per connection and invoice number, every write conditional."""

from collections.abc import Iterator
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, connection_key, write_if
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.outbox import Conflict, OutboxItem

# The keys of the items that the release before wrote, which reads ours too (R40)
_ITEM = Codec(
    OutboxItem,
    names={
        OutboxItem: {
            "written_back_digest": "told",
            "write_back_started_at": "telling",
            "is_rebooked": "anew",
        }
    },
)
_BLOCKED = Codec(BlockedInvoice)


class OutboxStore:
    """Keeps outbox items; whoever writes must have read the item as it stands."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return the item as it was last written."""
        try:
            item = self._items.get(
                connection_key(connection), _sort_key(number), consistent_read=True
            )
        except DoesNotExist:
            return None
        return _ITEM.decode(item.data)

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return every invoice of a connection, in the order of their numbers."""
        prefix = self._items.sk.startswith(_sort_key(""))
        for item in self._items.query(connection_key(connection), prefix):
            yield _ITEM.decode(item.data)

    def begin(self, item: OutboxItem) -> None:
        """Write a first item.

        Raises:
            Conflict: there is one already.
        """
        self._write(item, self._items.pk.does_not_exist())

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        """Take one step.

        Raises:
            Conflict: somebody else moved first.
        """
        self._write(after, self._items.version == before.version)

    def _write(self, item: OutboxItem, condition: Any) -> None:  # noqa: ANN401 - pynamodb's own
        stored = self._items(
            connection_key(item.connection),
            _sort_key(item.number),
            data=_ITEM.encode(item),
            state=item.state.value,
            version=item.version,
        )
        if not write_if(lambda: stored.save(condition=condition)):
            raise Conflict(f"{item.number} is not as it was")


def _sort_key(number: str) -> str:
    return f"INVOICE#{number}"


_WAITING = "WAITING#"


class BlockedInvoiceStore:
    """Keeps one item per cause and invoice, so that a pull finds what waits for its entity."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def add(self, connection: ConnectionId, wait: BlockedInvoice) -> None:
        """Note that an invoice waits; the same invoice and cause again is the same wait."""
        self._items(connection_key(connection), _wait_key(wait), data=_BLOCKED.encode(wait)).save()

    def drop(self, connection: ConnectionId, wait: BlockedInvoice) -> None:
        """Forget a wait."""
        self._items(connection_key(connection), _wait_key(wait)).delete()

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        """Return what waits for an entity or a day; without a cause everything that waits."""
        prefix = f"{_WAITING}{cause}#" if cause else _WAITING
        found = self._items.query(
            connection_key(connection), self._items.sk.startswith(prefix), consistent_read=True
        )
        for item in found:
            yield _BLOCKED.decode(item.data)


def _wait_key(wait: BlockedInvoice) -> str:
    return f"{_WAITING}{wait.cause}#{wait.number}"
