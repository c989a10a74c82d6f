"""Offering again: parked records become due at once, refused invoices go to the queue once more.

The link itself does the work: the next pull takes the records, a delivery takes each invoice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.deciding import decision_time
from koppeling.cli.tasks.invoices import key_of, paced
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import (
    ENTRY_GONE,
    OPERATOR,
    entry_subject,
    inbox_subject,
    invoice_of,
    invoice_subject,
    plain_subject,
)
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.record import ParkedChange
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.strays import STRAY, strays

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

RECORD, INVOICE = "record", "invoice"
# Problems whose subject ends in the key of a document: what it says, and how its delivery went
_DOCUMENTS = frozenset({"inbox", "push"})


@dataclass(frozen=True, slots=True)
class RetryCandidate:
    """One thing that can be offered again: a record by its parked change, an invoice by its key.

    `gone` is the id of an entry that was deleted in Exact: the invoice is booked again.
    `decided` is when it was last decided about; `is_skipped` says that it was left as it is.
    """

    kind: str
    subject: str
    code: str
    entity: str = ""
    parked: ParkedChange | None = None
    key: str = ""
    gone: str = ""
    decided: str = ""
    is_skipped: bool = False

    @property
    def by_name_only(self) -> bool:
        """Say whether it is offered only when a person names it."""
        return bool(self.gone) or self.is_skipped

    def is_named(self, subject: str) -> bool:
        """Say whether this is a subject, or the last part of one."""
        return subject in {self.subject, self.subject.partition("/")[2]}

    def is_plainly_named(self, subject: str) -> bool:
        """Say the same of a subject in which a person wrote the number of an invoice as it is."""
        plain = plain_subject(self.subject)
        return subject in {plain, plain.partition("/")[2]}


class Retrier:
    """Finds what waits for a person, and offers it again."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._stores = stack.stores

    def found(self, connection: ConnectionId, subject: str = "") -> list[RetryCandidate]:
        """Return what can be offered again, all of it or what a subject names.

        Raises:
            NotFound: the subject names nothing that waits.
        """
        waiting = [*self._records(connection), *self._invoices(connection)]
        everything = [*waiting, *self._strays(connection)]
        if not subject:
            return [one for one in everything if not one.by_name_only]
        opened = {one.subject for one in self._stores.problems.opened(connection)}
        wanted = [one for one in everything if one.is_named(subject)]
        if not wanted and subject not in opened:
            wanted = [one for one in everything if one.is_plainly_named(subject)]
        if not wanted and subject in opened | set(map(plain_subject, opened)):
            raise NotFound(f"{subject} cannot be offered: its document does not lie in the inbox")
        if not wanted:
            raise NotFound(
                f"{subject} does not wait: `koppeling problems {connection}` lists subjects"
            )
        return wanted

    def offer(
        self, connection: ConnectionId, wanted: list[RetryCandidate]
    ) -> Iterator[tuple[RetryCandidate, bool]]:
        """Offer things again, at most ten a second; yields each, and whether it still waited."""
        for one in paced(self._stack, wanted):
            now = self._stack.now()
            if one.parked is not None:
                due = self._stores.retries.make_due(connection, one.entity, one.parked, now)
                yield one, due
            else:
                message = InvoiceMessage(
                    one.key,
                    retry=True,
                    rebook_entry_id=one.gone,
                    decision=TAKE_UP,
                    decided_at=decision_time(now, one.decided),
                )
                self._stack.sales_entry_queue.send([(message.as_message(), 0)])
                if one.code == STRAY:
                    # From here on the delivery tells how it went
                    self._stores.problems.close(OPERATOR, one.subject)
                yield one, True

    def _strays(self, connection: ConnectionId) -> Iterator[RetryCandidate]:
        """Find documents that came before their connection existed."""
        for key in strays(self._stores.problems):
            if key.partition("/")[0] == connection and self._stack.inbox.holds(key):
                yield RetryCandidate(INVOICE, inbox_subject(key), STRAY, key=key)

    def _records(self, connection: ConnectionId) -> Iterator[RetryCandidate]:
        for entity in ENTITIES:
            for parked in self._stores.retries.all(connection, entity):
                subject = f"{entity}/{parked.exact_id}"
                yield RetryCandidate(RECORD, subject, parked.code or "", entity, parked)

    def _invoices(self, connection: ConnectionId) -> Iterator[RetryCandidate]:
        """Find invoices that were refused, or whose PDF or document has a problem.

        Problems name an invoice by its number, and a document or its delivery by its key.
        """
        present = {one.key for one in self._stack.inbox.list_objects(connection)}
        items = {item.number: item for item in self._stores.outbox.all(connection)}
        entries = {entry_subject(number): item for number, item in items.items()}
        gone = {number: item for number, item in items.items() if item.is_skipped_without_entry}
        codes = {
            number: item.code or ""
            for number, item in items.items()
            if item.state is State.REJECTED or (item.is_skipped and number not in gone)
        }
        keys: dict[tuple[str, str], str] = {}
        for problem in self._stores.problems.opened(connection):
            kind, _, name = problem.subject.partition("/")
            number = invoice_of(problem.subject)
            if problem.code == ENTRY_GONE and problem.subject in entries:
                gone[entries[problem.subject].number] = entries[problem.subject]
            elif number is not None:
                codes.setdefault(number, problem.code)
            elif kind in _DOCUMENTS and name in present:
                keys.setdefault((problem.subject, name), problem.code)
        for item in gone.values():
            if item.entry_id is not None and key_of(connection, item.number) in present:
                yield _rebooking(item)
        for number, code in sorted(codes.items()):
            if key_of(connection, number) in present:
                yield _retry(connection, number, code, items.get(number))
        for (subject, key), code in sorted(keys.items()):
            yield RetryCandidate(INVOICE, subject, code, key=key)


def _retry(
    connection: ConnectionId, number: str, code: str, item: OutboxItem | None
) -> RetryCandidate:
    return RetryCandidate(
        INVOICE,
        invoice_subject(number),
        code,
        key=key_of(connection, number),
        decided="" if item is None else item.decided,
        is_skipped=item is not None and item.is_skipped,
    )


def _rebooking(item: OutboxItem) -> RetryCandidate:
    """Return what books an invoice again whose entry was deleted in Exact (X172)."""
    return RetryCandidate(
        INVOICE,
        entry_subject(item.number),
        ENTRY_GONE,
        key=key_of(item.connection, item.number),
        gone=str(item.entry_id),
        decided=item.decided,
    )
