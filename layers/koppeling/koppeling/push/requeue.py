"""Requeue: refused invoices go back to the queue once their cause seems to be gone.

    a pull sees record 1068 change ──► invoices that it blocked ──► sales-entry queue
    once a day                     ──► all blocked invoices     ──► sales-entry queue

A blocked invoice is dropped after its message is queued. A crash in between queues it twice, which
is harmless; the other order could lose it. The message may be delivered, and the invoice refused
again, before it is dropped: then it stays blocked.
"""

from collections.abc import Collection
from dataclasses import dataclass

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.messages import InvoiceMessage
from koppeling.push.ports import BlockedInvoices

# What is woken once a day was not seen to be mended, so what is new goes first
LAST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Requeuer:
    """Queues blocked invoices again."""

    blocked: BlockedInvoices
    queue: Queue

    def requeue(self, connection: ConnectionId, entity: str, codes: Collection[str]) -> int:
        """Queue what records of an entity with these codes blocked; returns how many.

        Without a changed record nothing is read.
        """
        if not codes:
            return 0
        changed, blocked = frozenset(codes), self.blocked.of(connection, entity)
        return self._send(connection, [each for each in blocked if each.is_unblocked_by(changed)])

    def requeue_connection(self, connection: ConnectionId) -> int:
        """Queue everything that is blocked; once a day, also for changes that no pull saw."""
        return self._send(connection, list(self.blocked.of(connection)), LAST_SECONDS)

    def requeue_daily(self, connection: Connection | None) -> Summary:
        """Queue everything that is blocked of a connection, unless it is paused or gone."""
        if connection is None or connection.paused:
            return Summary("waking", "paused")
        count = self.requeue_connection(connection.id)
        return Summary("waking", "offered", connection.id, counts={"woken": count})

    def _send(self, connection: ConnectionId, blocked: list[BlockedInvoice], delay: int = 0) -> int:
        for each in blocked:
            self.queue.send([(InvoiceMessage(each.key, retry=True).as_message(), delay)])
            self.blocked.drop(connection, each)
        return len(blocked)
