"""Wires comparisons with Exact: the pages ask for them, the watch makes them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from koppeling.aws.dynamodb.comparisons import ComparedEntryStore, MonthStore
from koppeling.core import decimal_json
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.portal.entry_comparison import EntryBeside
from koppeling.portal.month_state import LastComparison
from koppeling.portal.patience import ONE_PRESS
from koppeling.pull.by_hand import Presses
from koppeling.push.asked import EntryAsked, MonthAsked, asked_in, due
from koppeling.push.beside import ComparedEntry, EntryComparer
from koppeling.push.journal import Period
from koppeling.push.reconciliation import Reconciliation
from koppeling.watch.events import Beside, Reconcile

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


@dataclass(frozen=True, slots=True)
class AskedMonths:
    """Comparisons of months, as the pages ask for them."""

    kept: MonthStore
    queue: Queue
    presses: Presses

    def last(self, connection: ConnectionId, period: Period) -> LastComparison | None:
        """Return the last one."""
        return self.kept.last(connection, period)

    def ask(self, connection: ConnectionId, period: Period) -> None:
        """Ask for one, unless it was asked for a moment ago."""
        if self.presses.is_first(connection, f"compare/{period}", ONE_PRESS):
            self.queue.send([(MonthAsked(connection, period).as_message(), 0)])


@dataclass(frozen=True, slots=True)
class AskedEntries:
    """Comparisons of entries with invoices, likewise."""

    kept: ComparedEntryStore
    queue: Queue
    presses: Presses

    def last(self, connection: ConnectionId, number: str) -> EntryBeside | None:
        """Return the last one of an invoice."""
        return self.kept.last(connection, number)

    def ask(self, connection: ConnectionId, number: str, entry_number: str) -> None:
        """Ask for one, likewise."""
        if not self.presses.is_first(connection, f"compare/{entry_number}/{number}", ONE_PRESS):
            return
        self.queue.send([(EntryAsked(connection, number, entry_number).as_message(), 0)])


def compared(wiring: "Wiring", body: str) -> Summary | None:
    """Make the comparison that a message asks for; None when it asks for none."""
    asked = asked_in(body)
    if isinstance(asked, MonthAsked):
        return _told(asked.connection, asked.period, _month(wiring, asked.connection, asked.period))
    if isinstance(asked, EntryAsked):
        outcome = "unknown-invoice" if _entry(wiring, asked) is None else "compared"
        return Summary("comparison", outcome, asked.connection, detail=asked.number)
    return None


def compared_by_itself(wiring: "Wiring", connection: Connection) -> Iterator[Summary]:
    """Make the comparisons that are due today; what Exact does not answer waits for the next."""
    if connection.paused:
        return
    for period in due(today(wiring.now())):
        try:
            yield _told(connection.id, period, _month(wiring, connection.id, period))
        except Consequence as failure:
            yield Summary("comparison", failure.code, connection.id, detail=str(period))


def compared_by_hand(wiring: "Wiring", asked: Reconcile | Beside) -> dict[str, Any]:
    """Make the comparison that an operator asks for; it is kept, so that the page says the same."""
    match asked:
        case Reconcile(connection, period, lines):
            found = asdict(_month(wiring, connection, period, lines=lines))
            told: dict[str, Any] = decimal_json.as_text(found)
            return told
        case Beside(connection, number, entry_number):
            entry = _entry(wiring, EntryAsked(connection, number, entry_number))
            return {} if entry is None else _plain(entry)


def _entry(wiring: "Wiring", asked: EntryAsked) -> ComparedEntry | None:
    stores = wiring.stores
    comparer = EntryComparer(
        stores.connections,
        stores.outbox,
        wiring.clients.books,
        stores.compared_entries,
        wiring.now,
    )
    return comparer.compare(asked)


def _plain(found: ComparedEntry) -> dict[str, Any]:
    """Return a comparison as JSON can hold it."""
    return {**asdict(found), "at": found.at.isoformat()}


def _month(
    wiring: "Wiring", connection: ConnectionId, period: Period, *, lines: bool = False
) -> Reconciliation:
    found = wiring.reconciler.run(connection, period, lines=lines)
    if found.outcome == "compared":
        wiring.stores.months.save(connection, period, found)
    return found


def _told(connection: ConnectionId, period: Period, found: Reconciliation) -> Summary:
    return Summary("comparison", found.outcome, connection, detail=str(period))
