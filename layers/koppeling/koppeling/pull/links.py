"""Which record of Exact a record of QicsMilestones is linked with: one, and no second (L14, M25).

A link is claimed before QicsMilestones is written. The claim is one conditional write under the key
of the record there, so of two records of Exact that want it only one gets it.

claim ──► free, or ours already ──────────────────────────► ours
   │ another record of Exact has it
   ▼
that one is gone in Exact, or points elsewhere by now ────► ours, and the other one loses it
   │ no
   ▼
refused, with the record that has it
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched
from threading import Lock

from koppeling.core.clock import Deadline, Now
from koppeling.core.errors import Defer, Retry
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.ports import LinkIndex, Records
from koppeling.pull.record import Record, unlinked

# Records that are read at a time while their links are noted
NOTED_TOGETHER = 500


@dataclass(slots=True)
class Links:
    """The links of one connection and entity, for the length of one run."""

    connection: ConnectionId
    entity: str
    index: LinkIndex
    records: Records
    deadline: Deadline
    now: Now
    _claimed: dict[MilestonesId, Record] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _all_noted: bool = False

    def claim(self, key: MilestonesId, record: Record) -> Record | None:
        """Make a record of QicsMilestones ours; returns the record of Exact that has it instead.

        Raises:
            Defer: the links of earlier releases are not all noted yet.
            Retry: another run changes the same link.
        """
        with self._lock:
            if record.milestones_id != key:
                self._note_all()
            holder = self._take(key, record.exact_id)
            if holder is None:
                self._claimed[key] = record
            return holder

    def holder(self, key: MilestonesId) -> Record | None:
        """Return the record of Exact that is linked with a record of QicsMilestones."""
        with self._lock:
            self._note_all()
            owner = self.index.owner(self.connection, self.entity, key)
            return None if owner is None else self._present(owner, key)

    def stored(self) -> None:
        """Note that the records with the links of this run are stored by now."""
        with self._lock:
            self._claimed.clear()

    def exist(self) -> bool:
        """Say whether any record is linked."""
        with self._lock:
            self._note_all()
            return self.index.any(self.connection, self.entity)

    def _take(self, key: MilestonesId, exact_id: ExactId) -> Record | None:
        if self.index.take(self.connection, self.entity, key, exact_id):
            return None
        owner = self.index.owner(self.connection, self.entity, key)
        held = None if owner is None else self._present(owner, key)
        if held is not None and not held.gone:
            return held
        if not self.index.take(self.connection, self.entity, key, exact_id, instead_of=owner):
            raise Retry("pull-overtaken", f"another run links {self.entity} {key}")
        if held is not None:
            self.records.save_many(self.connection, self.entity, [unlinked(held)])
        return None

    def _present(self, owner: ExactId, key: MilestonesId) -> Record | None:
        """Return the record that has a link; None when it has another one by now."""
        claimed = self._claimed.get(key)
        if claimed is not None and claimed.exact_id == owner:
            return claimed
        found = self.records.get_many(self.connection, self.entity, [owner]).get(owner)
        return found if found is not None and found.milestones_id == key else None

    def _note_all(self) -> None:
        """Note the links that a release without these claims has left, once for each entity.

        Raises:
            Defer: there was no time to note them all.
        """
        if self._all_noted:
            return
        if not self.index.is_complete(self.connection, self.entity):
            ids = self.records.ids(self.connection, self.entity)
            for some in batched(ids, NOTED_TOGETHER, strict=False):
                if not self.deadline.allows_call():
                    raise Defer("pull-continues", self.now(), "links are noted")
                found = self.records.get_many(self.connection, self.entity, some)
                self.index.note(self.connection, self.entity, _links(found.values()))
            self.index.mark_complete(self.connection, self.entity)
        self._all_noted = True


def _links(records: Iterable[Record]) -> dict[MilestonesId, ExactId]:
    return {
        record.milestones_id: record.exact_id
        for record in records
        if record.milestones_id is not None
    }


@dataclass(slots=True)
class Turns:
    """Lets the workers of a run write records with one code one after the other.

    Two records of Exact can mean one code in QicsMilestones, such as the employees 7 and 007.
    """

    _lock: Lock = field(default_factory=Lock)
    _of_code: dict[str, Lock] = field(default_factory=dict)

    def of(self, code: str) -> Lock:
        """Return the lock of a code."""
        with self._lock:
            return self._of_code.setdefault(code, Lock())
