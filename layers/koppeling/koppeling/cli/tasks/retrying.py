"""Offering again: parked records become due at once, refused invoices are looked at once more.

Nothing is written past the link itself: the next pull takes the records, the queue the invoices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.invoices import key_of
from koppeling.cli.tasks.pace import paced
from koppeling.cli.tasks.ports import Outbox, Problems, Queue, Retries, Shelf
from koppeling.clock import Now
from koppeling.domain.entities import ENTITIES
from koppeling.domain.names import ConnectionId
from koppeling.domain.outbox import OutboxItem, State
from koppeling.domain.problems import Problem, invoice_subject
from koppeling.domain.retries import Parked
from koppeling.events import Offer

RECORD, INVOICE = "record", "invoice"


@dataclass(frozen=True, slots=True)
class Again:
    """One thing that can be offered again: a record by its parked change, an invoice by its key.

    `gone` is the id of an entry that was deleted in Exact: then the invoice is booked anew. That,
    and what a person chose to skip, is `by_name_only`: never among everything that waits.
    """

    kind: str
    subject: str
    code: str
    entity: str = ""
    parked: Parked | None = None
    key: str = ""
    gone: str = ""
    by_name_only: bool = False

    def is_named(self, subject: str) -> bool:
        """Say whether a person means this by a subject, or by the last part of one."""
        return subject in {self.subject, self.subject.partition("/")[2]}


class Retrying:
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

    def found(self, connection: ConnectionId, subject: str = "") -> list[Again]:
        """Return what can be offered again, all of it or what a subject names.

        Raises:
            NotFound: the subject names nothing that waits.
        """
        everything = [*self._records(connection), *self._invoices(connection)]
        if not subject:
            return [one for one in everything if not one.by_name_only]
        wanted = [one for one in everything if one.is_named(subject)]
        if not wanted:
            raise NotFound(
                f"{subject} does not wait: `koppeling problems {connection}` lists subjects"
            )
        return wanted

    def offer(self, connection: ConnectionId, wanted: list[Again]) -> Iterator[tuple[Again, bool]]:
        """Offer things again, at most ten a second; tells of each whether that was needed still."""
        for one in paced(wanted, self._pause):
            if one.parked is not None:
                due = self._retries.make_due(connection, one.entity, one.parked, self._now())
                yield one, due
            else:
                offer = Offer(one.key, again=True, gone=one.gone)
                self._queue.send([(offer.as_message(), 0)])
                yield one, True

    def _records(self, connection: ConnectionId) -> Iterator[Again]:
        for entity in ENTITIES:
            for parked in self._retries.all(connection, entity):
                subject = f"{entity}/{parked.exact_id}"
                yield Again(RECORD, subject, parked.code or "", entity, parked)

    def _invoices(self, connection: ConnectionId) -> Iterator[Again]:
        """Find invoices that were refused, or whose PDF or file has a problem.

        An invoice lies under its number; a document that could not be read under its own key.
        """
        lying = {one.key for one in self._shelf.lying(connection)}
        items = {item.number: item for item in self._outbox.all(connection)}
        refused = {number: item for number, item in items.items() if item.state is State.REJECTED}
        codes = {number: item.code or "" for number, item in refused.items()}
        skipped = {number for number, item in items.items() if item.is_skipped}
        keys: dict[str, str] = {}
        for problem in self._problems.opened(connection):
            kind, _, name = problem.subject.partition("/")
            number, _, entry = name.partition("/")
            if kind == "invoice" and not entry:
                codes.setdefault(name, problem.code)
            elif kind == "invoice" and number in items:
                yield from self._gone(problem, items[number], lying)
            elif kind == "inbox" and name in lying:
                keys.setdefault(name, problem.code)
        for number, code in sorted(codes.items()):
            key = key_of(connection, number)
            if key in lying:
                subject, named = invoice_subject(number), number in skipped
                yield Again(INVOICE, subject, code, key=key, by_name_only=named)
        for key, code in sorted(keys.items()):
            yield Again(INVOICE, f"inbox/{key}", code, key=key)

    def _gone(self, problem: Problem, item: OutboxItem, lying: set[str]) -> Iterator[Again]:
        """Offer an invoice whose entry was deleted in Exact: it is booked anew (X172)."""
        key = key_of(item.connection, item.number)
        if item.entry_id is not None and key in lying:
            yield Again(
                INVOICE,
                problem.subject,
                problem.code,
                key=key,
                gone=item.entry_id,
                by_name_only=True,
            )
