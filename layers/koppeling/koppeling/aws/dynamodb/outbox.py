"""The outbox in SyncTable: one item per connection and invoice number, every write conditional."""

from collections.abc import Iterable, Iterator

from pynamodb.expressions.condition import Condition

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.invoice_rows import INVOICE, debtor_in, listed_under, packed, unpacked
from koppeling.aws.dynamodb.table import (
    SyncItem,
    SyncStore,
    connection_key,
    find,
    month_key,
    new_mark,
    write_if,
)
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.invoice_row import InvoiceRow, row_of
from koppeling.push.journal import Period
from koppeling.push.outbox import Conflict, OutboxItem

# The keys that the previous release wrote, which reads our items as well (R40)
_ITEM = Codec(
    OutboxItem,
    names={
        OutboxItem: {
            "refused_copy": "offered",
            "written_back_digest": "told",
            "write_back_started_at": "telling",
            "is_rebooked": "anew",
        }
    },
    # An item is written at each of some ten steps, and each kilobyte of it is a unit (P15)
    without_defaults=True,
    # The debtor stands in the row, the last in the key of the list
    aside=["debtor", "debtor_name", "is_listed"],
)
# The key in the index of items that the link still works on; the keys of records have a `#` after
# their connection. One that waits for its PDF stands there too: in between it would leave and come
# back. The previous release wrote it on those with an unknown outcome alone (R40)
_UNFINISHED = "unsettled"
_BLOCKED = Codec(BlockedInvoice, aside=["mark"])


class OutboxStore(SyncStore):
    """Keeps outbox items; a writer must have read the newest version of the item."""

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        item = find(
            self._items, connection_key(connection), _sort_key(number), consistent_read=True
        )
        return None if item is None else _decoded(item)

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        for item in self._query(connection, _sort_key("")):
            yield _decoded(item)

    def of_month(
        self, connection: ConnectionId, period: Period, numbers: Iterable[str]
    ) -> Iterator[OutboxItem]:
        # By their keys: whoever read all of them would read more with every year (P15). One of an
        # earlier release that is in no list yet is found by its number alone
        listed = self._items.by_month.query(month_key(connection, str(period)))
        keys = {(item.pk, item.sk) for item in listed}
        keys |= {(connection_key(connection), _sort_key(number)) for number in numbers if number}
        found = self._items.batch_get(sorted(keys))
        yield from sorted(map(_decoded, found), key=lambda item: item.number)

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> Iterator[OutboxItem]:
        keys = sorted({(connection_key(connection), _sort_key(number)) for number in numbers})
        found = self._items.batch_get(keys) if keys else ()
        yield from sorted(map(_decoded, found), key=lambda item: item.number)

    def unfinished(self) -> Iterator[OutboxItem]:
        found = (_decoded(item) for item in self._under_code(_UNFINISHED))
        yield from (item for item in found if item.is_unfinished)

    def unsettled(self) -> Iterator[OutboxItem]:
        yield from (item for item in self.unfinished() if item.is_open_ended)

    def begin(self, item: OutboxItem) -> None:
        self._save(item, self._items.pk.does_not_exist())

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        self._save(after, self._items.version == before.version)

    def amend(self, before: OutboxItem, after: OutboxItem) -> None:
        item = self._items(connection_key(after.connection), _sort_key(after.number))
        actions = [
            self._items.data.set(_ITEM.encode(after)),
            self._items.state.set(after.state.value),
            self._items.version.set(after.version),
            self._items.row.set(packed(after)),
        ]
        if (month := listed_under(after)) is not None:
            actions.append(self._items.month_key.set(month))
        if not self._update(item, actions, self._items.version == before.version):
            raise Conflict(f"{after.number} is not as it was")

    def enlist(self, item: OutboxItem) -> bool:
        month = listed_under(item)
        if month is None:
            return False
        stored = self._items(connection_key(item.connection), _sort_key(item.number))
        actions = [self._items.month_key.set(month), self._items.row.set(packed(item))]
        return self._update(stored, actions, self._items.version == item.version)

    def _save(self, item: OutboxItem, condition: Condition) -> None:
        stored = self._items(
            connection_key(item.connection),
            _sort_key(item.number),
            data=_ITEM.encode(item),
            state=item.state.value,
            version=item.version,
            code_key=_UNFINISHED if item.is_under_way else None,
            month_key=listed_under(item),
            row=packed(item),
        )
        if not write_if(lambda: stored.save(condition=condition)):
            raise Conflict(f"{item.number} is not as it was")


def _sort_key(number: str) -> str:
    return f"{INVOICE}{number}"


def _decoded(item: SyncItem) -> OutboxItem:
    return _ITEM.decode(item.data, **debtor_in(item.row), is_listed=bool(item.month_key))


def row_in(item: SyncItem) -> InvoiceRow:
    """Return the row of a stored invoice; one of an earlier release has none beside it."""
    if item.row is None:
        return row_of(_decoded(item))
    return unpacked(item.sk, item.row)


class BlockedInvoiceStore(SyncStore):
    """Keeps one item per cause and invoice, so that a pull finds what waits for its entity."""

    def add(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        """Write the item; the same invoice and cause again is the same item with another mark."""
        item = self._item(connection, invoice)
        item.data, item.mark = _BLOCKED.encode(invoice), new_mark()
        item.save()

    def drop(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        item = self._item(connection, invoice)
        write_if(lambda: item.delete(condition=self._as_read(invoice.mark)))

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        prefix = f"WAITING#{cause}#" if cause else "WAITING#"
        for item in self._query(connection, prefix, consistent_read=True):
            yield _BLOCKED.decode(item.data, mark=item.mark or "")

    def _item(self, connection: ConnectionId, invoice: BlockedInvoice) -> SyncItem:
        sort_key = f"WAITING#{invoice.cause}#{invoice.number}"
        return self._items(connection_key(connection), sort_key)
