"""The feed of deletions of a pull in memory."""

from datetime import date

from koppeling.core.connection import Connection
from koppeling.pull.deletions import Deletions
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.ports import Source
from tests.unit.pull.store_fakes import FakeDeletions


def the_deletions(
    connection: Connection, entity: Entity, source: Source, notes: FakeDeletions, day: date
) -> Deletions:
    """Return the deletions of one entity in Exact."""
    return Deletions(
        connection=connection.id,
        entity=entity,
        entities=ENTITIES,
        source=source,
        notes=notes,
        today=day,
    )
