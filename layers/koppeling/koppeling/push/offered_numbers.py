"""Which numbers were handed in: asked of the invoices that the link knows, and of as few as can be.

A few numbers are asked for one by one; many in a row as a range, which costs what lies in it.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.push.invoice_checks import WRITTEN_OFF
from koppeling.push.invoice_row import InvoiceRow
from koppeling.push.journal import Period
from koppeling.push.number_state import WatchedSeries
from koppeling.push.numbers import Gap, Numbering, Series, count, reached

ASKED_ONE_BY_ONE = 20
# A number that was written off in full stands in another text; only so many are looked for in it
MOST_WRITTEN_OFF = 100


class InvoiceNumbers(Protocol):
    """The invoices of a connection, found by number or month without reading all of them."""

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> Iterable[InvoiceRow]:
        """Return the invoices with these numbers, those that exist."""

    def between(self, connection: ConnectionId, low: str, high: str) -> Iterable[InvoiceRow]:
        """Return the invoices with a number from one up to and including another, as text."""

    def of_month(self, connection: ConnectionId, period: Period) -> Iterable[InvoiceRow]:
        """Return the invoices with a date in a month."""


@dataclass(frozen=True, slots=True)
class OfferedNumbers:
    """The invoices of a connection, by their numbers."""

    invoices: InvoiceNumbers
    connection: ConnectionId

    def without(self, gaps: Iterable[Gap]) -> list[Gap]:
        """Return what is left of gaps once the numbers are taken out that were handed in."""
        gaps = list(gaps)
        short = [gap for gap in gaps if gap.count <= ASKED_ONE_BY_ONE]
        known = list(self.invoices.numbered(self.connection, _numbers(short))) if short else []
        left: list[Gap] = []
        for gap in gaps:
            for part in [gap] if gap in short else gap.by_length():
                rows = known if gap in short else self._lying_in(part)
                left += part.without(_months(gap.series, rows))
        return self._not_written_off(left)

    def counters(self, seen: Numbering, start: date) -> Iterator[int]:
        """Yield what was handed in of a series, but for invoices with a date before the start."""
        last = seen.upcoming - 1
        for low, high in seen.series.stretches(1, last):
            for row in self._between(seen.series, low, high):
                counter = seen.series.counter(row.number)
                if counter and row.invoice_date and row.invoice_date >= start:
                    yield counter

    def reached(self, watched: WatchedSeries) -> int:
        """Return how far a series came whose counter is not seen, by what was handed in of it."""
        series = watched.series
        highest = 10 ** max(series.digits, len(str(watched.upcoming))) - 1
        rows = self._between(series, watched.upcoming, highest)
        return reached(watched.upcoming, _months(series, rows))

    def lately(self, period: Period, start: date) -> list[tuple[str, Period]]:
        """Return the numbers of a month and of the one before it, each with its month.

        Invoices with a date before the start are left out.
        """
        months = (Period.of(period.first - timedelta(days=1)), period)
        rows = (row for month in months for row in self.invoices.of_month(self.connection, month))
        return [
            (row.number, Period.of(row.invoice_date))
            for row in rows
            if row.invoice_date is not None and row.invoice_date >= start
        ]

    def _lying_in(self, gap: Gap) -> Iterable[InvoiceRow]:
        return self._between(gap.series, gap.first, gap.last)

    def _between(self, series: Series, first: int, last: int) -> Iterable[InvoiceRow]:
        if first > last:
            return ()
        return self.invoices.between(self.connection, series.number(first), series.number(last))

    def _not_written_off(self, gaps: list[Gap]) -> list[Gap]:
        """Leave out what was written off in full, by its own number or its counter alone (M31)."""
        if not gaps or count(gaps) > MOST_WRITTEN_OFF:
            return gaps
        names = {
            f"{WRITTEN_OFF}: {written}": (gap.series, counter)
            for gap in gaps
            for counter in range(gap.first, gap.last + 1)
            for written in (gap.series.number(counter), str(counter))
        }
        rows = list(self.invoices.numbered(self.connection, names))
        found = [(*names[row.number], _month_of(row)) for row in rows]
        return [
            part
            for gap in gaps
            for part in gap.without(
                {counter: month for series, counter, month in found if series == gap.series}
            )
        ]


def _numbers(gaps: Iterable[Gap]) -> list[str]:
    return [gap.series.number(each) for gap in gaps for each in range(gap.first, gap.last + 1)]


def _months(series: Series, rows: Iterable[InvoiceRow]) -> dict[int, Period | None]:
    """Return the counter and the month of each row that is one of a series."""
    return {c: _month_of(row) for row in rows if (c := series.counter(row.number))}


def _month_of(row: InvoiceRow) -> Period | None:
    return None if row.invoice_date is None else Period.of(row.invoice_date)
