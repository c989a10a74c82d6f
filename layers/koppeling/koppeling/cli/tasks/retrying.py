"""Offering again: parked records become due at once, refused invoices are looked at once more.

Nothing is written past the link itself: the next pull takes the records, the queue the invoices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.deciding import moment
from koppeling.cli.tasks.invoices import key_of, paced
from koppeling.cli.tasks.ports import Outbox, Problems, Queue, Retries, Shelf
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.record import ParkedChange
from koppeling.push.decisions import TAKE_UP
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.reconciliation import GONE

RECORD, INVOICE = "record", "invoice"


@dataclass(frozen=True, slots=True)
class RetryCandidate:
    """One thing that can be offered again: a record by its parked change, an invoice by its key.

    `gone` is the id of an entry that was deleted in Exact: then the invoice is booked anew.
    `decided` is the last decision about it, which this one follows; `is_skipped`: that was to
    leave it.
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
        """Say whether it is never among everything that waits."""
        return bool(self.gone) or self.is_skipped

    def is_named(self, subject: str) -> bool:
        """Say whether a person means this by a subject, or by the last part of one."""
        return subject in {self.subject, self.subject.partition("/")[2]}


class Retrier:
    """Finds what waits for a person, and offers it again."""

    def __init__(  # noqa: PLR0913 - each is a place in which something waits
        self,
        *,
        retries: Retries,
        problems: Problems,
        outbox: Outbox,
        shelf: Shelf,
        queue: Queue,
        now: Now,
        pause: Callable[[float], None],
    ) -> None:
        self._retries = retries
        self._problems = problems
        self._outbox = outbox
        self._shelf = shelf
        self._queue = queue
        self._now = now
        self._pause = pause

    def found(self, connection: ConnectionId, subject: str = "") -> list[RetryCandidate]:
        """Return what can be offered again, all of it or what a subject names.

        Raises:
            NotFound: the subject names nothing that waits.
        """
        everything = [*self._records(connection), *self._invoices(connection)]
        if not subject:
            return [one for one in everything if not one.by_name_only]
        wanted = [one for one in everything if one.is_named(subject)]
        if not wanted and subject in {one.subject for one in self._problems.opened(connection)}:
            raise NotFound(f"{subject} cannot be offered: its document does not lie in the inbox")
        if not wanted:
            raise NotFound(
                f"{subject} does not wait: `koppeling problems {connection}` lists subjects"
            )
        return wanted

    def offer(
        self, connection: ConnectionId, wanted: list[RetryCandidate]
    ) -> Iterator[tuple[RetryCandidate, bool]]:
        """Offer things again, at most ten a second; tells of each whether that was needed still."""
        for one in paced(wanted, self._pause):
            if one.parked is not None:
                due = self._retries.make_due(connection, one.entity, one.parked, self._now())
                yield one, due
            else:
                offer = InvoiceMessage(
                    one.key,
                    retry=True,
                    rebook_entry_id=one.gone,
                    decision=TAKE_UP,
                    decided_at=moment(self._now(), one.decided),
                )
                self._queue.send([(offer.as_message(), 0)])
                yield one, True

    def _records(self, connection: ConnectionId) -> Iterator[RetryCandidate]:
        for entity in ENTITIES:
            for parked in self._retries.all(connection, entity):
                subject = f"{entity}/{parked.exact_id}"
                yield RetryCandidate(RECORD, subject, parked.code or "", entity, parked)

    def _invoices(self, connection: ConnectionId) -> Iterator[RetryCandidate]:
        """Find invoices that were refused, or whose PDF or file has a problem.

        An invoice lies under its number; a document that could not be read under its own key.
        """
        lying = {one.key for one in self._shelf.lying(connection)}
        items = {item.number: item for item in self._outbox.all(connection)}
        entries = {entry_subject(number): item for number, item in items.items()}
        gone = {number: item for number, item in items.items() if item.is_skipped_without_entry}
        codes = {
            number: item.code or ""
            for number, item in items.items()
            if item.state is State.REJECTED or (item.is_skipped and number not in gone)
        }
        keys: dict[str, str] = {}
        for problem in self._problems.opened(connection):
            kind, _, name = problem.subject.partition("/")
            if problem.code == GONE and problem.subject in entries:
                gone[entries[problem.subject].number] = entries[problem.subject]
            elif kind == "invoice":
                codes.setdefault(name, problem.code)
            elif kind == "inbox" and name in lying:
                keys.setdefault(name, problem.code)
        for item in gone.values():
            if item.entry_id is not None and key_of(connection, item.number) in lying:
                yield _anew(item)
        for number, code in sorted(codes.items()):
            if key_of(connection, number) in lying:
                yield _as_it_is(connection, number, code, items.get(number))
        for key, code in sorted(keys.items()):
            yield RetryCandidate(INVOICE, f"inbox/{key}", code, key=key)


def _as_it_is(
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


def _anew(item: OutboxItem) -> RetryCandidate:
    """Offer an invoice whose entry was deleted in Exact: it is booked anew (X172)."""
    return RetryCandidate(
        INVOICE,
        entry_subject(item.number),
        GONE,
        key=key_of(item.connection, item.number),
        gone=str(item.entry_id),
        decided=item.decided,
    )
