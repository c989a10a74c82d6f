"""One record of a first load, as it was before.

created     ──► inactive; never deleted (M27)
overwritten ──► each field that still holds what the link wrote gets its old value; another one was
                changed by a person since, and stays
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

from koppeling.core.errors import Gone, Park, Reject
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.entities.entity import Entity
from koppeling.pull.journal import Written
from koppeling.pull.link_values import Reference
from koppeling.pull.ports import RecordWriter
from koppeling.pull.preview_rows import shown
from koppeling.pull.record import Record
from koppeling.pull.snapshot import Snapshot, SnapshotSource

_DATE_LENGTH = len("2026-11-24")
# A person who changes the record again and again while it is written back wins
TRIES = 3


class UndoneAs(StrEnum):
    """What became of a record."""

    RESTORED = "restored"
    CHANGED_SINCE = "changed-since"  # a person changed some of its fields, which stay
    INACTIVE = "inactive"
    STAYS = "stays"  # created, and of a kind that has no inactive ones
    SHARED = "shared"  # other connections of the tenant use it
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UndoLine:
    """What became of one record; `kept` are the fields that a person changed since."""

    exact_id: ExactId
    entity: str
    code: str
    outcome: UndoneAs
    restored: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""


class UndoWriter(RecordWriter, SnapshotSource, Protocol):
    """QicsMilestones, as an undo reads and writes it."""


class _ChangedSinceError(Exception):
    """A person changed fields since the link wrote them; nothing was written."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(slots=True)
class RecordUndo:
    """Writes records of one entity back; `is_shared` says that others of the tenant use them."""

    entity: Entity
    milestones: UndoWriter
    is_shared: bool = False
    _snapshot: Snapshot | None = None

    def written_back(self, written: Written, record: Record | None) -> UndoLine:
        """Write a record back, as far as nobody changed it since."""
        if self.is_shared:
            return self._line(written, record, UndoneAs.SHARED)
        try:
            if written.created:
                return self._deactivated(written, record)
            return self._restored(written, record)
        except Gone:
            return self._line(written, record, UndoneAs.GONE)
        except (Reject, Park) as refusal:
            return self._line(written, record, UndoneAs.REFUSED, detail=refusal.code)

    def previewed(self, some: Iterable[Written], known: Mapping[ExactId, Record]) -> list[UndoLine]:
        """Return what would become of records, by one reading of their list."""
        if self._snapshot is None:
            self._snapshot = self.milestones.snapshot(self.entity.name)
        return [self._foreseen(each, known.get(each.exact_id), self._snapshot) for each in some]

    def _foreseen(self, written: Written, record: Record | None, there: Snapshot) -> UndoLine:
        if self.is_shared:
            return self._line(written, record, UndoneAs.SHARED)
        if written.created:
            outcome = UndoneAs.INACTIVE if self.entity.target.active else UndoneAs.STAYS
            return self._line(written, record, outcome)
        if written.key is None or there.fields(written.key) is None:
            return self._line(written, record, UndoneAs.GONE)
        differing = there.differences(written.key, written.old) or {}
        kept = _changed_since(written, record, differing)
        outcome = UndoneAs.CHANGED_SINCE if kept else UndoneAs.RESTORED
        restored = tuple(name for name in written.old if name not in kept)
        return self._line(written, record, outcome, restored=restored, kept=kept)

    def _restored(self, written: Written, record: Record | None) -> UndoLine:
        key = written.key
        if key is None:
            return self._line(written, record, UndoneAs.GONE)
        kept: dict[str, Any] = {}

        def check(differing: Mapping[str, tuple[Any, Any]]) -> None:
            if fields := _changed_since(written, record, differing):
                raise _ChangedSinceError(fields)

        for _ in range(TRIES):
            old = {name: value for name, value in written.old.items() if name not in kept}
            try:
                self.milestones.replace(self.entity.name, key, old, keep=check)
            except _ChangedSinceError as changed:
                kept |= changed.fields
                continue
            outcome = UndoneAs.CHANGED_SINCE if kept else UndoneAs.RESTORED
            return self._line(written, record, outcome, restored=tuple(old), kept=kept)
        return self._line(written, record, UndoneAs.CHANGED_SINCE, kept=kept)

    def _deactivated(self, written: Written, record: Record | None) -> UndoLine:
        key = self._key_of_created(written, record)
        if key is None:
            return self._line(written, record, UndoneAs.GONE)
        if not self.entity.target.active:
            return self._line(written, record, UndoneAs.STAYS)
        self.milestones.replace(self.entity.name, key, {self.entity.target.active: False})
        return self._line(written, record, UndoneAs.INACTIVE)

    def _key_of_created(self, written: Written, record: Record | None) -> MilestonesId | None:
        """Return the key; a run that died after the creation stored none."""
        if record is not None and record.milestones_id is not None:
            return record.milestones_id
        found = self.milestones.find(self.entity.name, written.code)
        return found[0] if len(found) == 1 else None

    def _line(  # noqa: PLR0913 - the fields of a line
        self,
        written: Written,
        record: Record | None,
        outcome: UndoneAs,
        *,
        restored: tuple[str, ...] = (),
        kept: Mapping[str, Any] | None = None,
        detail: str = "",
    ) -> UndoLine:
        code = (record.code if record else None) or written.code
        told = {field: shown(value) for field, value in (kept or {}).items()}
        return UndoLine(written.exact_id, self.entity.name, code, outcome, restored, told, detail)


def _changed_since(
    written: Written, record: Record | None, differing: Mapping[str, tuple[Any, Any]]
) -> dict[str, Any]:
    """Return the fields that hold another value than any that the link wrote, with that value."""
    return {
        name: present
        for name, (present, _) in differing.items()
        if not any(_is_same(present, each) for each in _ours(written, record, name))
    }


def _ours(written: Written, record: Record | None, name: str) -> list[Any]:
    """Return the values that the link wrote to a field: at its first load, and last of all."""
    last = None if record is None else record.written.get(name)
    # A reference is written by the key of what it refers to, which only the journal has
    later = [last] if record is not None and not isinstance(last, Reference) else []
    return [*written.new.get(name, ()), *later]


def _is_same(held: object, written: object) -> bool:
    """Say whether two values mean the same there: a number comes as text, a day with a time."""
    held, written = (None if each == "" else each for each in (held, written))
    if held == written or held is None or written is None:
        return held == written
    if isinstance(held, bool) or isinstance(written, bool):
        return False
    one, other = str(held), str(written)
    return _day(one) == _day(other) is not None or _number(one) == _number(other) is not None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:_DATE_LENGTH])
    except ValueError:
        return None
