"""What people choose about likely doubles, and what a load does with it.

same        ──► the customer there is linked before the load, and gets the number of Exact
different   ──► a new customer is created
left out, or nobody chose yet ──► neither: the record waits, and is told
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Protocol

from koppeling.core.errors import Park
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.doubles_facts import LikelyDouble
from koppeling.pull.record import ParkedChange, Record

ENTITY = "accounts"
UNDECIDED = "likely-double"


class DoubleChoice(StrEnum):
    """What a person says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class KnownDouble:
    """A pair that was found, and what somebody chose about it; None when nobody did yet."""

    double: LikelyDouble
    choice: DoubleChoice | None = None
    who: str = ""
    chosen_at: datetime | None = None


class KnownDoubles(Protocol):
    """The pairs of each connection."""

    def of(self, connection: ConnectionId) -> list[KnownDouble]:
        """Return all pairs, by the number in Exact."""

    def find(self, connection: ConnectionId, doubles: Iterable[LikelyDouble]) -> None:
        """Keep pairs that were found; a choice that was made of one stays."""

    def choose(
        self, connection: ConnectionId, known: KnownDouble, choice: DoubleChoice, who: str
    ) -> None:
        """Keep what somebody chose."""


@dataclass(slots=True)
class DoubleChoices:
    """The choices of one connection, read once a run, when a customer has no record there."""

    connection: ConnectionId
    known: KnownDoubles
    _by_code: dict[str, list[KnownDouble]] | None = None
    _lock: Lock = field(default_factory=Lock)

    def key_for(self, code: str) -> MilestonesId | None:
        """Return the record that somebody said is the same; None when a new one is right.

        Raises:
            Park: a pair is left out, or nobody chose yet.
        """
        pairs = self._pairs().get(code, [])
        for pair in pairs:
            if pair.choice is DoubleChoice.SAME:
                return pair.double.milestones_id
        waiting = [pair.double for pair in pairs if pair.choice is not DoubleChoice.DIFFERENT]
        if waiting:
            names = ", ".join(f"{each.milestones_code} {each.milestones_name}" for each in waiting)
            raise Park(UNDECIDED, names=names)
        return None

    def _pairs(self) -> dict[str, list[KnownDouble]]:
        with self._lock:
            if self._by_code is None:
                found: defaultdict[str, list[KnownDouble]] = defaultdict(list)
                for pair in self.known.of(self.connection):
                    found[pair.double.exact_code].append(pair)
                self._by_code = dict(found)
            return self._by_code


class WaitingRetries(Protocol):
    """The retry set, as far as a choice lets a customer go on."""

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let the next run try a change."""


class WaitingRecords(Protocol):
    """The records of an entity."""

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        """Return those that are known."""


def wake(
    connection: ConnectionId,
    codes: Collection[str],
    retries: WaitingRetries,
    records: WaitingRecords,
    now: datetime,
) -> None:
    """Let the next run take up the customers with these numbers that waited for a choice."""
    waiting = [each for each in retries.all(connection, ENTITY) if each.code == UNDECIDED]
    known = records.get_many(connection, ENTITY, [each.exact_id for each in waiting])
    for parked in waiting:
        record = known.get(parked.exact_id)
        if record is not None and record.code in codes:
            retries.make_due(connection, ENTITY, parked, now)
