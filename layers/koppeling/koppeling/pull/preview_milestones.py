"""QicsMilestones as a preview sees it: each list is read once, and nothing is written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.double_choices import ENTITY as DOUBLES_OF
from koppeling.pull.doubles_facts import AccountFacts, CustomerFacts, facts_of
from koppeling.pull.entities.entity import Target
from koppeling.pull.journal import Keep
from koppeling.pull.ports import RecordComparer
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import PreviewRow
from koppeling.pull.snapshot import Snapshot

# The key of a record that does not exist yet, before its code
_PLACEHOLDER = "preview-"
_NAME_PARTS = ("FirstName", "MiddleName", "LastName")

type CodesToCome = Callable[[str], frozenset[str]]
"""Returns the codes that another entity would have, by its own preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMilestones:
    """Answers as QicsMilestones would, from one reading of each list.

    With `reads_lists` off every record is asked for by itself: a tick touches only a few. What the
    previews of other entities create counts as there: their records are loaded before.
    """

    milestones: RecordComparer
    snapshot: Callable[[str], Snapshot]
    plan: PreviewPlan
    targets: Mapping[str, Target]
    to_come: CodesToCome
    reads_lists: bool
    _adopted: set[MilestonesId] = field(default_factory=set)
    _lists: dict[str, Snapshot] = field(default_factory=dict)
    _made: dict[str, MilestonesId] = field(default_factory=dict)
    _coming: dict[str, frozenset[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of what is there, and of what would be created by now."""
        made = [self._made[f"{entity}/{code}"]] if f"{entity}/{code}" in self._made else []
        there = self._list(entity).find(code) if self.reads_lists else None
        found = self.milestones.find(entity, code) if there is None else there
        if not found and not made and code in self._codes(entity):
            return [MilestonesId(f"{_PLACEHOLDER}{code}")]
        return [*found, *made]

    def shows_records(self, entity: str) -> bool:
        if self.reads_lists:
            return len(self._list(entity)) > 0
        return self.milestones.shows_records(entity)

    def shows_company(self) -> bool:
        return self.milestones.shows_company()

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        known = self._list(entity).differences(key, values) if self.reads_lists else None
        return self.milestones.compare(entity, key, values) if known is None else known

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,  # noqa: ARG002 - the port has it
    ) -> Mapping[str, tuple[Any, Any]]:
        """Note what would change, and return it; a new record is noted once, as new."""
        self._adopted.add(key)
        if key.startswith(_PLACEHOLDER):
            self.plan.written_twice += 1
            return {}
        differing = self.compare(entity, key, values)
        code = str(values.get(self.targets[entity].code, key))
        self.plan.codes.append(code)
        if differing:
            shown = {
                name: (self._shown(name, old), self._shown(name, new))
                for name, (old, new) in differing.items()
            }
            there = self._list(entity).fields(key) or {} if self.reads_lists else {}
            self.plan.add_changed(key, PreviewRow(code, name_of(there) or name_of(values), shown))
        return differing

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Note what would be created; the returned key is a placeholder."""
        code = str(values.get(self.targets[entity].code, ""))
        self.plan.add_created(code, name_of(values), values)
        if entity == DOUBLES_OF and self.reads_lists:
            facts = AccountFacts(exact_id=ExactId(code), **facts_of(values))
            self.plan.newcomers.append(facts)
        self.plan.codes.append(code)
        key = MilestonesId(f"{_PLACEHOLDER}{code}")
        self._made[f"{entity}/{code}"] = key
        return key

    def left_there(self) -> Iterator[CustomerFacts]:
        """Yield the customers that no relation of Exact stands for."""
        there = self._list(DOUBLES_OF)
        for key in there:
            if key not in self._adopted:
                yield CustomerFacts(milestones_id=key, **facts_of(there.fields(key) or {}))

    def _list(self, entity: str) -> Snapshot:
        with self._lock:
            if entity not in self._lists:
                self._lists[entity] = self.snapshot(entity)
            return self._lists[entity]

    def _codes(self, entity: str) -> frozenset[str]:
        with self._lock:
            if entity not in self._coming:
                self._coming[entity] = self.to_come(entity)
            return self._coming[entity]

    def _shown(self, name: str, value: object) -> object:
        """Return a value as people see it: the code of a record that is referred to."""
        if value is None or not name.endswith("Id"):
            return value
        if str(value).startswith(_PLACEHOLDER):
            return str(value).removeprefix(_PLACEHOLDER)
        entity = self._referred(name)
        if entity is None or not self.reads_lists:
            return value
        there = self._list(entity).fields(MilestonesId(str(value))) or {}
        return there.get(self.targets[entity].code, value)

    def _referred(self, name: str) -> str | None:
        """Return the entity that a field refers to, by the end of its name."""
        found = [each for each, target in self.targets.items() if name.endswith(target.key)]
        return max(found, key=lambda each: len(self.targets[each].key), default=None)


def name_of(values: Mapping[str, Any]) -> str:
    """Return what a record is called."""
    parts = (values.get(part) for part in _NAME_PARTS)
    return str(values.get("Name") or " ".join(str(part) for part in parts if part))
