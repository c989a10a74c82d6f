"""Reconciliation: the invoices of a month against what the journal in Exact shows, to the cent."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections, Problems
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.invoice_checks import Skip
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.ports import Outbox


@dataclass(frozen=True, slots=True)
class Period:
    """One month, such as 2026-11."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a month.

        Raises:
            ValueError: it is none; the message says how one is written.
        """
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise ValueError(f"{text!r} is no month; write it as 2026-11") from None
        return cls(first.year, first.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    def holds(self, day: date | None) -> bool:
        """Say whether a day lies in it."""
        return day is not None and self.first <= day < self.after

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A sales entry as the journal shows it; the amount includes VAT, `lines` may be unknown."""

    id: ExactId
    number: str
    your_ref: str
    currency: str
    amount: Decimal
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one currency: how many invoices we booked and for how much, and what stands in Exact."""

    currency: str
    invoices: int
    amount_invoices: Decimal
    entries: int
    amount_entries: Decimal

    @property
    def difference(self) -> Decimal:
        """What Exact holds too much, or too little when it is negative."""
        return self.amount_entries - self.amount_invoices


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that does not agree, by invoice number."""

    invoice: str
    entry_number: str
    amount_invoice: Decimal | None
    amount_entry: Decimal | None
    lines_invoice: int | None = None
    lines_entry: int | None = None
    entry_id: ExactId | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How a month compares.

    `gone` entries were booked and stand there no more, `differing` ones hold another amount or
    another number of lines (X112), `waiting` invoices are not booked yet, and `others` were booked
    by hand. `skipped` are gone entries and refused invoices that a person chose to leave so; an
    entry that a person agreed with does not differ. Without such a connection the outcome says so,
    and nothing was compared.
    """

    outcome: str = "compared"
    sums: tuple[Sum, ...] = ()
    gone: tuple[Mismatch, ...] = ()
    skipped: tuple[Mismatch, ...] = ()
    differing: tuple[Mismatch, ...] = ()
    waiting: tuple[Mismatch, ...] = ()
    others: tuple[Mismatch, ...] = ()

    @property
    def agrees(self) -> bool:
        """Say whether every invoice we booked stands in Exact to the cent."""
        return self.outcome == "compared" and not self.gone and not self.differing


def reconcile(
    items: Iterable[OutboxItem], rows: Iterable[JournalRow], period: Period
) -> Reconciliation:
    """Lay the invoices of a month beside the entries of its journals.

    An invoice that was never sent belongs to the month in which it was offered.
    """
    standing = {str(row.id).lower(): row for row in rows}
    ours = [item for item in items if period.holds(_day_of(item))]
    booked = [item for item in ours if item.is_booked]
    waiting = [item for item in ours if not item.is_booked and not _is_passed_over(item)]
    pairs = [(item, standing.pop(str(item.entry_id).lower(), None)) for item in booked]
    differing = [(item, row) for item, row in pairs if row is not None and _differ(item, row)]
    gone = [item for item, row in pairs if row is None]
    left = [item for item in gone if item.is_skipped_without_entry]
    left += [item for item in waiting if item.is_skipped]
    return Reconciliation(
        sums=_sums(pairs),
        gone=tuple(_mismatch(item, None) for item in gone if item not in left),
        skipped=tuple(_mismatch(item, None) for item in left),
        differing=tuple(_mismatch(item, row) for item, row in differing),
        waiting=tuple(_mismatch(item, None) for item in waiting if item not in left),
        others=tuple(Mismatch(r.your_ref, r.number, None, r.amount) for r in standing.values()),
    )


def _sums(pairs: Iterable[tuple[OutboxItem, JournalRow | None]]) -> tuple[Sum, ...]:
    by_currency: dict[str, list[tuple[OutboxItem, JournalRow | None]]] = defaultdict(list)
    for item, row in pairs:
        by_currency[item.currency].append((item, row))
    return tuple(
        Sum(
            currency,
            invoices=len(own),
            amount_invoices=sum((item.amount_incl for item, _ in own), Decimal(0)),
            entries=sum(row is not None for _, row in own),
            amount_entries=sum((row.amount for _, row in own if row), Decimal(0)),
        )
        for currency, own in sorted(by_currency.items())
    )


def _differ(item: OutboxItem, row: JournalRow) -> bool:
    """Say whether an entry is not as the invoice, nor as a person agreed with."""
    if item.agreed:
        return row.amount not in {item.amount_incl, item.booked_amount}
    same_lines = not item.lines or row.lines in (None, item.lines)
    return row.amount != item.amount_incl or not same_lines


def _mismatch(item: OutboxItem, row: JournalRow | None) -> Mismatch:
    return Mismatch(
        item.number,
        item.entry_number or "",
        item.amount_incl,
        None if row is None else row.amount,
        item.lines if row is not None and row.lines is not None else None,
        None if row is None else row.lines,
        item.entry_id,
    )


def _day_of(item: OutboxItem) -> date | None:
    return item.entry_date or (item.history[0][1].date() if item.history else None)


def _is_passed_over(item: OutboxItem) -> bool:
    return item.state is State.REJECTED and item.code in set(Skip)


GONE = "entry-gone"


class JournalReader(Protocol):
    """The journals of one administration."""

    def entries(self, journal: str, period: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Return the entries of a month, with the number of their lines or without."""
        ...

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether an entry with this id stands in some journal, in some month."""
        ...


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares months. An entry that is gone becomes a problem; it is never booked again (X172)."""

    connections: Connections
    outbox: Outbox
    journal: Callable[[Connection], JournalReader]
    problems: Problems

    def run(
        self, connection_id: ConnectionId, period: Period, *, lines: bool = False
    ) -> Reconciliation:
        """Compare one month of one connection: amounts, and the number of `lines` when asked for.

        Raises:
            Consequence: Exact could not be asked.
        """
        connection = self.connections.get(connection_id)
        if connection is None:
            return Reconciliation(outcome="unknown-connection")
        journals = {connection.sales_journal, connection.credit_journal or connection.sales_journal}
        read = self.journal(connection)
        rows = [row for code in sorted(journals) for row in read.entries(code, period, lines=lines)]
        found = reconcile(self.outbox.all(connection_id), rows, period)
        for remark in found.gone:
            if remark.entry_id is not None and read.has_entry(remark.entry_id):
                continue  # it was moved, and nothing is to be mended
            values = {"invoice": remark.invoice, "entry_number": remark.entry_number}
            subject = entry_subject(remark.invoice)
            self.problems.open(Problem(connection_id, subject, GONE, values))
        return found
