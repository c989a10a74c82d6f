"""Reconciliation: the invoices of a month compared to the journal in Exact, to the cent."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections, Problems
from koppeling.core.problems import (
    ENTRY_DOUBLED,
    ENTRY_GONE,
    Problem,
    doubled_subject,
    entry_subject,
)
from koppeling.push.doubled import Doubled, doubled, spellings
from koppeling.push.journal import JournalReader, JournalRow, Period
from koppeling.push.outbox import Conflict, OutboxItem
from koppeling.push.ports import Outbox

# A write takes some 10 ms, and a comparison has minutes; the next one goes on with the rest
MOST_ENLISTED = 500


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
    """One thing that does not agree, by invoice number.

    `entry_currency` is that of the entry in Exact, empty where there is none.
    """

    invoice: str
    entry_number: str
    amount_invoice: Decimal | None
    amount_entry: Decimal | None
    lines_invoice: int | None = None
    lines_entry: int | None = None
    entry_id: ExactId | None = None
    entry_currency: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How a month compares; with an unknown connection the outcome says so.

    `doubled` entries stand beside another one for the same invoice and debtor. `gone` ones were
    booked and no longer exist; `moved` ones exist in another month. `differing` ones have another
    amount, currency or number of lines (X112), unless a person agreed with that. `waiting` invoices
    are not booked yet. `others` were booked by hand. `skipped` are gone entries and refused
    invoices that a person chose to leave as they are.
    """

    outcome: str = "compared"
    doubled: tuple[Mismatch, ...] = ()
    sums: tuple[Sum, ...] = ()
    gone: tuple[Mismatch, ...] = ()
    moved: tuple[Mismatch, ...] = ()
    skipped: tuple[Mismatch, ...] = ()
    differing: tuple[Mismatch, ...] = ()
    waiting: tuple[Mismatch, ...] = ()
    others: tuple[Mismatch, ...] = ()

    @property
    def agrees(self) -> bool:
        """Say whether every invoice of the month is in Exact once, to the cent."""
        wrong = self.doubled or self.gone or self.moved or self.differing or self.waiting
        return self.outcome == "compared" and not wrong

    @property
    def is_empty(self) -> bool:
        """Say whether the month has neither an invoice nor an entry."""
        lists = (self.sums, self.skipped, self.waiting, self.others, self.doubled)
        return self.outcome == "compared" and not any(lists)


def reconcile(
    items: Iterable[OutboxItem],
    rows: Iterable[JournalRow],
    period: Period,
    exists: Callable[[ExactId | None], bool],
) -> Reconciliation:
    """Match the invoices of a month to the entries of its journals.

    An invoice belongs to the month of its date, also while it waits. `exists` says whether an entry
    stands in any month.
    """
    items, rows = list(items), list(rows)
    too_many = {
        str(each.row.id): each
        for each in doubled(items, rows)
        if each.is_seen or (each.item is not None and exists(each.item.entry_id))
    }
    unmatched = {str(row.id).lower(): row for row in rows}
    ours = [item for item in items if period.holds(item.day)]
    booked = [item for item in ours if item.is_booked]
    waiting = [item for item in ours if not item.is_booked and not item.is_passed_over]
    pairs = [(item, unmatched.pop(str(item.entry_id).lower(), None)) for item in booked]
    differing = [(item, row) for item, row in pairs if row is not None and _differ(item, row)]
    missing = [item for item, row in pairs if row is None]
    skipped = [item for item in missing if item.is_skipped_without_entry]
    moved = [item for item in missing if item not in skipped and exists(item.entry_id)]
    gone = [item for item in missing if item not in skipped and item not in moved]
    skipped += [item for item in waiting if item.is_skipped]
    others = [row for row in unmatched.values() if str(row.id) not in too_many]
    return Reconciliation(
        doubled=tuple(_beside(each) for each in too_many.values()),
        sums=_sums(pairs),
        gone=tuple(_mismatch(item, None) for item in gone),
        moved=tuple(_mismatch(item, None) for item in moved),
        skipped=tuple(_mismatch(item, None) for item in skipped),
        differing=tuple(_mismatch(item, row) for item, row in differing),
        waiting=tuple(_mismatch(item, None) for item in waiting if item not in skipped),
        others=tuple(map(_by_hand, others)),
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
    if row.currency != item.currency:
        return True
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
        "" if row is None else row.currency,
    )


def _by_hand(row: JournalRow) -> Mismatch:
    return Mismatch(row.your_ref, row.number, None, row.amount, entry_currency=row.currency)


def _beside(each: Doubled) -> Mismatch:
    row, item = each.row, each.item
    if item is None:
        return _by_hand(row)
    return replace(
        _by_hand(row), invoice=item.number, amount_invoice=item.amount_incl, entry_id=row.id
    )


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares months. An entry that is gone or doubled becomes a problem for a person.

    Nothing is booked again or taken away by itself (X172).
    """

    connections: Connections
    outbox: Outbox
    journal: Callable[[Connection], JournalReader]
    problems: Problems
    now: Now

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

        def exists(entry: ExactId | None) -> bool:
            return entry is not None and reader.has_entry(entry)

        meant = {number for row in rows for number in spellings(row.your_ref)}
        items = list(self.outbox.of_month(connection_id, period, meant))
        self._enlist(items)
        found = reconcile(items, rows, period, exists)
        gone = {mismatch.invoice for mismatch in found.gone}
        self._note_gone(items, gone, period)
        for mismatch in found.gone:
            values = {"invoice": mismatch.invoice, "entry_number": mismatch.entry_number}
            subject = entry_subject(mismatch.invoice)
            self.problems.open(Problem(connection_id, subject, ENTRY_GONE, values))
        self._tell_doubled(connection_id, period, found.doubled)
        return found

    def _enlist(self, items: Iterable[OutboxItem]) -> None:
        """Put invoices of an earlier release in the lists of their months, as a page needs them."""
        unlisted = (item for item in items if not item.is_listed)
        for item in islice(unlisted, MOST_ENLISTED):
            self.outbox.enlist(item)

    def _note_gone(self, items: Iterable[OutboxItem], gone: set[str], period: Period) -> None:
        """Let each invoice of the month say whether its entry is gone, for the lists."""
        for item in items:
            is_meant = item.number in gone or (item.is_gone and period.holds(item.day))
            entry = str(item.entry_id) if item.number in gone else ""
            if not is_meant or item.gone_entry == entry:
                continue
            try:
                self.outbox.amend(item, item.to(item.state, self.now(), gone_entry=entry))
            except Conflict:
                continue  # a delivery moved it; the next comparison looks again
            if not entry:
                self.problems.close(
                    item.connection,
                    entry_subject(item.number),
                    lambda problem: problem.code == ENTRY_GONE,
                )

    def _tell_doubled(
        self, connection: ConnectionId, period: Period, doubles: Iterable[Mismatch]
    ) -> None:
        """Open a problem for each double of a month, and close those that are single again.

        One that is open for another month stays: it tells of the same invoice, and only a look at
        that month knows when it is over.
        """
        found: dict[str, list[Mismatch]] = {}
        for each in doubles:
            found.setdefault(doubled_subject(each.invoice), []).append(each)
        for problem in list(self.problems.opened(connection)):
            if problem.code != ENTRY_DOUBLED:
                continue
            if problem.values.get("period") != str(period):
                found.pop(problem.subject, None)
            elif problem.subject not in found:
                self.problems.close(connection, problem.subject)
        for subject, same in found.items():
            values = {
                "invoice": same[0].invoice,
                "entry_number": ", ".join(sorted(each.entry_number for each in same)),
                "period": str(period),
            }
            self.problems.open(Problem(connection, subject, ENTRY_DOUBLED, values))
