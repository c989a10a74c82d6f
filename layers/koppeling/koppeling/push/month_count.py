"""The first line about a month: how many invoices were processed, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from koppeling.core.problems import ENTRY_GONE
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.journal import Period
from koppeling.push.numbers import Gap, count

_ON_ITS_WAY = frozenset({Standing.WAITING, Standing.UNCERTAIN, Standing.OFFERED})
_BOOKED = frozenset({Standing.BOOKED, Standing.BOOKED_WITHOUT_PDF})


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many invoices of a month there are, by what became of them.

    `processed` are those that were offered and those that are missing, which a counter shows. One
    that is booked may wait as well. `with_pdf` are those that are booked and wait for no PDF.
    """

    offered: int = 0
    booked: int = 0
    with_pdf: int = 0
    waiting: int = 0
    missing: int = 0

    @property
    def processed(self) -> int:
        """How many numbers QicsMilestones gave out in the month, as far as is known."""
        return self.offered + self.missing


def month_count(rows: Iterable[InvoiceRow], missing: Iterable[Gap], period: Period) -> MonthCount:
    """Count a month: its invoices by their date, and the missing numbers that belong to it.

    A missing number has no date. It belongs to the month of the number before it, or else to the
    month in which it was first seen to be missing.
    """
    standings = [(row, row.standing) for row in rows]
    return MonthCount(
        offered=len(standings),
        booked=sum(standing in _BOOKED or _is_booked(row) for row, standing in standings),
        with_pdf=sum(standing is Standing.BOOKED for _, standing in standings),
        waiting=sum(standing in _ON_ITS_WAY for _, standing in standings),
        missing=count(gap for gap in missing if gap.period == period),
    )


def _is_booked(row: InvoiceRow) -> bool:
    """Say whether an invoice that waits for a person has its entry."""
    waits = row.standing is Standing.WAITING
    return waits and bool(row.entry_number) and row.code != ENTRY_GONE
