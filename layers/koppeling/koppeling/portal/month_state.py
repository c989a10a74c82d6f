"""A month as a bookkeeper asks about it: does it agree with Exact Online, and if not, why not?"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import ENTRY_GONE
from koppeling.portal.totals import Tally, tally
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.journal import Period
from koppeling.push.numbers import Gap, count, ranges
from koppeling.push.reconciliation import Mismatch, Reconciliation
from koppeling.push.sales_entry import DIFFERS


@dataclass(frozen=True, slots=True)
class LastComparison:
    """What the last comparison of a month with Exact found, and when that was.

    `counts` says how many things a list has that was cut, by the name of the list.
    """

    at: datetime
    found: Reconciliation
    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, name: str) -> int:
        """Return how many things one of its lists has, also those that were cut off."""
        return max(self.counts.get(name, 0), len(getattr(self.found, name)))


class MonthComparisons(Protocol):
    """Comparisons of months with Exact, which take some seconds."""

    def last(self, connection: ConnectionId, period: Period) -> LastComparison | None:
        """Return the last one; None when a month was never compared."""

    def ask(self, connection: ConnectionId, period: Period) -> None:
        """Ask for one."""


class Share(StrEnum):
    """The parts of a month; each invoice is in one of them."""

    BOOKED = "booked"
    BOOKED_WAITING = "booked-waiting"
    DIFFERING = "differing"
    GONE = "gone"
    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    UNDERWAY = "underway"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """Whether a month is right."""

    EMPTY = "empty"
    WRONG = "wrong"
    NOT_COMPARED = "not-compared"
    CHANGED = "changed"
    RIGHT = "right"


_BY_STANDING = {
    Standing.BOOKED: Share.BOOKED,
    Standing.BOOKED_WITHOUT_PDF: Share.BOOKED,
    Standing.UNCERTAIN: Share.UNCERTAIN,
    Standing.OFFERED: Share.UNDERWAY,
    Standing.SKIPPED: Share.SKIPPED,
}
_WITH_ENTRY = (Share.BOOKED, Share.BOOKED_WAITING, Share.DIFFERING, Share.GONE)
# What keeps a month from being right, in the order in which a person should look at it
_WRONG = (
    Share.WAITING,
    Share.BOOKED_WAITING,
    Share.GONE,
    Share.DIFFERING,
    Share.UNCERTAIN,
    Share.UNDERWAY,
)
FOUND_WRONG = ("gone", "moved", "differing", "doubled")
"""The lists of a comparison with what keeps a month from being right."""


def share_of(row: InvoiceRow) -> Share:
    """Return the part of its month to which an invoice belongs."""
    if row.standing is not Standing.WAITING:
        return _BY_STANDING[row.standing]
    if row.code == ENTRY_GONE:
        return Share.GONE
    if row.code == DIFFERS:
        return Share.DIFFERING
    return Share.BOOKED_WAITING if row.entry_number else Share.WAITING


@dataclass(frozen=True, slots=True)
class MonthState:
    """The invoices of a month by their invoice date, and its last comparison with Exact.

    `missing` are the numbers of the month that nobody handed in; `is_counter_read` is False when
    only gaps between numbers can be seen.
    """

    rows: Sequence[InvoiceRow]
    comparison: LastComparison | None
    missing: Sequence[Gap] = ()
    is_counter_read: bool = True

    @property
    def missing_numbers(self) -> str:
        """The missing numbers as people write them."""
        return ", ".join(ranges(self.missing))

    @property
    def invoiced(self) -> Tally:
        """All of them."""
        return tally(self.rows)

    @property
    def shares(self) -> Mapping[Share, Tally]:
        """How many belong to each part, in the order in which they are shown."""
        parted = {each: [row for row in self.rows if share_of(row) is each] for each in Share}
        return {share: tally(own) for share, own in parted.items() if own}

    @property
    def wrong(self) -> Mapping[str, int]:
        """What keeps the month from being right: how many of each kind.

        The comparison may know more than the invoices, and the other way round.
        """
        seen = {str(share): self._numbers(share) for share in _WRONG}
        found = {"missing": count(self.missing)}
        found |= {name: len(numbers) for name, numbers in seen.items()}
        if self.comparison is not None:
            for name in FOUND_WRONG:
                told = getattr(self.comparison.found, name)
                past = set() if name == "doubled" else self._past(told)
                numbers = {each.invoice for each in told} - past
                cut = self.comparison.count(name) - len(told)
                found[name] = len(numbers | seen.get(name, set())) + cut
        return {name: number for name, number in found.items() if number}

    @property
    def not_right(self) -> list[InvoiceRow]:
        """The invoices about which something has to be done or is not known yet, by number."""
        return [row for row in self.rows if share_of(row) in _WRONG]

    @property
    def verdict(self) -> Verdict:
        """Whether the month is right."""
        if self.wrong:
            return Verdict.WRONG
        if not self.rows:
            return Verdict.EMPTY
        if self.comparison is None:
            return Verdict.NOT_COMPARED
        return Verdict.RIGHT if self._is_as_compared else Verdict.CHANGED

    def _numbers(self, share: Share) -> set[str]:
        return {row.number for row in self.rows if share_of(row) is share}

    def _past(self, told: Iterable[Mismatch]) -> set[str]:
        """Return the invoices that have another entry since they were compared, or were skipped."""
        entries = {row.number: _entry_of(row) for row in self.rows}
        return {
            each.invoice
            for each in told
            if entries.get(each.invoice, each.entry_number) != each.entry_number
        }

    @property
    def _is_as_compared(self) -> bool:
        """Say whether the comparison was about the invoices and entries that are booked now."""
        booked = [row for row in self.rows if share_of(row) in _WITH_ENTRY]
        found = Reconciliation() if self.comparison is None else self.comparison.found
        if self._past((*found.gone, *found.moved, *found.differing)):
            return False
        compared = found.sums
        then = {each.currency: (each.invoices, each.amount_invoices) for each in compared}
        return then == _sums(booked)


def _entry_of(row: InvoiceRow) -> str | None:
    """Return the number of the entry that an invoice should have."""
    return None if row.standing is Standing.SKIPPED else row.entry_number


def _sums(rows: Iterable[InvoiceRow]) -> dict[str, tuple[int, Decimal]]:
    found: dict[str, tuple[int, Decimal]] = {}
    for row in rows:
        count, amount = found.get(row.currency, (0, Decimal(0)))
        found[row.currency] = (count + 1, amount + row.amount)
    return found
