"""The invoices of a connection as lists show them: a month from its index, others by number."""

from collections.abc import Iterable, Iterator

from koppeling.aws.dynamodb.invoice_rows import INVOICE, unpacked
from koppeling.aws.dynamodb.outbox import row_in
from koppeling.aws.dynamodb.table import SyncStore, connection_key, month_key
from koppeling.core.ids import ConnectionId
from koppeling.push.invoice_row import InvoiceRow
from koppeling.push.journal import Period


class InvoiceListStore(SyncStore):
    """Finds rows; those of a month cost one query of the index, which may be a second behind."""

    def of_month(self, connection: ConnectionId, period: Period) -> list[InvoiceRow]:
        found = self._items.by_month.query(month_key(connection, str(period)))
        return sorted((unpacked(item.sk, item.row) for item in found), key=_number)

    def starting_with(
        self, connection: ConnectionId, number: str, limit: int = 50
    ) -> list[InvoiceRow]:
        found = self._query(connection, f"{INVOICE}{number}", limit=limit)
        return [row_in(item) for item in found]

    def between(self, connection: ConnectionId, low: str, high: str) -> Iterator[InvoiceRow]:
        within = self._items.sk.between(f"{INVOICE}{low}", f"{INVOICE}{high}")
        return map(row_in, self._items.query(connection_key(connection), within))

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> list[InvoiceRow]:
        keys = [(connection_key(connection), f"{INVOICE}{each}") for each in set(numbers)]
        return sorted((row_in(item) for item in self._items.batch_get(keys)), key=_number)


def _number(row: InvoiceRow) -> str:
    return row.number
