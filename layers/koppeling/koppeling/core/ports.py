"""Ports that more than one story or adapter needs: problems, links, memory, tokens."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem


class Problems(Protocol):
    """What a person must mend."""

    def open(self, problem: Problem) -> None:
        """Open a problem; the same subject and code again is the same problem."""

    def close(self, connection: ConnectionId, subject: str) -> None:
        """Close every problem of a subject."""

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open problems of a connection."""


class Connections(Protocol):
    """The connections that customers set up."""

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection, None when there is none of that id."""

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return what a tick has to know of each of them."""

    def all(self) -> Iterator[Connection]:
        """Return all of them."""


class Queue(Protocol):
    """A queue, as a story that puts messages on it sees it."""

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue bodies, each with its delay in seconds; returns how many."""


class OnLoginLost(Protocol):
    """Tells people that work waits for a login."""

    def __call__(self, connection: ConnectionId, code: str, /) -> object:
        """Tell it, once for each login; never raises."""


def no_notification(connection: ConnectionId, code: str, /) -> None:
    """Tell nobody: a preview waits for nothing."""
    del connection, code


class LookupCache(Protocol):
    """What was looked up before, in either system."""

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what was remembered."""

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Remember what a code stands for."""


class Bearer(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """Return a token that may be used now."""

    def renewed(self, refused: str) -> str:
        """Return another token after one was refused (X22)."""
