"""What a person decides about an invoice: its entry is right as it is, or nothing has to be done.

The decision goes to the queue as a message about the invoice, and the delivery of that message
carries it out (`koppeling.push.decisions`). So nothing comes between a decision and its effect.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from koppeling.cli.exits import CommandError, NotFound
from koppeling.cli.tasks.invoices import key_of
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.push.decisions import CONFIRM, SKIP, decision_basis
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


class DecisionSender:
    """Sends decisions about invoices of one stack to their delivery."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def confirm(self, connection: ConnectionId, number: str) -> None:
        """Agree with an entry that differs from its invoice: it is right as it is.

        Raises:
            NotFound: there is no such invoice.
            CommandError: its entry does not differ, or its document is no longer in the inbox.
        """
        item = self._item(connection, number)
        is_reported = (invoice_subject(number), DIFFERS) in self._open_problems(connection)
        if not item.is_booked or not (item.differences or is_reported):
            raise CommandError(f"the entry of {number} does not differ from its invoice")
        self._send(item, CONFIRM)

    def skip(self, connection: ConnectionId, number: str) -> None:
        """Leave an invoice as it is: refused, changed after booking, without PDF, its entry gone.

        A new copy in the inbox and `koppeling retry` take it up again.

        Raises:
            NotFound: there is no such invoice.
            CommandError: nothing about it waits for a person that could be left, or its document
                is no longer in the inbox.
        """
        item = self._item(connection, number)
        problems = self._open_problems(connection)
        codes = {code for subject, code in problems if subject == invoice_subject(number)}
        is_gone = any(subject == entry_subject(number) for subject, _ in problems)
        if item.state is not State.REJECTED:
            codes -= {DIFFERS}
        if item.is_unsettled or item.state is State.INTENT or not (codes or is_gone):
            raise CommandError(f"nothing about {number} waits for a person that could be left")
        self._send(item, SKIP, gone=str(item.entry_id or "") if is_gone else "")

    def adopt(self, connection: ConnectionId, number: str, entry_number: str) -> None:
        """Take an entry that stands in Exact for the one of this invoice, though it differs.

        Raises:
            NotFound: there is no such invoice.
            CommandError: it has an entry, or its document is no longer in the inbox.
        """
        item = self._item(connection, number)
        if item.is_booked:
            raise CommandError(f"{number} has an entry: {item.entry_number}")
        self._send(item, TAKE_UP, linked=entry_number)

    def _item(self, connection: ConnectionId, number: str) -> OutboxItem:
        item = self._stack.stores.outbox.get(connection, number)
        if item is None:
            raise NotFound(f"there is no invoice {number}: `koppeling invoices {connection}`")
        return item

    def _open_problems(self, connection: ConnectionId) -> set[tuple[str, str]]:
        problems = self._stack.stores.problems.opened(connection)
        return {(problem.subject, problem.code) for problem in problems}

    def _send(self, item: OutboxItem, decision: str, *, gone: str = "", linked: str = "") -> None:
        key = key_of(item.connection, item.number)
        document = self._stack.inbox.document(key)
        if document is None:
            raise CommandError(f"{key} no longer lies in the inbox: put it there again first")
        message = InvoiceMessage(
            key,
            retry=bool(linked),
            rebook_entry_id=gone,
            linked_entry=linked,
            decision=decision,
            decided_at=decision_time(self._stack.now(), item.decided),
            decision_basis=decision_basis(document.version, item.entry_id),
        )
        self._stack.sales_entry_queue.send([(message.as_message(), 0)])


def decision_time(now: datetime, last: str) -> str:
    """Return the time of a decision: later than the last one, even if that clock was ahead."""
    text = now.astimezone(UTC).isoformat(timespec="microseconds")
    if not last:
        return text
    following = datetime.fromisoformat(last) + timedelta(microseconds=1)
    return max(text, following.astimezone(UTC).isoformat(timespec="microseconds"))
