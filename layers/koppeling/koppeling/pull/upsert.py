"""One record written: resolve its references, match it, lay its link fields over, or create it.

change ──references──► linked? ──yes──► read, overlay, write if it differs
                         │ no
                         ▼
                 match by code ──one──► adopt: read, overlay, write if it differs
                         │ none
                         ▼
                      create
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Any

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Gone, Park, Reject
from koppeling.core.ids import MilestonesId
from koppeling.core.problems import Problem
from koppeling.pull.entities.entity import Entity
from koppeling.pull.link_values import LinkValue, Mapped, Reference, fingerprint
from koppeling.pull.ports import RecordWriter
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.references import References
from koppeling.pull.schedule import retry_pause


class UpsertOutcome(StrEnum):
    """What became of one change."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PARKED = "parked"
    POSTPONED = "postponed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PendingChange:
    """What a record means today, to be written; `held` is set when it comes from the retry set.

    One that `is_compared` is of a full comparison: it is written even if nothing changed (R17).
    """

    record: Record
    mapped: Mapped
    held: ParkedChange | None = None
    is_compared: bool = False

    @property
    def is_complete(self) -> bool:
        """Say whether all link values are written, not only those that waited."""
        return self.held is None or self.held.is_complete

    @property
    def values(self) -> Mapping[str, LinkValue]:
        """Return the link values to write."""
        if self.held is None or self.held.is_complete:
            return self.mapped.values
        return self.held.values


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """What became of a change, and what has to be kept of it."""

    outcome: UpsertOutcome
    record: Record
    parked: ParkedChange | None = None
    problem: Problem | None = None
    failure: Consequence | None = None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Writes changes of one entity of one connection."""

    connection: Connection
    entity: Entity
    milestones: RecordWriter
    references: References
    now: Now
    random: Random

    def write(self, change: PendingChange) -> UpsertResult:
        """Write one change; what concerns this record alone is parked, never raised.

        What concerns the whole system (an outage, a lost consent) comes back as `failure`, so that
        the results of other changes are still stored before the run stops.
        """
        if change.mapped.refused is not None:
            refused = change.mapped.refused
            return self.park(change, Reject(refused.code, **refused.values))
        try:
            resolved, missing = self._resolve(change.values)
            outcome, key = self._put(change, resolved)
        except (Reject, Park) as refusal:
            return self.park(change, refusal)
        except Consequence as failure:
            return UpsertResult(UpsertOutcome.FAILED, change.record, failure=failure)
        record = _linked(change, key)
        if not missing:
            return UpsertResult(outcome, record)
        return self._incomplete(change, record, outcome, missing)

    def postpone(self, change: PendingChange) -> UpsertResult:
        """Park a change for which no time was left; what was parked before stays as it was."""
        if change.held is not None:
            return UpsertResult(UpsertOutcome.POSTPONED, change.record, change.held)
        now = self.now()
        record = self._under_written_code(change)
        parked = ParkedChange(
            record.exact_id,
            change.values,
            is_complete=True,
            parked_at=now,
            not_before=now,
            is_compared=change.is_compared,
        )
        return UpsertResult(UpsertOutcome.POSTPONED, record, parked)

    def _resolve(
        self, values: Mapping[str, LinkValue]
    ) -> tuple[dict[str, Any], dict[str, Reference]]:
        resolved: dict[str, Any] = {}
        missing: dict[str, Reference] = {}
        for name, value in values.items():
            if not isinstance(value, Reference):
                resolved[name] = value
            elif value.code is None:
                resolved[name] = None  # L17: an empty reference empties the field
            elif value.required or self.connection.setting(value.entity).enabled:
                key = self.references.resolve(value.entity, value.code)
                if key is not None:
                    resolved[name] = key
                elif value.required:
                    raise Park("customer-not-synced", debtor=value.code)
                else:
                    missing[name] = value
        return resolved, missing

    def _put(
        self, change: PendingChange, resolved: Mapping[str, Any]
    ) -> tuple[UpsertOutcome, MilestonesId]:
        linked = change.record.milestones_id
        if linked is not None:
            if change.is_complete and self._written_code(change) != change.mapped.code:
                self._check_free(change.mapped.code, linked)
            try:
                return self._overlay(linked, resolved), linked
            except Gone:
                # Somebody removed it there; a record that has the code now takes its place
                pass
        matched = self._match(change)
        if matched is not None:
            return self._overlay(matched, resolved), matched
        if not change.is_complete:
            message = "the linked record is not there any more"
            raise Reject("milestones-rejected", message=message)
        values = {**change.mapped.on_create, **resolved}
        if self.entity.target.per_company:
            values = {"CompanyId": self.connection.company_id, **values}
        return UpsertOutcome.CREATED, self.milestones.create(self.entity.name, values)

    def _overlay(self, key: MilestonesId, resolved: Mapping[str, Any]) -> UpsertOutcome:
        written = self.milestones.replace(self.entity.name, key, resolved)
        return UpsertOutcome.CHANGED if written else UpsertOutcome.UNCHANGED

    def _match(self, change: PendingChange) -> MilestonesId | None:
        found = self.milestones.find(self.entity.name, change.mapped.code)
        if not found:
            return None
        if len(found) > 1 or self._is_of_another(found[0], change):
            raise Reject("duplicate-code", code=change.mapped.code)
        return found[0]

    def _is_of_another(self, key: MilestonesId, change: PendingChange) -> bool:
        """Say whether the record with this code is still linked to another record of Exact."""
        owner = self.references.owner(self.entity.name, change.mapped.code)
        if owner is None or owner.exact_id == change.record.exact_id:
            return False
        return owner.milestones_id == key

    def _written_code(self, change: PendingChange) -> str:
        """Return the code that the record has in QicsMilestones."""
        written = change.record.written.get(self.entity.target.code)
        return change.mapped.code if written is None else str(written)

    def _under_written_code(self, change: PendingChange) -> Record:
        """Return the record under the code by which it is found until the new one is written."""
        return replace(change.record, code=self._written_code(change))

    def _check_free(self, code: str, own: MilestonesId) -> None:
        """Refuse a changed code that another record has (L10)."""
        if any(key != own for key in self.milestones.find(self.entity.name, code)):
            raise Reject("duplicate-code", code=code)

    def _incomplete(
        self,
        change: PendingChange,
        record: Record,
        outcome: UpsertOutcome,
        missing: Mapping[str, Reference],
    ) -> UpsertResult:
        """Park the references that are missing; the rest of the record was written (L16)."""
        code, waits_for = "reference-missing", _names(missing.values())
        parked = self._parked(change, missing, code, waits_for, is_complete=False)
        field, reference = next(iter(missing.items()))
        values = {"field": field, "value": str(reference.code)}
        return UpsertResult(outcome, record, parked, self._problem(change, code, values))

    def park(self, change: PendingChange, refusal: Consequence) -> UpsertResult:
        """Park a change with its problem, to be tried again after a pause."""
        required = [
            value
            for value in change.values.values()
            if isinstance(value, Reference) and value.required
        ]
        waits_for = _names(required) if isinstance(refusal, Park) else ()
        parked = self._parked(
            change, change.values, refusal.code, waits_for, is_complete=change.is_complete
        )
        problem = self._problem(change, refusal.code, refusal.values)
        return UpsertResult(UpsertOutcome.PARKED, self._under_written_code(change), parked, problem)

    def _parked(
        self,
        change: PendingChange,
        values: Mapping[str, LinkValue],
        code: str,
        waits_for: tuple[str, ...],
        *,
        is_complete: bool,
    ) -> ParkedChange:
        now = self.now()
        attempts = 0 if change.held is None else change.held.attempts
        return ParkedChange(
            exact_id=change.record.exact_id,
            values=values,
            is_complete=is_complete,
            parked_at=now if change.held is None else change.held.parked_at,
            not_before=now + retry_pause(attempts, self.random),
            attempts=attempts + 1,
            code=code,
            waits_for=waits_for,
            is_compared=change.is_compared and is_complete,
        )

    def _problem(self, change: PendingChange, code: str, values: Mapping[str, str]) -> Problem:
        return Problem(
            self.connection.id,
            f"{self.entity.name}/{change.record.exact_id}",
            code,
            {"entity": self.entity.singular, "code": change.mapped.code, **values},
        )


def _names(references: Iterable[Reference]) -> tuple[str, ...]:
    """Return references as `<entity>/<code>`."""
    return tuple(f"{each.entity}/{each.code}" for each in references)


def _linked(change: PendingChange, key: MilestonesId) -> Record:
    if not change.is_complete:
        return replace(change.record, milestones_id=key)
    return replace(
        change.record,
        milestones_id=key,
        fingerprint=fingerprint(change.values),
        # A field that was left alone this time keeps what was last written to it (L24)
        written={**change.record.written, **change.values},
    )
