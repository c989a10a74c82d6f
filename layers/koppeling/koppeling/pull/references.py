"""Which record of QicsMilestones a code stands for, asked as seldom as possible."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

from koppeling.core.connection import Connection
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.core.ports import LookupCache
from koppeling.pull.link_values import Reference, parts_of
from koppeling.pull.ports import KnownRecords, LinkIndex, RecordFinder
from koppeling.pull.record import Record


@dataclass(frozen=True, slots=True)
class References:
    """Finds the key of a record: in our own links, then in the cache, then there (L14).

    The ID of Exact decides. A code is asked for only where Exact tells no ID, or while no pull has
    brought the record with this ID; and never if it is the code of another record.

    What the cache holds may be mended there by now. So with `anew`, as when a person asks, the
    cache is not read; and what QicsMilestones refused a change for is looked up anew as well.
    """

    connection: Connection
    records: KnownRecords
    cache: LookupCache
    milestones: RecordFinder
    links: LinkIndex
    anew: bool = False
    _cached: dict[str, tuple[str, str]] = field(default_factory=dict, init=False)
    _known: dict[str, MilestonesId | None] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def resolve(self, reference: Reference) -> MilestonesId | None:
        """Return the key of the record that is referred to; None while it is missing."""
        name = reference.names[-1]
        # One at a time: most records of a page refer to the same few, and one look-up serves all
        with self._lock:
            if name not in self._known:
                self._known[name] = self._look_up(reference)
            return self._known[name]

    def doubt(self, values: Iterable[object]) -> None:
        """Let the next run ask anew for what a change referred to that was refused there."""
        for each in values:
            if not isinstance(each, Reference) or each.is_empty:
                continue
            with self._lock:
                cached = self._cached.pop(each.names[-1], None)
            if cached is not None:
                self.cache.forget(self.connection.id, "milestones", *cached)

    def owner(self, entity: str, code: str) -> Record | None:
        """Return the record of ours that is linked under this code."""
        return self.records.find_by_code(self.connection.id, entity, code)

    def has_arrived(self, name: str) -> bool:
        """Say whether a pull has linked the record with this name; asks our own tables only."""
        entity, code, exact_id = parts_of(name)
        record = self.owner(entity, code) if exact_id is None else self._record(entity, exact_id)
        return record is not None and record.milestones_id is not None

    def arrived(self, entity: str, record: Record) -> tuple[str, ...]:
        """Note a record that was linked just now; returns its names."""
        names = Reference(entity, record.code, target_id=record.exact_id).names
        self._known.update(dict.fromkeys(names, record.milestones_id))
        return names

    def _record(self, entity: str, exact_id: ExactId) -> Record | None:
        return self.records.get_many(self.connection.id, entity, [exact_id]).get(exact_id)

    def _look_up(self, reference: Reference) -> MilestonesId | None:
        entity, code, exact_id = reference.entity, reference.code, reference.target_id
        own = None if exact_id is None else self._record(entity, exact_id)
        if own is not None and own.milestones_id is not None:
            return own.milestones_id
        if own is not None:
            # Exact no longer knows the ID of a record that is gone, so only the code is left. Of
            # one that is there the code is known, and that of the reference may be an older one
            exact_id, code = (None, code) if own.gone else (exact_id, own.code or code)
        if code is None:
            return None
        linked = self.owner(entity, code)
        if linked is not None and exact_id not in (None, linked.exact_id):
            # Exact gives a code to one record at a time, so this one has lost it or is about to
            return None
        if linked is not None and linked.milestones_id is not None:
            return linked.milestones_id
        found = self._found_there(entity, code, exact_id)
        if found is not None:
            self._cached[reference.names[-1]] = (entity, code)
        return found

    def _found_there(self, entity: str, code: str, exact_id: ExactId | None) -> MilestonesId | None:
        own = self.connection.id
        held = None if self.anew else self.cache.get(own, "milestones", entity, code)
        found = [MilestonesId(held["id"])] if held is not None else None
        if found is None:
            found = self.milestones.find(entity, code)
        if len(found) != 1:
            return None
        owner = self.links.owner(own, entity, found[0])
        if owner is not None and exact_id not in (None, owner):
            return None
        if held is None:
            self.cache.put(own, "milestones", entity, code, {"id": str(found[0])})
        return found[0]
