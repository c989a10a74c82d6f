"""The retry set of one connection and entity: changes that are kept for later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.outage import FAILS
from koppeling.pull.ports import Retries
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.record_problems import RecordProblems
from koppeling.pull.upsert import UpsertResult


@dataclass(slots=True)
class RetrySet:
    """What is parked by now, by record, and stored at every step.

    `newly` are those that were not parked before this run, or only because time ran out.
    """

    connection: ConnectionId
    entity: str
    retries: Retries
    problems: RecordProblems
    held: dict[ExactId, ParkedChange] = field(default_factory=dict)
    newly: set[ExactId] = field(default_factory=set)

    def read(self) -> list[ParkedChange]:
        """Read what earlier runs parked."""
        parked = self.retries.all(self.connection, self.entity)
        self.held = {change.exact_id: change for change in parked}
        return parked

    def due(self, arrived: frozenset[str], now: datetime | None) -> list[ExactId]:
        """Return the records to try again: what they wait for arrived, or their pause is over.

        Without a moment only what arrived counts.
        """
        return [
            exact_id
            for exact_id, held in self.held.items()
            if held.waits_for_any(arrived) or (now is not None and held.not_before <= now)
        ]

    def is_taken_back(self, record: Record) -> bool:
        """Say whether a change is parked of a record that needs no write any more."""
        held = self.held.get(record.exact_id)
        return held is not None and held.is_complete

    def park(self, results: Iterable[UpsertResult]) -> None:
        """Park what could not be written, then open its problem."""
        parked = {each.record.exact_id: each.parked for each in results if each.parked is not None}
        for exact_id, held in parked.items():
            before = self.held.get(exact_id)
            if before is not None and before.code not in (None, held.code):
                self.problems.close(exact_id)
            if held.code is not None and (before is None or before.code is None):
                self.newly.add(exact_id)
        self.retries.park(self.connection, self.entity, parked.values())
        self.held |= parked
        for result in results:
            if result.problem is not None:
                self.problems.open(result.problem)

    @property
    def news(self) -> Mapping[str, int]:
        """Return how many are parked by this run: what waits for something, and what is refused."""
        found = [self.held[exact_id] for exact_id in self.newly if exact_id in self.held]
        waiting = sum(1 for each in found if each.waits_for or each.code == FAILS)
        return {"waiting": waiting, "refused": len(found) - waiting}

    def drop(self, ids: Iterable[ExactId]) -> None:
        """Close the problems of changes, then take these out of the retry set.

        In this order a crash between the two leaves nothing open that nobody would close.
        """
        parked = [exact_id for exact_id in ids if exact_id in self.held]
        for exact_id in parked:
            if self.held[exact_id].code is not None:
                self.problems.close(exact_id)
        self.retries.drop(self.connection, self.entity, parked)
        for exact_id in parked:
            del self.held[exact_id]
