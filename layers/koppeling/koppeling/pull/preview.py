"""A preview: the same run, on stores that only read and a QicsMilestones that only compares.

What it would do is collected; nothing is written, no cursor moves, no problem opens.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.core.ports import LookupCache
from koppeling.core.problems import Problem
from koppeling.pull.cursor import PullState
from koppeling.pull.ports import PullStates, PullStores, Records, Retries
from koppeling.pull.record import ParkedChange, Record

# What Lambda may answer is bounded; the counts still tell of everything
LONGEST = 500


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What would happen to one record: `fields` holds the old and the new value of each."""

    result: str
    code: str
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    problem: str = ""


@dataclass(slots=True)
class PreviewPlan:
    """All that would happen, up to what an answer can hold; of the rest only how many."""

    changes: list[PlannedChange] = field(default_factory=list)
    left_out: int = 0

    def add(self, planned: PlannedChange) -> None:
        """Note one record."""
        if len(self.changes) < LONGEST:
            self.changes.append(planned)
        else:
            self.left_out += 1


class RecordComparer(Protocol):
    """QicsMilestones, as far as it is read."""

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with this code."""
        ...

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ, each with its present and its wanted value."""
        ...


class PreviewMilestones:
    """Answers as QicsMilestones would, and writes nothing."""

    def __init__(self, milestones: RecordComparer, plan: PreviewPlan, key: str) -> None:
        self._milestones = milestones
        self._plan = plan
        self._key = key

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with this code."""
        return self._milestones.find(entity, code)

    def replace(self, entity: str, key: MilestonesId, values: Mapping[str, Any]) -> bool:
        """Note what would change; returns whether anything would."""
        differing = self._milestones.compare(entity, key, values)
        if differing:
            self._plan.add(PlannedChange("changed", str(values.get(self._key, key)), differing))
        return bool(differing)

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Note what would be created; the key that comes back is none."""
        del entity
        code = str(values.get(self._key, ""))
        self._plan.add(
            PlannedChange("created", code, {name: (None, v) for name, v in values.items()})
        )
        return MilestonesId(f"preview-{code}")


@dataclass(slots=True)
class PreviewStates:
    """Where pulls stand, untouched."""

    states: PullStates

    def acquire(
        self, connection: ConnectionId, entity: str, now: datetime, lease: timedelta
    ) -> PullState | None:
        """Return where the pull stands; a preview needs no lease, since it writes nothing."""
        del now, lease
        return self.states.peek(connection, entity)

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands."""
        return self.states.peek(connection, entity)

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Move nothing."""

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Move nothing."""


@dataclass(slots=True)
class PreviewRecords:
    """The records as they are, and above them what this preview made of them."""

    records: Records
    _made: dict[ExactId, Record] = field(default_factory=dict)

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        """Return those that are known, or were made in this preview."""
        wanted = list(ids)
        stored = [exact_id for exact_id in wanted if exact_id not in self._made]
        made = {exact_id: self._made[exact_id] for exact_id in wanted if exact_id in self._made}
        return self.records.get_many(connection, entity, stored) | made

    def ids(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        """Return the IDs of all that are known."""
        return self.records.ids(connection, entity)

    def save_many(self, connection: ConnectionId, entity: str, records: Iterable[Record]) -> None:
        """Keep records for the rest of this preview only."""
        del connection, entity
        self._made.update({record.exact_id: record for record in records})

    def plan_reviews(
        self, connection: ConnectionId, entity: str, days: Mapping[ExactId, date]
    ) -> None:
        """Plan nothing."""

    def reviews_due(self, connection: ConnectionId, entity: str, today: date) -> list[ExactId]:
        """Return those that have to be judged again today."""
        return self.records.reviews_due(connection, entity, today)

    def reviewed(self, connection: ConnectionId, entity: str, today: date) -> None:
        """Forget nothing."""


@dataclass(slots=True)
class PreviewRetries:
    """The retry set, untouched."""

    retries: Retries

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""
        return self.retries.all(connection, entity)

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep nothing."""

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget nothing."""


@dataclass(slots=True)
class PreviewProblems:
    """Notes what would be a problem."""

    plan: PreviewPlan

    def open(self, problem: Problem) -> None:
        """Note a problem that would open."""
        code = problem.values.get("code") or problem.values.get("debtor") or problem.subject
        self.plan.add(PlannedChange("problem", code, problem=problem.code))

    def close(self, connection: ConnectionId, subject: str) -> None:
        """Close nothing."""

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return none: nothing was opened."""
        del connection
        return iter(())


@dataclass(slots=True)
class PreviewLookupCache:
    """What was looked up before, and nothing more."""

    memory: LookupCache

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what was remembered."""
        return self.memory.get(connection, system, kind, code)

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Remember nothing."""


def preview_stores(stores: PullStores, plan: PreviewPlan) -> PullStores:
    """Return stores that read what is there and write nothing."""
    return PullStores(
        PreviewStates(stores.states),
        PreviewRecords(stores.records),
        PreviewRetries(stores.retries),
        PreviewProblems(plan),
    )
