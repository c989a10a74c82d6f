"""What a configuration changes of a connection: old and new, entry by entry."""

from dataclasses import dataclass
from typing import Any

from koppeling.cli.configuration.places import ENTITY_PLACE, PLACES, interval_of
from koppeling.cli.configuration.writing import plain
from koppeling.core.connection import Connection
from koppeling.pull.entities.registry import ENTITIES


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that changes; `old` is None for a connection that is new."""

    field: str
    old: Any
    new: Any


def entries(connection: Connection) -> dict[str, Any]:
    """Return every entry of a connection by its place in a file, defaults included."""
    found = {place: plain(getattr(connection, name)) for place, name in PLACES.items()}
    for entity in ENTITIES:
        setting = connection.setting(entity)
        found[f"{ENTITY_PLACE}.{entity}.enabled"] = setting.enabled
        found[f"{ENTITY_PLACE}.{entity}.interval_minutes"] = interval_of(entity, setting)
    return found


def differences(before: Connection | None, after: Connection) -> tuple[Change, ...]:
    """Return what differs, in the order of the file."""
    old = {} if before is None else entries(before)
    return tuple(
        Change(field, old.get(field), value)
        for field, value in entries(after).items()
        if before is None or old.get(field) != value
    )
