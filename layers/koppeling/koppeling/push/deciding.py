"""What a person decides about an invoice: its entry is right as it is, or nothing has to be done.

The decision goes to the queue as a message about the invoice, and the delivery of that message
carries it out (`koppeling.push.decisions`). So nothing comes between a decision and its effect.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems, Queue
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.push.decider import Decider
from koppeling.push.decisions import CONFIRM, SKIP, decision_basis
from koppeling.push.invoice import InboxDocument, key_of
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.ports import DocumentFolder, Outbox
from koppeling.push.sales_entry import DIFFERS
from koppeling.push.seen import is_judged, seen_mark

NOBODY = Decider()


class Objection(StrEnum):
    """Why a decision cannot be taken."""

    NO_SUCH_INVOICE = "no-such-invoice"
    DOES_NOT_DIFFER = "does-not-differ"
    NOTHING_WAITS = "nothing-waits"
    HAS_AN_ENTRY = "has-an-entry"
    NOT_IN_THE_INBOX = "not-in-the-inbox"
    CHANGED = "changed"


class CannotDecide(Exception):  # noqa: N818 - it names what happened
    """A decision that cannot be taken; `entry_number` is that of the entry which it has."""

    def __init__(self, objection: Objection, number: str, entry_number: str = "") -> None:
        super().__init__(f"{number}: {objection}")
        self.objection = objection
        self.number = number
        self.entry_number = entry_number


@dataclass(frozen=True, slots=True)
class DecisionSender:
    """Sends decisions about invoices to their delivery.

    `seen` is the mark of what a person saw (`koppeling.push.seen`); None for who looks at this very
    moment. Nobody decides about a copy in the inbox that was not delivered yet.
    """

    outbox: Outbox
    problems: Problems
    inbox: DocumentFolder
    queue: Queue
    now: Now

    def confirm(
        self,
        connection: ConnectionId,
        number: str,
        by: Decider = NOBODY,
        seen: str | None = None,
    ) -> None:
        """Agree with an entry that differs from its invoice: it is right as it is.

        Raises:
            CannotDecide: there is no such invoice, its entry does not differ, its document is no
                longer in the inbox, or something changed since a person saw it.
        """
        item = self._item(connection, number)
        is_reported = (invoice_subject(number), DIFFERS) in self._open_problems(connection)
        if not item.is_booked or not (item.differences or is_reported):
            raise CannotDecide(Objection.DOES_NOT_DIFFER, number)
        self._send(item, self._document_seen(item, seen), CONFIRM, by)

    def skip(
        self,
        connection: ConnectionId,
        number: str,
        by: Decider = NOBODY,
        seen: str | None = None,
    ) -> None:
        """Leave an invoice as it is: refused, changed after booking, without PDF, its entry gone.

        A new copy in the inbox and an offer by its name take it up again.

        Raises:
            CannotDecide: there is no such invoice, nothing about it waits for a person that could
                be left, its document is no longer in the inbox, or something changed since a
                person saw it.
        """
        item = self._item(connection, number)
        problems = self._open_problems(connection)
        codes = {code for subject, code in problems if subject == invoice_subject(number)}
        is_gone = any(subject == entry_subject(number) for subject, _ in problems)
        if item.state is not State.REJECTED:
            codes -= {DIFFERS}
        if item.is_unsettled or item.state is State.INTENT or not (codes or is_gone):
            raise CannotDecide(Objection.NOTHING_WAITS, number)
        document = self._document_seen(item, seen)
        self._send(item, document, SKIP, by, gone=str(item.entry_id or "") if is_gone else "")

    def adopt(
        self,
        connection: ConnectionId,
        number: str,
        entry_number: str,
        by: Decider = NOBODY,
        seen: str = "",
    ) -> None:
        """Take an entry that stands in Exact for the one of this invoice, though it differs.

        `seen` is what it was like when a person compared it; the delivery refuses another.

        Raises:
            CannotDecide: there is no such invoice, it has an entry, or its document is no longer
                in the inbox.
        """
        item = self.may_adopt(connection, number)
        self._send(item, self._document(item), TAKE_UP, by, linked=(entry_number, seen))

    def may_adopt(self, connection: ConnectionId, number: str) -> OutboxItem:
        """Return an invoice that may take an entry.

        Raises:
            CannotDecide: there is no such invoice, or it has an entry.
        """
        item = self._item(connection, number)
        if item.is_booked:
            raise CannotDecide(Objection.HAS_AN_ENTRY, number, item.entry_number or "")
        return item

    def _item(self, connection: ConnectionId, number: str) -> OutboxItem:
        item = self.outbox.get(connection, number)
        if item is None:
            raise CannotDecide(Objection.NO_SUCH_INVOICE, number)
        return item

    def _open_problems(self, connection: ConnectionId) -> set[tuple[str, str]]:
        problems = self.problems.opened(connection)
        return {(problem.subject, problem.code) for problem in problems}

    def _document(self, item: OutboxItem) -> InboxDocument:
        document = self.inbox.document(key_of(item.connection, item.number))
        if document is None:
            raise CannotDecide(Objection.NOT_IN_THE_INBOX, item.number)
        return document

    def _document_seen(self, item: OutboxItem, seen: str | None) -> InboxDocument:
        document = self._document(item)
        is_same = seen in {None, seen_mark(item)} and is_judged(item, document)
        if not is_same:
            raise CannotDecide(Objection.CHANGED, item.number)
        return document

    def _send(  # noqa: PLR0913 - each a part of the decision
        self,
        item: OutboxItem,
        document: InboxDocument,
        decision: str,
        by: Decider,
        *,
        gone: str = "",
        linked: tuple[str, str] = ("", ""),
    ) -> None:
        entry_number, entry_seen = linked
        key = key_of(item.connection, item.number)
        seen = item.document_hash if entry_number else document.version
        message = InvoiceMessage(
            key,
            retry=bool(entry_number),
            rebook_entry_id=gone,
            linked_entry=entry_number,
            linked_as=entry_seen,
            decision=decision,
            decided_at=decision_time(self.now(), item.decided),
            decision_basis=decision_basis(seen, item.entry_id),
        )
        self.queue.send([(decided_by(message, by).as_message(), 0)])


def decided_by(message: InvoiceMessage, by: Decider) -> InvoiceMessage:
    """Return a message that says who decided, and why."""
    return replace(message, decided_by=by.by, decider_role=by.role, reason=by.reason)


def decision_time(now: datetime, last: str) -> str:
    """Return the time of a decision: later than the last one, even if that clock was ahead."""
    text = now.astimezone(UTC).isoformat(timespec="microseconds")
    if not last:
        return text
    following = datetime.fromisoformat(last) + timedelta(microseconds=1)
    return max(text, following.astimezone(UTC).isoformat(timespec="microseconds"))
