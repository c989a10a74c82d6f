"""Ports that more than one story or adapter needs."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Episode, Problem

type WhichProblems = Callable[[Problem], bool]
"""Says of a problem whether it is meant."""


def every_problem(_problem: Problem) -> bool:
    """Say yes."""
    return True


class Problems(Protocol):
    """The problems that people must mend."""

    def open(self, problem: Problem) -> None:
        """Open a problem; the same subject and code again is the same problem."""

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close the problems of a subject, all of them or some."""

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open problems of a connection."""


class ProblemHistory(Protocol):
    """When problems were open; what closed more than 90 days ago is gone."""

    def history(self, connection: ConnectionId, subject: str) -> list[Episode]:
        """Return each time that a problem of a subject was open, the oldest first."""


class Connections(Protocol):
    """The connections that customers set up."""

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection; None when there is none with this id."""

    def several(self, ids: Iterable[ConnectionId]) -> Iterator[Connection]:
        """Return those of these connections that there are, in this order, with few reads."""

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return a summary of each connection, with what a tick needs."""

    def all(self) -> Iterator[Connection]:
        """Return all connections."""


class Queue(Protocol):
    """A queue, for a story that sends messages to it."""

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Send bodies, each with its delay in seconds; returns how many."""


class OnLoginLost(Protocol):
    """Notifies people that work waits for a login."""

    def __call__(self, connection: ConnectionId, code: str, /) -> object:
        """Notify them once for each lost login; never raises."""


def no_notification(connection: ConnectionId, code: str, /) -> None:
    """Notify nobody: a preview leaves no work waiting."""
    del connection, code


class LookupCache(Protocol):
    """The cache of look-ups in both systems."""

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what a code stands for; None when it is not cached."""

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Cache what a code stands for."""

    def forget(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Cache it no longer."""


class Bearer(Protocol):
    """A source of access tokens."""

    def token(self) -> str:
        """Return a valid access token."""

    def renewed(self, refused: str) -> str:
        """Return another token after this one was refused (X22)."""


class Allowances(Protocol):
    """How often something may be done within a time, counted exactly."""

    def take(self, what: str, limit: int, within: timedelta, now: datetime) -> bool:
        """Take one; False when as many as the limit were taken within the time before now."""
