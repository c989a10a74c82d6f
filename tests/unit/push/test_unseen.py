"""Documents that never became an invoice: offered again, and told to the operator."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import OPERATOR, Problem
from koppeling.push.unseen import UNSEEN, Unseen
from tests.unit.fakes import FakeConnections, FakeProblems, FakeQueue
from tests.unit.push.fakes import Effects, FakeOutbox
from tests.unit.push.items import outbox_item
from tests.unit.push.world import connection

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


class Put(NamedTuple):
    """A file in the bucket."""

    key: str
    modified: datetime


@dataclass(slots=True)
class Bucket:
    """The files of a bucket."""

    files: list[Put] = field(default_factory=list)

    def put(self, key: str, hours: float) -> None:
        """Put a file, some hours ago."""
        self.files.append(Put(key, NOW - timedelta(hours=hours)))

    def list_objects(self, connection: ConnectionId) -> Iterator[Put]:
        """Return those in a folder."""
        return iter([each for each in self.files if each.key.startswith(f"{connection}/")])

    def holds(self, key: str) -> bool:
        """Say whether a file is there."""
        return any(each.key == key for each in self.files)


class Comparison:
    """Inbox and outbox of one connection, with everything around them."""

    def __init__(self) -> None:
        self.bucket, self.outbox = Bucket(), FakeOutbox(Effects())
        self.connections = FakeConnections(replace(connection(), id=ACME))
        self.problems, self.queue = FakeProblems(), FakeQueue()

    @property
    def unseen(self) -> Unseen:
        """The use case."""
        known = (self.outbox, self.connections, self.problems)
        return Unseen(self.bucket, *known, self.queue, lambda: NOW)

    def book(self, number: str, key: str = "") -> None:
        """Keep an invoice."""
        item = replace(outbox_item(), connection=ACME, number=number, document_key=key)
        self.outbox.items[ACME, number] = item

    def found(self) -> int:
        """Look once."""
        return self.unseen.look(ACME).counts["found"]


def test_a_document_whose_notification_got_lost_is_offered_again_and_told() -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.json", 12)

    assert comparison.found() == 1

    (problem,) = comparison.problems.opened(OPERATOR)
    assert (problem.subject, problem.code) == ("inbox/acme/1.json", UNSEEN)
    assert problem.values == {"key": "1.json", "connection": "acme"}
    ((message, _),) = comparison.queue.sent
    assert (message["key"], message["again"]) == ("acme/1.json", "yes")


@pytest.mark.parametrize(
    ("key", "hours"), [("acme/1.json", 3), ("acme/1.json", 100), ("acme/1.pdf", 12)]
)
def test_what_just_came_is_long_known_or_is_no_document_is_left_alone(
    key: str, hours: float
) -> None:
    comparison = Comparison()
    comparison.bucket.put(key, hours)

    assert comparison.found() == 0


@pytest.mark.parametrize(("number", "key"), [("1", ""), ("2026/1", "acme/1.json")])
def test_a_document_that_became_an_invoice_is_known_whatever_its_name(
    number: str, key: str
) -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.json", 12)
    comparison.book(number, key)

    assert comparison.found() == 0


@pytest.mark.parametrize("subject", ["inbox/acme/1.json", "push/acme/1.json", "push/connection"])
def test_a_document_with_a_problem_is_known_to_a_person(subject: str) -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.json", 12)
    comparison.problems.open(Problem(ACME, subject, "invoice-not-valid"))

    assert comparison.found() == 0


def test_the_documents_of_a_paused_connection_wait() -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.json", 12)
    comparison.connections.add(replace(connection(), id=ACME, paused=True))

    assert comparison.found() == 0


def test_the_problem_closes_once_the_document_is_an_invoice_or_is_gone() -> None:
    comparison = Comparison()
    for number in ("1", "2", "3"):
        comparison.bucket.put(f"acme/{number}.json", 12)
    comparison.found()
    comparison.book("1")
    comparison.bucket.files = [each for each in comparison.bucket.files if "2" not in each.key]

    assert comparison.unseen.close_seen().counts == {"taken_up": 2}

    assert [each.subject for each in comparison.problems.opened(OPERATOR)] == ["inbox/acme/3.json"]
