"""Offering records again that wait for a person; the next pull takes them."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.record import ParkedChange


class ParkedRecords(Protocol):
    """The retry sets, as far as offering needs them."""

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""

    def get(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> ParkedChange | None:
        """Return what is parked of one record."""

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let the next run try a change; False when a run has dealt with it meanwhile."""


@dataclass(frozen=True, slots=True)
class RecordOffer:
    """One record that can be offered again."""

    entity: str
    parked: ParkedChange

    @property
    def subject(self) -> str:
        """The subject of its problem."""
        return f"{self.entity}/{self.parked.exact_id}"

    @property
    def code(self) -> str:
        """Why it waits; empty while it waits for nothing but its turn."""
        return self.parked.code or ""


@dataclass(frozen=True, slots=True)
class RecordOffers:
    """Finds the records that wait, and offers them again."""

    retries: ParkedRecords
    now: Now

    def found(self, connection: ConnectionId) -> Iterator[RecordOffer]:
        """Find every record that waits, in the order of a first load."""
        for entity in ENTITIES:
            for parked in self.retries.all(connection, entity):
                yield RecordOffer(entity, parked)

    def named(self, connection: ConnectionId, subject: str) -> RecordOffer | None:
        """Find the record that a subject names; None when it does not wait."""
        entity, _, exact_id = subject.partition("/")
        if entity not in ENTITIES:
            return None
        parked = self.retries.get(connection, entity, ExactId(exact_id))
        return None if parked is None else RecordOffer(entity, parked)

    def offer(self, connection: ConnectionId, one: RecordOffer) -> bool:
        """Let the next pull try a record; False when a run has dealt with it meanwhile."""
        return self.retries.make_due(connection, one.entity, one.parked, self.now())
