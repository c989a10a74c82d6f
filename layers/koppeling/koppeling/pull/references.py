"""Which record of QicsMilestones a code stands for, asked as seldom as possible."""

from typing import Protocol

from koppeling.core.connection import Connection
from koppeling.core.ids import MilestonesId
from koppeling.core.ports import LookupCache
from koppeling.pull.ports import LinkedRecords
from koppeling.pull.record import Record


class RecordFinder(Protocol):
    """QicsMilestones, as far as it finds records."""

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with this code."""
        ...


class References:
    """Finds the key of a referred record: own link rows, then memory, then QicsMilestones (L14)."""

    def __init__(
        self,
        connection: Connection,
        links: LinkedRecords,
        memory: LookupCache,
        milestones: RecordFinder,
    ) -> None:
        self._connection = connection
        self._links = links
        self._memory = memory
        self._milestones = milestones
        self._known: dict[tuple[str, str], MilestonesId | None] = {}

    def resolve(self, entity: str, code: str) -> MilestonesId | None:
        """Return the key of the record with this code; None while it is missing."""
        if (entity, code) not in self._known:
            self._known[entity, code] = self._look_up(entity, code)
        return self._known[entity, code]

    def owner(self, entity: str, code: str) -> Record | None:
        """Return the record of ours that is linked under this code."""
        return self._links.find_by_code(self._connection.id, entity, code)

    def is_linked(self, entity: str, code: str) -> bool:
        """Say whether a pull has linked the record with this code, by our own rows alone (L18)."""
        link = self.owner(entity, code)
        return link is not None and link.milestones_id is not None

    def arrived(self, entity: str, code: str, key: MilestonesId) -> None:
        """Take note of a record that was linked just now."""
        self._known[entity, code] = key

    def _look_up(self, entity: str, code: str) -> MilestonesId | None:
        link = self.owner(entity, code)
        if link is not None and link.milestones_id is not None:
            return link.milestones_id
        held = self._memory.get(self._connection.id, "milestones", entity, code)
        if held is not None:
            return MilestonesId(held["id"])
        found = self._milestones.find(entity, code)
        if len(found) != 1:
            return None
        self._memory.put(self._connection.id, "milestones", entity, code, {"id": str(found[0])})
        return found[0]
