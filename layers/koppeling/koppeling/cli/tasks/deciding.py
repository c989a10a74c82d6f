"""What a person decides about an invoice: its entry is right as it is, or nothing has to be done.

The decision goes to the queue as an offer of the invoice and is carried out by its delivery
(`koppeling.push.decisions`), so that nothing comes between the decision and what follows from it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from koppeling.cli.exits import CommandError, NotFound
from koppeling.cli.tasks.invoices import key_of
from koppeling.cli.tasks.ports import Outbox, Problems, Queue
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.push.decisions import CONFIRM, SKIP, decision_basis
from koppeling.push.invoice import InboxDocument
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS


class DecisionSender:
    """Sends decisions about invoices of one stack to their delivery."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        problems: Problems,
        offered: Callable[[str], InboxDocument | None],
        queue: Queue,
        now: Now,
    ) -> None:
        self._outbox = outbox
        self._problems = problems
        self._offered = offered
        self._queue = queue
        self._now = now

    def confirm(self, connection: ConnectionId, number: str) -> None:
        """Agree with an entry that differs from its invoice (X112): it is right as it stands.

        Raises:
            NotFound: there is no such invoice.
            Stopped: its entry does not differ, or its document no longer lies in the inbox.
        """
        item = self._item(connection, number)
        told = (invoice_subject(number), DIFFERS) in self._open(connection)
        if not item.is_booked or not (item.differences or told):
            raise CommandError(f"the entry of {number} does not differ from its invoice")
        self._send(item, CONFIRM)

    def skip(self, connection: ConnectionId, number: str) -> None:
        """Leave an invoice as it is: refused, changed after booking, without PDF, its entry gone.

        A new copy in the inbox and `koppeling retry` take it up again.

        Raises:
            NotFound: there is no such invoice.
            Stopped: nothing of it waits for a person that could be left, or its document no longer
                lies in the inbox.
        """
        item = self._item(connection, number)
        opened = self._open(connection)
        about = {code for subject, code in opened if subject == invoice_subject(number)}
        is_gone = any(subject == entry_subject(number) for subject, _ in opened)
        waits = about if item.state is State.REJECTED else about - {DIFFERS}
        if item.is_unsettled or item.state is State.INTENT or not (waits or is_gone):
            raise CommandError(f"nothing about {number} waits for a person that could be left")
        self._send(item, SKIP, gone=str(item.entry_id or "") if is_gone else "")

    def _item(self, connection: ConnectionId, number: str) -> OutboxItem:
        item = self._outbox.get(connection, number)
        if item is None:
            raise NotFound(f"there is no invoice {number}: `koppeling invoices {connection}`")
        return item

    def _open(self, connection: ConnectionId) -> set[tuple[str, str]]:
        return {(problem.subject, problem.code) for problem in self._problems.opened(connection)}

    def _send(self, item: OutboxItem, decision: str, gone: str = "") -> None:
        key = key_of(item.connection, item.number)
        lies = self._offered(key)
        if lies is None:
            raise CommandError(f"{key} no longer lies in the inbox: put it there again first")
        offer = InvoiceMessage(
            key,
            rebook_entry_id=gone,
            decision=decision,
            decided_at=moment(self._now(), item.decided),
            decision_basis=decision_basis(lies.version, item.entry_id),
        )
        self._queue.send([(offer.as_message(), 0)])


def moment(now: datetime, last: str) -> str:
    """Return a moment after the last decision, also where that was made by a clock that is fast."""
    text = now.astimezone(UTC).isoformat(timespec="microseconds")
    if not last:
        return text
    following = datetime.fromisoformat(last) + timedelta(microseconds=1)
    return max(text, following.astimezone(UTC).isoformat(timespec="microseconds"))
