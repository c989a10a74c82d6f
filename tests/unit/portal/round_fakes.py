"""Rounds and calls of a connection, as a test says them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.portal.screens.overview import CallUse
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.rounds import RoundState, RoundTimes
from tests.unit.portal.showing import NOW

LAST, NEXT = NOW - timedelta(minutes=5), NOW + timedelta(minutes=10)
RUNNING = RoundTimes(RoundState.RUNNING, LAST, NEXT)


@dataclass(slots=True)
class FakeRounds:
    """Every entity runs, but for what is said otherwise; `reads` counts."""

    others: dict[str, RoundTimes] = field(default_factory=dict)
    all: RoundTimes = RUNNING
    reads: int = 0
    told: tuple[int, dict[str, datetime]] = (0, {})

    def of(
        self,
        connection: Connection,
        *,
        stretched_minutes: int = 0,
        logged: Mapping[str, datetime] | None = None,
    ) -> Mapping[str, RoundTimes]:
        """Return the rounds."""
        del connection
        self.reads += 1
        self.told = (stretched_minutes, dict(logged or {}))
        return {entity: self.others.get(entity, self.all) for entity in ENTITIES}


@dataclass(slots=True)
class FakeCalls:
    """The calls of some days."""

    by_day: dict[date, int] = field(default_factory=lambda: {today(NOW): 1234})
    limit: int | None = 5000
    stretched_minutes: int = 0

    def __call__(self, connection: Connection, /) -> CallUse:
        """Return them."""
        del connection
        return CallUse(self.by_day, self.limit, self.stretched_minutes)
