"""What a pull needs of the world: Exact, QicsMilestones, and our own tables."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import ConnectionId, Division, ExactId, MilestonesId, SyncTimestamp
from koppeling.core.ports import Problems
from koppeling.pull.cursor import START, PullState
from koppeling.pull.journal import Keep
from koppeling.pull.record import ParkedChange, Record


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed, and the link to the next one; the last page has none (X48)."""

    rows: list[dict[str, Any]]
    next_link: str | None = None


class Source(Protocol):
    """Exact, as a pull reads it."""

    def pages(
        self, endpoint: str, select: Iterable[str], after: SyncTimestamp, resume: str | None
    ) -> Iterator[Page]:
        """Yield the pages of a feed, from a resume link or from a Timestamp."""

    def whole(self, endpoint: str, select: Iterable[str]) -> Iterator[Page]:
        """Yield the pages of a whole list."""


class RecordFinder(Protocol):
    """QicsMilestones, as far as it finds records."""

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with exactly this code."""

    def shows_records(self, entity: str) -> bool:
        """Say whether any record of an entity is visible (M13)."""

    def shows_company(self) -> bool:
        """Say whether the company of the connection is visible (M13)."""


class RecordComparer(RecordFinder, Protocol):
    """QicsMilestones, as far as a preview reads it."""

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ, each with its present and its wanted value.

        Raises:
            Gone: there is no record with this key.
        """


class RecordWriter(RecordComparer, Protocol):
    """QicsMilestones, as a pull writes to it."""

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,
    ) -> Mapping[str, tuple[Any, Any]]:
        """Lay fields over a record; returns those overwritten, each with its old and new value.

        `keep` takes them directly before they are overwritten.

        Raises:
            Gone: there is no record with this key.
        """

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record and return its key.

        Raises:
            Uncertain: no usable answer came; match again before anything else (M26).
        """


class KnownDivisions(Protocol):
    """What all pulls know of administrations."""

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        """Return what was last seen."""

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""


class LinkedRecords(Protocol):
    """The records that the pulls stored, each with its link."""

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the record with this code."""


class KnownRecords(LinkedRecords, Protocol):
    """The same records, found by ID as well."""

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        """Return those that are known."""


class LinkIndex(Protocol):
    """Which record of Exact each record of QicsMilestones is linked with, by its key there."""

    def take(
        self,
        connection: ConnectionId,
        entity: str,
        key: MilestonesId,
        exact_id: ExactId,
        *,
        instead_of: ExactId | None = None,
    ) -> bool:
        """Link if nobody has the record, or only `instead_of`; returns whether it is ours now."""

    def owner(self, connection: ConnectionId, entity: str, key: MilestonesId) -> ExactId | None:
        """Return the record of Exact that has a link."""

    def any(self, connection: ConnectionId, entity: str) -> bool:
        """Say whether there is any link."""

    def note(
        self, connection: ConnectionId, entity: str, links: Mapping[MilestonesId, ExactId]
    ) -> None:
        """Write links that exist already."""

    def is_complete(self, connection: ConnectionId, entity: str) -> bool:
        """Say whether every link is noted: releases before this one kept it in the record only."""

    def mark_complete(self, connection: ConnectionId, entity: str) -> None:
        """Note that every link is noted."""


@dataclass(frozen=True, slots=True)
class DeletionLog:
    """How far the feed of deletions was read, on which day, and where the division was then.

    A deletion may be committed late, below the `cursor` (X94). So each read begins at `begins_at`,
    the cursor at the end of the day before `read_on`; an earlier release did not keep it.
    """

    cursor: SyncTimestamp = START
    read_on: date | None = None
    moved_at: str | None = None
    begins_at: SyncTimestamp | None = None

    def begin(self, moved_at: str | None) -> SyncTimestamp:
        """Return from where to read on; after a move the Timestamps mean nothing any more (X97)."""
        if self.moved_at != moved_at:
            return START
        return self.cursor if self.begins_at is None else self.begins_at

    def after_read(self, highest: int, today: date, moved_at: str | None) -> "DeletionLog":
        """Return how far the feed is read after a complete read."""
        is_moved = self.moved_at != moved_at
        before = START if is_moved else self.cursor
        begin = self.begin(moved_at) if self.read_on == today else before
        return DeletionLog(SyncTimestamp(max(before, highest)), today, moved_at, begin)


class DeletionNotes(Protocol):
    """Deletions that were read in Exact, for the pulls of their entities."""

    def log(self, connection: ConnectionId) -> DeletionLog:
        """Return how far the feed was read."""

    def save(self, connection: ConnectionId, log: DeletionLog) -> None:
        """Keep how far the feed was read."""

    def note(self, connection: ConnectionId, deleted: Iterable[tuple[str, ExactId]]) -> None:
        """Keep deleted records, each with its entity."""

    def noted(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        """Return the deleted records of an entity that are not marked yet."""

    def forget(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget records that are marked."""


class RowHolders(Protocol):
    """Which records hold a row that belongs to a record, such as a contact of an account."""

    def get_many(
        self, connection: ConnectionId, entity: str, feed: str, rows: Iterable[str]
    ) -> Mapping[str, tuple[ExactId, ...]]:
        """Return every record that may hold a row, by the ID of the row."""

    def note(
        self,
        connection: ConnectionId,
        entity: str,
        feed: str,
        holders: Mapping[str, tuple[ExactId, ...]],
    ) -> None:
        """Keep who holds rows; one that nobody holds is forgotten."""


class PullStates(Protocol):
    """Where pulls stand, and the lease of the run at work."""

    def read(self, connection: ConnectionId, entity: str, now: datetime) -> PullState | None:
        """Return where the pull stands, without a lease; None while a run holds it."""

    def acquire(
        self,
        connection: ConnectionId,
        entity: str,
        now: datetime,
        lease: timedelta,
        *,
        seen: PullState | None = None,
    ) -> PullState | None:
        """Take the lease; None while another run holds it, or if one took it since `seen`."""

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands, without a lease."""

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands, and give the lease back.

        Raises:
            Retry: another run has the lease.
        """

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands.

        Raises:
            Retry: another run has the lease.
        """


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
        """Note the day on which each has to be mapped again."""

    def reviews_due(self, connection: ConnectionId, entity: str, today: date) -> list[ExactId]:
        """Return those whose day has come."""

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
    """Our own tables, as far as a run reads and writes them."""

    states: PullStates
    records: Records
    retries: Retries
    problems: Problems
    links: LinkIndex
    deletions: DeletionNotes
    holders: RowHolders
