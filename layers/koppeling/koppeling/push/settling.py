"""Unknown outcomes that no message settles any more, such as after a copy that cannot be read.

    every quarter: entries whose outcome is overdue ──► a request to settle, for each ──► looked for
    once a day:    uploads whose outcome is overdue ──► their message ──► looked for

A request is about the invoice as the outbox knows it, so that it works without its document. It is
not queued again when it fails: while the outcome is unknown, the next look sends another one.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ports import Connections, Queue
from koppeling.core.summary import Summary
from koppeling.push.invoice import Invoice, InvoiceKind, key_of
from koppeling.push.job import InvoiceJob
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Outbox, PushPorts
from koppeling.push.terms import Terms

# Longer than the queue hides the message of a push that died, so that usually that one settles it
OVERDUE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Settler:
    """Sends what settles unknown outcomes."""

    outbox: Outbox
    connections: Connections
    queue: Queue
    now: Now

    def settle_entries(self) -> Summary:
        """Send a request for each entry whose outcome is overdue."""
        items = [item for item in self.outbox.unsettled() if item.is_unsettled]
        return self._send("entries", [(each, _request(each)) for each in items], self.now())

    def settle_uploads(self) -> Summary:
        """Send the message of each invoice whose document or file is overdue.

        Nobody waits for the file of an entry that a person left deleted.
        """
        open_ended = (item for item in self.outbox.unsettled() if not item.is_unsettled)
        items = [item for item in open_ended if not item.is_skipped_without_entry]
        return self._send("uploads", [(each, _message(each)) for each in items], self.now())

    def _send(
        self, what: str, found: list[tuple[OutboxItem, InvoiceMessage]], now: datetime
    ) -> Summary:
        sent = 0
        for item, message in found:
            connection = self.connections.get(item.connection)
            since = item.posted_at if item.is_unsettled else item.sent_at
            is_overdue = since is None or now >= since + OVERDUE
            if is_overdue and connection is not None and not connection.paused:
                sent += self.queue.send([(message.as_message(), 0)])
        return Summary("settling", what, counts={"unknown": len(found), "sent": sent})


def job_to_settle(
    ports: PushPorts, connection: Connection, item: OutboxItem, message: InvoiceMessage
) -> InvoiceJob:
    """Return the job that looks for the entry of an invoice without its document."""
    books = ports.books(connection, Terms())
    invoice = _remembered(item, today(ports.now()))
    return InvoiceJob(ports, connection, invoice, books, item, message, item.refused_copy)


def _remembered(item: OutboxItem, day: date) -> Invoice:
    """Return the invoice as far as the outbox knows it: enough to look for its entry."""
    return Invoice(
        connection=item.connection,
        number=item.number,
        kind=InvoiceKind(item.kind),
        invoice_date=item.dated or item.entry_date or day,
        due_date=None,
        payment_condition_code=None,
        debtor_code=item.debtor,
        currency=item.currency,
        exchange_rate=None,
        reference=None,
        description=None,
        lines=(),
        amount_excl=item.amount_excl,
        vat_amount=item.vat_amount,
        amount_incl=item.amount_incl,
        pdf=None,
        invoice_id=None,
        content_hash=item.document_hash,
    )


def _message(item: OutboxItem) -> InvoiceMessage:
    return InvoiceMessage(item.document_key or key_of(item.connection, item.number))


def _request(item: OutboxItem) -> InvoiceMessage:
    return replace(_message(item), settles=item.number)
