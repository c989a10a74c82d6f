"""Files that belong to no connection: seen by the operator, offered once they belong to one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import OPERATOR, Problem
from koppeling.push.strays import MOST, STRAY, Strays, stray_problem
from tests.unit.fakes import FakeConnections, FakeProblems, FakeQueue
from tests.unit.push.world import CONNECTION, connection

LOOSE, WRONG, PDF = "1.json", "nobody/2.json", "nobody/2.pdf"


@dataclass(slots=True)
class Bucket:
    """The keys of a bucket."""

    keys: set[str] = field(default_factory=set)

    def outside(self, folders: Collection[str]) -> Iterator[str]:
        """Return the keys outside these folders."""
        return iter([key for key in sorted(self.keys) if key.partition("/")[0] not in folders])

    def holds(self, key: str) -> bool:
        """Say whether a key is there."""
        return key in self.keys


class Inbox:
    """An inbox with everything around it."""

    def __init__(self, *keys: str) -> None:
        self.bucket = Bucket({f"{CONNECTION}/0.json", *keys})
        self.connections = FakeConnections(connection())
        self.problems, self.queue = FakeProblems(), FakeQueue()

    def look(self) -> dict[str, int]:
        """Look once."""
        strays = Strays(self.bucket, self.connections, self.problems, self.queue)
        return dict(strays.look().counts)

    def connect(self, name: str) -> None:
        """Set a connection up."""
        self.connections.add(replace(connection(), id=ConnectionId(name)))

    @property
    def open_subjects(self) -> list[str]:
        """What the operator sees."""
        return sorted(each.subject for each in self.problems.opened(OPERATOR))


def test_what_lies_outside_the_folders_of_connections_is_found_whatever_it_is() -> None:
    inbox = Inbox(LOOSE, WRONG, PDF)

    assert inbox.look() == {"found": 3, "offered": 0, "gone": 0}

    assert inbox.open_subjects == ["inbox/1.json", "inbox/nobody/2.json", "inbox/nobody/2.pdf"]
    assert inbox.queue.sent == []


def test_it_stays_a_problem_for_as_long_as_it_lies_there() -> None:
    inbox = Inbox(LOOSE)
    inbox.look()

    assert inbox.look() == {"found": 1, "offered": 0, "gone": 0}

    assert inbox.open_subjects == ["inbox/1.json"]


def test_once_the_connection_exists_its_documents_are_offered_and_nothing_stays_open() -> None:
    inbox = Inbox(WRONG, PDF)
    inbox.look()
    inbox.connect("nobody")

    assert inbox.look() == {"found": 0, "offered": 2, "gone": 0}

    assert inbox.queue.sent == [({"key": WRONG, "attempt": "0", "again": "yes"}, 0)]
    assert inbox.open_subjects == []
    inbox.look()
    assert len(inbox.queue.sent) == 1


def test_a_file_that_was_taken_away_is_a_problem_no_more() -> None:
    inbox = Inbox(LOOSE, WRONG)
    inbox.look()
    inbox.bucket.keys.remove(LOOSE)

    assert inbox.look() == {"found": 1, "offered": 0, "gone": 1}

    assert inbox.open_subjects == ["inbox/nobody/2.json"]


def test_what_was_not_listed_among_too_many_is_not_taken_for_gone() -> None:
    inbox = Inbox(*(f"nobody/{number:05}.json" for number in range(MOST)))
    last = "nobody/last.json"
    inbox.bucket.keys.add(last)
    inbox.problems.open(stray_problem(last))

    assert inbox.look() == {"found": MOST, "offered": 0, "gone": 0}

    assert f"inbox/{last}" in inbox.open_subjects


def test_other_problems_of_the_operator_are_left_alone() -> None:
    inbox = Inbox()
    inbox.problems.open(Problem(OPERATOR, "inbox/x.json", "message-unreadable"))

    assert inbox.look() == {"found": 0, "offered": 0, "gone": 0}

    assert inbox.open_subjects == ["inbox/x.json"]


def test_the_problem_says_where_the_file_lies() -> None:
    assert stray_problem(WRONG) == Problem(
        OPERATOR, f"inbox/{WRONG}", STRAY, {"key": "2.json", "folder": "nobody/"}
    )
