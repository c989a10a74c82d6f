"""The journal of a first load: what it overwrote and created, so that it can be undone.

A line is stored before its record is written, so a crash between the two loses no old value.

first load ──► every write
up to 90 days after it ──► what the load had parked, and records that are adopted only then
later, and all that ordinary ticks create or change ──► nothing
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import partial
from itertools import count
from typing import Any, Protocol

from koppeling.core.clock import Now
from koppeling.core.clock import today as day_of
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.cursor import PullState
from koppeling.pull.record import ParkedChange, Record

# So long a first load can be undone
KEPT_FOR = timedelta(days=90)

type Keep = Callable[[Mapping[str, tuple[Any, Any]]], None]
"""Takes the fields that are about to be overwritten, each with its old and its new value."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One write of a record: the fields it overwrote, or that it created the record.

    A record that it created has no key yet: the line is there first. When QicsMilestones `refused`
    it, nothing was created.
    """

    exact_id: ExactId
    key: MilestonesId | None = None
    code: str = ""
    created: bool = False
    refused: bool = False
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


class JournalStorage(Protocol):
    """Where the lines are kept, for 90 days."""

    def write(
        self, connection: ConnectionId, entity: str, line: JournalLine, at: datetime, number: int
    ) -> None:
        """Keep a line; `number` tells those of one moment apart, in their order."""

    def lines(self, connection: ConnectionId, entity: str) -> Iterator[JournalLine]:
        """Yield the lines of an entity: those of one record together, in their order."""

    def drop(self, connection: ConnectionId, entity: str) -> Iterator[int]:
        """Remove the lines of an entity; yields how many were, after each part of the work."""


class JournalScope(Enum):
    """Which writes the journal keeps."""

    ALL = "all"
    LEFTOVERS = "leftovers"
    NONE = "none"


def journal_scope(state: PullState, today: date) -> JournalScope:
    """Return what a run keeps: it follows from the day on which everything was loaded."""
    if state.caught_up_on is None:
        return JournalScope.ALL
    if state.loaded_on is None or today > state.loaded_on + KEPT_FOR:
        return JournalScope.NONE
    return JournalScope.LEFTOVERS


def may_be_undone(state: PullState, today: date) -> bool:
    """Say whether the journal holds all that was written; an earlier release kept none."""
    if state.caught_up_on is None:
        return state.is_journaled or not state.feeds
    return state.loaded_on is not None and today <= state.loaded_on + KEPT_FOR


@dataclass(frozen=True, slots=True)
class LoadJournal:
    """The journal as one run writes it; its workers share it."""

    journal: JournalStorage
    connection: ConnectionId
    entity: str
    scope: JournalScope
    now: Now
    loaded_on: date | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def creating(self, record: Record, code: str, held: ParkedChange | None = None) -> None:
        """Note that a record is about to be created; `held` is what was parked of it."""
        if self._is_of_the_load(held):
            self._write(JournalLine(record.exact_id, code=code, created=True))

    def refused(self, record: Record, held: ParkedChange | None = None) -> None:
        """Note that a record was not created after all."""
        if self._is_of_the_load(held):
            self._write(JournalLine(record.exact_id, refused=True))

    def keeper(
        self, record: Record, key: MilestonesId, held: ParkedChange | None = None
    ) -> Keep | None:
        """Return what notes the old values of a record; None when they are not kept."""
        is_adopted = self.scope is JournalScope.LEFTOVERS and record.milestones_id is None
        if not is_adopted and not self._is_of_the_load(held):
            return None
        return partial(self._overwriting, record.exact_id, key)

    def _is_of_the_load(self, held: ParkedChange | None) -> bool:
        if self.scope is not JournalScope.LEFTOVERS:
            return self.scope is JournalScope.ALL
        if held is None or self.loaded_on is None:
            return False
        return day_of(held.parked_at) <= self.loaded_on

    def _overwriting(
        self,
        exact_id: ExactId,
        key: MilestonesId,
        differing: Mapping[str, tuple[Any, Any]],
    ) -> None:
        old = {name: before for name, (before, _) in differing.items()}
        new = {name: after for name, (_, after) in differing.items()}
        self._write(JournalLine(exact_id, key, old=old, new=new))

    def _write(self, line: JournalLine) -> None:
        number = next(self._numbers)
        self.journal.write(self.connection, self.entity, line, self.now(), number)


@dataclass(slots=True)
class Written:
    """All that the link did to one record, from its lines."""

    exact_id: ExactId
    key: MilestonesId | None = None
    code: str = ""
    created: bool = False
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, line: JournalLine) -> None:
        """Add a later line: the oldest value counts, and every value that was written."""
        self.key = line.key or self.key
        self.code = self.code or line.code
        self.created = (self.created or line.created) and not line.refused
        for name, before in line.old.items():
            self.old.setdefault(name, before)
        for name, after in line.new.items():
            self.new.setdefault(name, []).append(after)


def by_record(lines: Iterable[JournalLine]) -> Iterator[Written]:
    """Yield what was done to each record, from lines in the order of the journal."""
    written: Written | None = None
    for line in lines:
        if written is None or written.exact_id != line.exact_id:
            if written is not None:
                yield written
            written = Written(line.exact_id)
        written.add(line)
    if written is not None:
        yield written
