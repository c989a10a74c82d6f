"""What arrived in a run: records that others refer to, and codes that came free."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from koppeling.pull.link_values import named_by_code
from koppeling.pull.matching import DUPLICATE
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.references import References
from koppeling.pull.upsert import UpsertOutcome, UpsertResult

_WAITS = frozenset({UpsertOutcome.PARKED, UpsertOutcome.POSTPONED})


@dataclass(slots=True)
class Arrivals:
    """The names of what arrived since they were last taken, as the retry set has them."""

    entity: str
    references: References
    _names: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Say whether anything arrived."""
        return bool(self._names)

    def take(self) -> frozenset[str]:
        """Return the names, and begin anew."""
        names = frozenset(self._names)
        self._names.clear()
        return names

    def look(self, parked: Iterable[ParkedChange], now: datetime) -> None:
        """Note what another pull has linked by now, of what changes wait for (L18)."""
        pausing = [held for held in parked if not held.is_due(now, frozenset())]
        wanted = {name for held in pausing for name in held.waits_for}
        self._names = {name for name in wanted if self.references.has_arrived(name)}

    def free(self, gone: Iterable[Record]) -> None:
        """Note that the codes of records that are gone can be of others."""
        codes = (record.code for record in gone if record.code is not None)
        self._names.update(named_by_code(self.entity, code) for code in codes)

    def note(self, result: UpsertResult) -> None:
        """Let changes that wait for this record, or for the code that it left, find it."""
        record, parked = result.record, result.parked
        if record.milestones_id is not None and result.outcome not in _WAITS:
            self._names.update(self.references.arrived(self.entity, record))
        if result.freed is not None:
            self._names.add(named_by_code(self.entity, result.freed))
        if parked is not None and parked.code == DUPLICATE and parked.attempts == 1:
            # The record that has its code may be of this very page, and leave it
            self._names.update(parked.waits_for)
