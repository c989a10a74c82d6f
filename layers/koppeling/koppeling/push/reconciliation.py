"""Reconciliation: the invoices of a month compared to the journal in Exact, to the cent."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections, Problems
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.journal import JournalRow, Period
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import JournalReader, Outbox

GONE = "entry-gone"


@dataclass(frozen=True, slots=True)
class Sum:
    """The totals of one currency: the invoices that we booked, and their entries in Exact."""

    currency: str
    invoices: int
    amount_invoices: Decimal
    entries: int
    amount_entries: Decimal

    @property
    def difference(self) -> Decimal:
        """How much more Exact holds than we booked; negative when it holds less."""
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
    """How a month compares; with an unknown connection the outcome says so.

    `gone` entries were booked and no longer exist. `differing` ones have another amount or another
    number of lines (X112), unless a person agreed with that. `waiting` invoices are not booked yet.
    `others` were booked by hand. `skipped` are gone entries and refused invoices that a person
    chose to leave as they are.
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
        """Say whether every invoice that we booked is in Exact, to the cent."""
        return self.outcome == "compared" and not self.gone and not self.differing


def reconcile(
    items: Iterable[OutboxItem], rows: Iterable[JournalRow], period: Period
) -> Reconciliation:
    """Match the invoices of a month to the entries of its journals.

    An invoice that was never posted belongs to the month in which it came in.
    """
    unmatched = {str(row.id).lower(): row for row in rows}
    ours = [item for item in items if period.holds(_day_of(item))]
    booked = [item for item in ours if item.is_booked]
    waiting = [item for item in ours if not item.is_booked and not item.is_passed_over]
    pairs = [(item, unmatched.pop(str(item.entry_id).lower(), None)) for item in booked]
    differing = [(item, row) for item, row in pairs if row is not None and _differ(item, row)]
    gone = [item for item, row in pairs if row is None]
    skipped = [item for item in gone if item.is_skipped_without_entry]
    skipped += [item for item in waiting if item.is_skipped]
    return Reconciliation(
        sums=_sums(pairs),
        gone=tuple(_mismatch(item, None) for item in gone if item not in skipped),
        skipped=tuple(_mismatch(item, None) for item in skipped),
        differing=tuple(_mismatch(item, row) for item, row in differing),
        waiting=tuple(_mismatch(item, None) for item in waiting if item not in skipped),
        others=tuple(Mismatch(r.your_ref, r.number, None, r.amount) for r in unmatched.values()),
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
    """Say whether an entry differs from its invoice, or from what a person agreed with."""
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


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares months. A gone entry becomes a problem; it is not booked again by itself (X172)."""

    connections: Connections
    outbox: Outbox
    journal: Callable[[Connection], JournalReader]
    problems: Problems

    def run(
        self, connection_id: ConnectionId, period: Period, *, lines: bool = False
    ) -> Reconciliation:
        """Compare the amounts of one month, and with `lines` the number of lines too.

        Raises:
            Consequence: Exact could not be read.
        """
        connection = self.connections.get(connection_id)
        if connection is None:
            return Reconciliation(outcome="unknown-connection")
        journals = {connection.sales_journal, connection.credit_journal or connection.sales_journal}
        reader = self.journal(connection)
        rows = [
            row for code in sorted(journals) for row in reader.entries(code, period, lines=lines)
        ]
        found = reconcile(self.outbox.all(connection_id), rows, period)
        for mismatch in found.gone:
            if mismatch.entry_id is not None and reader.has_entry(mismatch.entry_id):
                continue  # it was moved to another month, which is no problem
            values = {"invoice": mismatch.invoice, "entry_number": mismatch.entry_number}
            subject = entry_subject(mismatch.invoice)
            self.problems.open(Problem(connection_id, subject, GONE, values))
        return found
