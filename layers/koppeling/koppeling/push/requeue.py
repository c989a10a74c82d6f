"""Waking: refused invoices are offered again once their cause is seen to be gone (DESIGN 5.4).

    pull sees record 1068 change ──► invoices that wait for it ──► sales-entry queue
    once a day                   ──► everything that waits     ──► sales-entry queue

A wait is dropped after its offer is queued: a crash between the two offers an invoice twice, which
is harmless, and never leaves one asleep.
"""

from collections.abc import Collection, Iterable

from koppeling.core.connection import ConnectionSummary
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.messages import InvoiceMessage
from koppeling.push.ports import BlockedInvoices


class Requeuer:
    """Offers refused invoices again."""

    def __init__(self, waits: BlockedInvoices, queue: Queue) -> None:
        self._waits = waits
        self._queue = queue

    def requeue(self, connection: ConnectionId, entity: str, codes: Collection[str]) -> int:
        """Offer what waits for records of an entity that have changed; returns how many.

        Without a changed record nothing is read.
        """
        if not codes:
            return 0
        changed = frozenset(codes)
        waiting = self._waits.of(connection, entity)
        return self._offer(connection, [wait for wait in waiting if wait.is_unblocked_by(changed)])

    def requeue_connection(self, connection: ConnectionId) -> int:
        """Offer everything that waits: the look of once a day, also for what was missed."""
        return self._offer(connection, list(self._waits.of(connection)))

    def requeue_all(self, connections: Iterable[ConnectionSummary]) -> Summary:
        """Offer everything that waits, of every connection that is not paused."""
        woken = sum(self.requeue_connection(each.id) for each in connections if not each.paused)
        return Summary("waking", "offered", counts={"woken": woken})

    def _offer(self, connection: ConnectionId, waits: list[BlockedInvoice]) -> int:
        for wait in waits:
            self._queue.send([(InvoiceMessage(wait.key, retry=True).as_message(), 0)])
            self._waits.drop(connection, wait)
        return len(waits)
