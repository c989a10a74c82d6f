"""Which record of QicsMilestones a code stands for, asked as seldom as possible."""

from dataclasses import dataclass, field

from koppeling.core.connection import Connection
from koppeling.core.ids import MilestonesId
from koppeling.core.ports import LookupCache
from koppeling.pull.ports import LinkedRecords, RecordFinder
from koppeling.pull.record import Record


@dataclass(frozen=True, slots=True)
class References:
    """Finds the key of a record: in our own links, then in the cache, then there (L14)."""

    connection: Connection
    links: LinkedRecords
    cache: LookupCache
    milestones: RecordFinder
    _known: dict[tuple[str, str], MilestonesId | None] = field(default_factory=dict, init=False)

    def resolve(self, entity: str, code: str) -> MilestonesId | None:
        """Return the key of the record with this code; None while it is missing."""
        if (entity, code) not in self._known:
            self._known[entity, code] = self._look_up(entity, code)
        return self._known[entity, code]

    def owner(self, entity: str, code: str) -> Record | None:
        """Return the record of ours that is linked under this code."""
        return self.links.find_by_code(self.connection.id, entity, code)

    def is_linked(self, entity: str, code: str) -> bool:
        """Say whether a pull has linked the record with this code; asks our own tables only."""
        link = self.owner(entity, code)
        return link is not None and link.milestones_id is not None

    def arrived(self, entity: str, code: str, key: MilestonesId) -> None:
        """Note a record that was linked just now."""
        self._known[entity, code] = key

    def _look_up(self, entity: str, code: str) -> MilestonesId | None:
        link = self.owner(entity, code)
        if link is not None and link.milestones_id is not None:
            return link.milestones_id
        held = self.cache.get(self.connection.id, "milestones", entity, code)
        if held is not None:
            return MilestonesId(held["id"])
        found = self.milestones.find(entity, code)
        if len(found) != 1:
            return None
        self.cache.put(self.connection.id, "milestones", entity, code, {"id": str(found[0])})
        return found[0]
