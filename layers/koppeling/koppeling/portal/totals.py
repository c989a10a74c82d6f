"""How many invoices there are of each kind, and for how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from koppeling.push.invoice_row import InvoiceRow, Standing

# What is on top is what a person looks for
ORDER = (
    Standing.WAITING,
    Standing.UNCERTAIN,
    Standing.OFFERED,
    Standing.BOOKED_WITHOUT_PDF,
    Standing.BOOKED,
    Standing.SKIPPED,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of invoices, and their amount in each currency."""

    count: int
    amounts: tuple[tuple[Decimal, str], ...]


def tally(rows: Iterable[InvoiceRow]) -> Tally:
    """Count invoices and add them up by currency."""
    rows, sums = list(rows), dict[str, Decimal]()
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.amount
    return Tally(len(rows), tuple((total, currency) for currency, total in sorted(sums.items())))


def by_standing(rows: Iterable[InvoiceRow]) -> dict[Standing, Tally]:
    """Return the tally of each standing that occurs, in the order in which they are shown."""
    rows = list(rows)
    parted = {each: [row for row in rows if row.standing is each] for each in ORDER}
    return {standing: tally(own) for standing, own in parted.items() if own}
