"""QicsMilestones as a first load sees it: matched in one reading of its list, not record by record.

a few look-ups by a call ──► the list, once ──► every later one in memory
                                                  │ time is over
                                                  ▼
                               what was read and written is kept for the next run

What is created costs its POST alone, what stands there as it should costs nothing, and what differs
is read and written as ever (M22). The list is minutes old when a record is created. So a server
that refuses a code in use is asked who has it, and a code is asked for by a call once it is not
sure what a POST did (M26).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Protocol

from koppeling.core.clock import Deadline, Now
from koppeling.core.errors import Consequence, Defer, Reject
from koppeling.core.ids import MilestonesId
from koppeling.pull.entities.entity import Entity
from koppeling.pull.journal import Keep
from koppeling.pull.ports import RecordWriter
from koppeling.pull.snapshot import GrowingSnapshot, KeptSnapshot, SnapshotSource

# A list costs one call for each hundred of its records: for so few look-ups it is not read
LOOKED_UP_SINGLY = 3


class MadeMeanwhile(Reject):
    """Somebody made a record with this code since the list was read."""


class BulkSource(RecordWriter, SnapshotSource, Protocol):
    """QicsMilestones, as far as a first load calls it."""


class SnapshotKeeper(Protocol):
    """Keeps the snapshot of a load for the run that follows directly on the present one."""

    def take(self) -> KeptSnapshot | None:
        """Return what the run before this one kept; None when it kept nothing, or died."""

    def keep(self, added: KeptSnapshot) -> None:
        """Keep what this run added."""


@dataclass(slots=True)
class InBulk:
    """Writes one entity to QicsMilestones; the threads of a run share it."""

    milestones: BulkSource
    entity: Entity
    keeper: SnapshotKeeper
    deadline: Deadline
    now: Now
    _asked: int = 0
    _whole: GrowingSnapshot | None = None
    _doubtful: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @property
    def _code(self) -> str:
        return self.entity.target.code

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with exactly this code.

        Raises:
            Defer: there was no time to read the whole list; the next run reads on.
        """
        with self._lock:
            whole = self._read(entity, code)
            if whole is not None:
                return whole.find(code)
        return self.milestones.find(entity, code)

    def shows_records(self, entity: str) -> bool:
        """Say whether any record of an entity is visible (M13)."""
        return self.milestones.shows_records(entity)

    def shows_company(self) -> bool:
        """Say whether the company of the connection is visible (M13)."""
        return self.milestones.shows_company()

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ by now, which the list may not show."""
        return self.milestones.compare(entity, key, values)

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,
    ) -> Mapping[str, tuple[Any, Any]]:
        """Lay fields over a record, unless the list shows that it holds them already."""
        if self._holds(entity, key, values):
            return {}
        try:
            overwritten = self.milestones.replace(entity, key, values, keep=keep)
        except Consequence:
            # It may be gone, or have either code by now
            self._doubt(self._code_before(entity, key), str(values.get(self._code, "")))
            raise
        self._note(entity, key, values)
        return overwritten

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record.

        Raises:
            MadeMeanwhile: it was refused, and by now there is one with its code.
            Uncertain: no usable answer came; its code is asked for by a call from now on.
        """
        code = str(values[self._code])
        try:
            key = self.milestones.create(entity, values)
        except Consequence as failure:
            self._doubt(code)
            if isinstance(failure, Reject) and self.milestones.find(entity, code):
                raise MadeMeanwhile(failure.code, failure.detail, **failure.values) from None
            raise
        self._note(entity, key, values)
        return key

    def keep(self) -> None:
        """Keep what was read and written for the next run of this load."""
        with self._lock:
            # One of which no page was read would be taken for an empty list
            if self._whole is not None and self._whole.has_begun:
                added = self._whole.taken_since()
                self.keeper.keep(replace(added, doubtful=frozenset(self._doubtful)))

    def _read(self, entity: str, code: str) -> GrowingSnapshot | None:
        """Return the whole list; None while a call for this code alone is better."""
        if entity != self.entity.name or code in self._doubtful:
            return None
        if self._whole is None:
            kept = self.keeper.take() if self._asked == 0 else None
            self._asked += 1
            if kept is None and self._asked <= LOOKED_UP_SINGLY:
                return None
            self._doubtful.update(() if kept is None else kept.doubtful)
            self._whole = self.milestones.growing_snapshot(entity, kept)
            if code in self._doubtful:
                return None
        if not self._whole.is_complete and not self._is_read_to_its_end(self._whole):
            detail = f"{len(self._whole)} of {self.entity.target.path} are read"
            raise Defer("pull-continues", self.now(), detail)
        return self._whole

    def _is_read_to_its_end(self, whole: GrowingSnapshot) -> bool:
        is_time_left: Callable[[], bool] = self.deadline.allows_call
        return is_time_left() and whole.read(is_time_left)

    def _holds(self, entity: str, key: MilestonesId, values: Mapping[str, Any]) -> bool:
        with self._lock:
            if entity != self.entity.name or self._whole is None or not self._whole.is_complete:
                return False
            return self._whole.differences(key, values) == {}

    def _note(self, entity: str, key: MilestonesId, values: Mapping[str, Any]) -> None:
        """Note a record that was written: its code is known, and the list shows the old fields."""
        code = values.get(self._code) or self._code_before(entity, key)
        with self._lock:
            if entity == self.entity.name and self._whole is not None:
                self._whole.note(key, str(code))

    def _code_before(self, entity: str, key: MilestonesId) -> str:
        with self._lock:
            if entity != self.entity.name or self._whole is None:
                return ""
            return str((self._whole.fields(key) or {}).get(self._code) or "")

    def _doubt(self, *codes: str) -> None:
        with self._lock:
            self._doubtful.update(codes)
