"""How the row of an invoice is stored: beside its item, and in the index of its month."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from koppeling.aws.dynamodb.table import month_key
from koppeling.push.invoice_row import InvoiceRow, Standing, debtor_of, period_of, row_of
from koppeling.push.outbox import OutboxItem

# What a sort key holds before the number of its invoice
INVOICE = "INVOICE#"
# Where a row has the number and the name of its debtor
_NUMBER, _NAME = 4, 5


def listed_under(item: OutboxItem) -> str | None:
    """Return where the index holds an invoice; None when nothing tells of its month."""
    period = period_of(item)
    return None if period is None else month_key(item.connection, str(period))


def packed(item: OutboxItem) -> list[str]:
    """Return a row without its number, which the key holds; a later release may add to its end."""
    row = row_of(item)
    day = "" if row.invoice_date is None else row.invoice_date.isoformat()
    debtor = (item.debtor, item.debtor_name)
    full = [row.standing, str(row.amount), row.currency, day, *debtor, row.entry_number, row.code]
    return full if row.code else full[:-1]


def unpacked(sort_key: str, kept: Sequence[str]) -> InvoiceRow:
    """Return the row that is stored under a key."""
    standing, amount, currency, day, debtor, name, entry_number, *code = kept
    return InvoiceRow(
        sort_key.removeprefix(INVOICE),
        # What a later release calls otherwise is not known here
        Standing(standing) if standing in set(Standing) else Standing.UNCERTAIN,
        Decimal(amount),
        currency,
        invoice_date=date.fromisoformat(day) if day else None,
        debtor=debtor_of(debtor, name),
        entry_number=entry_number,
        code="".join(code[:1]),
    )


def debtor_in(kept: Sequence[str] | None) -> dict[str, str]:
    """Return the fields of an item that are kept in its row alone, so that it stays small."""
    return {} if kept is None else {"debtor": kept[_NUMBER], "debtor_name": kept[_NAME]}
