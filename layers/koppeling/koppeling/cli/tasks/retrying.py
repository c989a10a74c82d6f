"""Offering again: parked records become due at once, refused invoices are looked at once more.

Nothing is written past the link itself: the next pull takes the records, the queue the invoices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.pace import paced
from koppeling.cli.tasks.ports import Outbox, Problems, Queue, Retries, Shelf
from koppeling.clock import Now
from koppeling.domain.entities import ENTITIES
from koppeling.domain.names import ConnectionId
from koppeling.domain.outbox import State
from koppeling.domain.retries import Parked
from koppeling.events import Offer

RECORD, INVOICE = "record", "invoice"


@dataclass(frozen=True, slots=True)
class Again:
    """One thing that can be offered again: a record by its parked change, an invoice by its key."""

    kind: str
    subject: str
    code: str
    entity: str = ""
    parked: Parked | None = None
    key: str = ""

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
            return everything
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
                self._queue.send([(Offer(one.key, again=True).as_message(), 0)])
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
        codes = {
            item.number: item.code or ""
            for item in self._outbox.all(connection)
            if item.state is State.REJECTED
        }
        keys: dict[str, str] = {}
        for problem in self._problems.opened(connection):
            kind, _, name = problem.subject.partition("/")
            if kind == "invoice":
                codes.setdefault(name, problem.code)
            elif kind == "inbox" and name in lying:
                keys.setdefault(name, problem.code)
        for number, code in sorted(codes.items()):
            key = f"{connection}/{number}.json"
            if key in lying:
                yield Again(INVOICE, f"invoice/{number}", code, key=key)
        for key, code in sorted(keys.items()):
            yield Again(INVOICE, f"inbox/{key}", code, key=key)
