"""Reconciling: does the journal in Exact show every invoice of a month, to the cent?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections, Problems
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.outbox import OutboxItem
from koppeling.push.reconciliation import JournalRow, Period, Reconciliation, reconcile

GONE = "entry-gone"


class Invoices(Protocol):
    """The outbox."""

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return every invoice of a connection."""
        ...


class Journal(Protocol):
    """The journals of one administration."""

    def entries(self, journal: str, period: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Return the entries of a month, with the number of their lines or without."""
        ...

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether an entry with this id stands in some journal, in some month."""
        ...


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Compares months. An entry that is gone becomes a problem; it is never booked again (X172)."""

    connections: Connections
    invoices: Invoices
    journal: Callable[[Connection], Journal]
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
        found = reconcile(self.invoices.all(connection_id), rows, period)
        for remark in found.gone:
            if remark.entry_id is not None and read.has_entry(remark.entry_id):
                continue  # it was moved, and nothing is to be mended
            values = {"invoice": remark.invoice, "entry_number": remark.entry_number}
            subject = entry_subject(remark.invoice)
            self.problems.open(Problem(connection_id, subject, GONE, values))
        return found
