"""What waits of one connection, and what the buttons of its pages do with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.problems import Problem, invoice_subject
from koppeling.portal.actions.deciding import Decide
from koppeling.portal.actions.offering import OfferAgain
from koppeling.portal.actions.pulling import PullNow
from koppeling.pull.by_hand import HandPulls
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.offering import RecordOffers
from koppeling.pull.record import ParkedChange
from koppeling.push.deciding import DecisionSender
from koppeling.push.invoice import key_of
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import State
from koppeling.push.seen import seen_mark
from tests.unit.fakes import FakeProblems, FakeQueue
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.showing import NOW, connection
from tests.unit.push.fakes import Effects, FakeOutbox
from tests.unit.push.items import outbox_item
from tests.unit.push.telling_fakes import FakeFolder

OWN = connection().id


@dataclass(slots=True)
class Watch:
    """A clock that goes on by itself at each look."""

    at: datetime = NOW
    step: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the moment."""
        self.at += self.step
        return self.at


@dataclass(slots=True)
class CountedProblems(FakeProblems):
    """Open problems, and how often they were read."""

    reads: int = 0

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open ones."""
        self.reads += 1
        return FakeProblems.opened(self, connection)


@dataclass(slots=True)
class FakeParked:
    """Records that wait, by entity and record."""

    parked: dict[tuple[str, ExactId], ParkedChange] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""
        _check(connection)
        return [each for (held, _), each in self.parked.items() if held == entity]

    def get(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> ParkedChange | None:
        """Return what is parked of one record."""
        _check(connection)
        return self.parked.get((entity, exact_id))

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let the next run try it."""
        del now
        _check(connection)
        self.due.append(f"{entity}/{parked.exact_id}")
        return (entity, parked.exact_id) in self.parked


@dataclass(slots=True)
class Pressed:
    """Buttons that were pressed."""

    seen: set[str] = field(default_factory=set)

    def is_first(self, connection: ConnectionId, what: str, within: timedelta) -> bool:
        """Say whether it is the first press."""
        del within
        _check(connection)
        is_new = what not in self.seen
        self.seen.add(what)
        return is_new


def _check(connection: ConnectionId) -> None:
    """Refuse to look into what is another's."""
    if connection != OWN:
        raise LookupError(connection)


class Desk:
    """One connection with what waits, and the buttons."""

    def __init__(self) -> None:
        self.problems, self.log, self.clock = CountedProblems(), FakeLog(), Watch()
        self.outbox, self.folder, self.queue = FakeOutbox(Effects()), FakeFolder(), FakeQueue()
        self.parked = FakeParked()
        self.pull_queues = {entity: FakeQueue() for entity in ENTITIES}
        pulls = HandPulls(self.pull_queues, Pressed(), lambda: NOW)
        ports = (self.outbox, self.problems, self.folder, self.queue, lambda: NOW)
        self.offer = OfferAgain(
            self.problems,
            InvoiceOffers(*ports),
            RecordOffers(self.parked, lambda: NOW),
            pulls,
            self.log,
            self.clock.now,
        )
        self.decide = Decide(DecisionSender(*ports))
        self.pull = PullNow(pulls, self.log, self.problems)

    def problem(self, subject: str, code: str, /, *, hours: float = 1, **values: str) -> Problem:
        """Open a problem, some hours ago."""
        return self._open(subject, code, values, hours)

    def _open(self, subject: str, code: str, values: dict[str, str], hours: float) -> Problem:
        since = NOW - timedelta(hours=hours)
        problem = Problem(OWN, subject, code, values, since)
        self.problems.open(problem)
        return problem

    def invoice(self, number: str, code: str = "debtor-not-found", **values: str) -> None:
        """Let an invoice wait."""
        item = replace(outbox_item(State.REJECTED), connection=OWN, number=number, code=code)
        self.folder.put(key := key_of(OWN, number))
        self.outbox.begin(replace(item, refused_copy=self.folder.version(key)))
        self._open(invoice_subject(number), code, {"invoice": number, **values}, 1)

    def mark(self, number: str) -> str:
        """Return the mark with which a page shows an invoice now."""
        item = self.outbox.get(OWN, number)
        return "" if item is None else seen_mark(item)

    def record(self, entity: str, exact_id: str, code: str = "milestones-rejected") -> None:
        """Let a record wait."""
        self.parked.parked[entity, ExactId(exact_id)] = ParkedChange(
            ExactId(exact_id), {}, is_complete=True, parked_at=NOW, not_before=NOW, code=code
        )
        self.problem(f"{entity}/{exact_id}", code, entity=entity, message="te lang")
