"""What a pull needs of the world: Exact, our own tables, the queue."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from koppeling.core.ids import ConnectionId, ExactId, SyncTimestamp
from koppeling.core.ports import Problems
from koppeling.pull.cursor import PullState
from koppeling.pull.record import ParkedChange, Record


class Page(Protocol):
    """One page of a feed."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, in the order they came."""

    @property
    def next_link(self) -> str | None:
        """The link to the next page; the last page has none."""


class Source(Protocol):
    """Exact, as a pull needs it."""

    def pages(
        self, endpoint: str, select: Iterable[str], after: SyncTimestamp, resume: str | None
    ) -> Iterator[Page]:
        """Yield the pages of a feed."""

    def whole(self, endpoint: str, select: Iterable[str]) -> Iterator[Page]:
        """Yield the pages of a whole list."""


class LinkedRecords(Protocol):
    """The records that the pulls stored, each with its link."""

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the record with this code."""


class PullStates(Protocol):
    """Where pulls stand, and the lease of the run at work."""

    def acquire(
        self, connection: ConnectionId, entity: str, now: datetime, lease: timedelta
    ) -> PullState | None:
        """Take the lease; None while another run holds it."""

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease."""

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where this one stands, and give the lease back."""

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where this one stands, if its lease still holds."""


class Records(Protocol):
    """The records of an entity."""

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        """Return those that are known."""

    def ids(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        """Return the IDs of all that are known."""

    def save_many(self, connection: ConnectionId, entity: str, records: Iterable[Record]) -> None:
        """Write records."""

    def plan_reviews(
        self, connection: ConnectionId, entity: str, days: Mapping[ExactId, date]
    ) -> None:
        """Note on which day each has to be judged again."""

    def reviews_due(self, connection: ConnectionId, entity: str, today: date) -> list[ExactId]:
        """Return those that have to be judged again today."""

    def reviewed(self, connection: ConnectionId, entity: str, today: date) -> None:
        """Forget the notes up to today."""


class Retries(Protocol):
    """The retry set."""

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep changes for later."""

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget changes."""


@dataclass(frozen=True, slots=True)
class PullStores:
    """What a run reads and writes of our own."""

    states: PullStates
    records: Records
    retries: Retries
    problems: Problems
