"""Fakes of the ports that more than one story has."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from koppeling.auth.token_keys import keys_of
from koppeling.auth.token_pair import TokenKey
from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import WhichProblems, every_problem
from koppeling.core.problems import Problem


class FakeConnections:
    """Connections by id."""

    def __init__(self, *connections: Connection) -> None:
        self.known = {each.id: each for each in connections}

    def add(self, connection: Connection) -> None:
        """Keep a connection."""
        self.known[connection.id] = connection

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection."""
        return self.known.get(connection)

    def several(self, ids: Iterable[ConnectionId]) -> Iterator[Connection]:
        """Return those that there are."""
        return (self.known[each] for each in ids if each in self.known)

    def all(self) -> Iterator[Connection]:
        """Return all of them."""
        return iter(list(self.known.values()))

    def using(self, key: TokenKey) -> list[Connection]:
        """Return those that use a token chain."""
        return [each for each in self.all() if key in keys_of(each)]

    def complete_index(self) -> int:
        """Note nothing: it reads all of them."""
        return 0

    def summary(self, connection: ConnectionId) -> ConnectionSummary | None:
        """Return what a tick has to know of one."""
        return next((each for each in self.listed() if each.id == connection), None)

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return what a tick has to know of each."""
        for each in self.known.values():
            yield ConnectionSummary(each.id, each.paused, each.entities)


@dataclass(slots=True)
class FakeProblems:
    """What is open, by subject and code; `happened` is called after each effect."""

    happened: Callable[[], None] = lambda: None
    open_ones: dict[tuple[str, str], Problem] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def open(self, problem: Problem) -> None:
        """Open a problem."""
        self.open_ones[problem.subject, problem.code] = problem
        self.happened()

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close those of a subject, all or some; one that opens again meanwhile stays open."""
        self.closed.append(subject)
        for key, problem in list(self.open_ones.items()):
            is_meant = problem.connection == connection and key[0] == subject and which(problem)
            if is_meant and self.open_ones.get(key) is problem:
                del self.open_ones[key]
        self.happened()

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open ones of a connection."""
        return iter([each for each in self.open_ones.values() if each.connection == connection])

    def codes(self) -> list[str]:
        """Return the codes that are open."""
        return sorted(code for _, code in self.open_ones)


@dataclass(slots=True)
class FakeQueue:
    """What was queued: each body with its delay in seconds."""

    sent: list[tuple[dict[str, str], int]] = field(default_factory=list)

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue bodies."""
        before = len(self.sent)
        self.sent.extend(messages)
        return len(self.sent) - before
