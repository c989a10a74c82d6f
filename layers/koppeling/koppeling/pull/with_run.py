"""What rides along with the runs of a pull: it costs no message and no invocation of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime

from koppeling.core.clock import AMSTERDAM
from koppeling.core.connection import Connection
from koppeling.pull.entities.entity import Entity
from koppeling.pull.prepared_run import RunRequest
from koppeling.pull.schedule import CLOSES_AT, OPENS_AT, QUARTER

type OnRun = Callable[[RunRequest, datetime], Mapping[str, int]]
"""Does something beside a run of this slot, whatever the run met; returns counts for our log."""


def nothing_else(request: RunRequest, slot: datetime) -> Mapping[str, int]:
    """Do nothing beside a run, such as one that only previews."""
    del request, slot
    return {}


def is_hourly(slot: datetime) -> bool:
    """Say whether a slot is the first of an hour of the window."""
    local = slot.astimezone(AMSTERDAM)
    return OPENS_AT <= local.hour < CLOSES_AT and local.minute < QUARTER


def carrier(connection: Connection, entities: Mapping[str, Entity]) -> str | None:
    """Return the entity whose runs carry what a connection needs once an hour.

    It is the first of those with the most runs. None when all are off: then there are no runs.
    """
    on = [name for name in entities if connection.setting(name).enabled]
    return min(on, key=lambda name: _minutes(connection, entities[name]), default=None)


def _minutes(connection: Connection, entity: Entity) -> int:
    return max(connection.setting(entity.name).interval_minutes, entity.interval_minutes)
