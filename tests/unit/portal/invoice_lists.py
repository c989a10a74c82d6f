"""Invoices in a list, for tests of the screens that show them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ConnectionId
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.journal import Period


def row(number: str, standing: Standing = Standing.BOOKED, **changes: Any) -> InvoiceRow:  # noqa: ANN401 - fields vary
    """Return an invoice of November."""
    values: dict[str, Any] = {
        "amount": Decimal("1210.00"),
        "currency": "EUR",
        "invoice_date": date(2026, 11, 20),
        "debtor": "1068 Bakkerij De Vries",
        "entry_number": "26700012" if standing is Standing.BOOKED else "",
    }
    return InvoiceRow(number, standing, **values | changes)


@dataclass(slots=True)
class FakeInvoiceList:
    """Invoices by number; `reads` counts what was asked for."""

    rows: list[InvoiceRow] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def of_month(self, connection: ConnectionId, period: Period) -> list[InvoiceRow]:
        """Return those of a month."""
        del connection
        self.reads.append(f"month {period}")
        return self._sorted(row for row in self.rows if period.holds(row.invoice_date))

    def starting_with(
        self, connection: ConnectionId, number: str, limit: int = 50
    ) -> list[InvoiceRow]:
        """Return those whose number begins so."""
        del connection
        self.reads.append(f"starting with {number}")
        return self._sorted(row for row in self.rows if row.number.startswith(number))[:limit]

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> list[InvoiceRow]:
        """Return those with these numbers."""
        del connection
        wanted = set(numbers)
        self.reads.append(f"{len(wanted)} numbered")
        return self._sorted(row for row in self.rows if row.number in wanted)

    def _sorted(self, rows: Iterable[InvoiceRow]) -> list[InvoiceRow]:
        return sorted(rows, key=lambda row: row.number)
