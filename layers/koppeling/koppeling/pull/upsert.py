"""Carrying one record over: resolve its references, match it, lay its link fields over, or create.

change ──references──► linked? ──yes──► read, overlay, write if it differs
                         │ no
                         ▼
                 match by code ──one──► adopt: read, overlay, write if it differs
                         │ none
                         ▼
                      create
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any, Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Gone, Park, Reject
from koppeling.core.ids import MilestonesId
from koppeling.core.problems import Problem
from koppeling.pull.entities.entity import Entity
from koppeling.pull.link_values import LinkValue, Notice, Reference, fingerprint
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.references import References
from koppeling.pull.schedule import retry_pause


class RecordWriter(Protocol):
    """QicsMilestones, as a pull needs it."""

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records with this code."""
        ...

    def replace(self, entity: str, key: MilestonesId, values: Mapping[str, Any]) -> bool:
        """Lay fields over a record; returns whether that made a difference."""
        ...

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record."""
        ...


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
    """Link values of one record that are to be written; `whole` when they are all of them."""

    record: Record
    code: str
    values: Mapping[str, LinkValue]
    on_create: Mapping[str, LinkValue]
    refused: Notice | None = None
    is_complete: bool = True
    attempts: int = 0
    parked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """What became of a change, and what has to be kept of it."""

    outcome: UpsertOutcome
    record: Record
    parked: ParkedChange | None = None
    problem: Problem | None = None
    failure: Consequence | None = None


class Upsert:
    """Writes changes of one entity of one connection."""

    def __init__(  # noqa: PLR0913 - wired once, by name
        self,
        connection: Connection,
        entity: Entity,
        *,
        milestones: RecordWriter,
        references: References,
        now: Now,
        random: Random,
    ) -> None:
        self._connection = connection
        self._entity = entity
        self._milestones = milestones
        self._references = references
        self._now = now
        self._random = random

    def write(self, change: PendingChange) -> UpsertResult:
        """Write one change; what concerns this record alone is parked, never raised.

        What concerns the whole system (an outage, a lost consent) comes back as `failure`, so
        that the changes beside this one are still settled before the run stops.
        """
        if change.refused is not None:
            return self._refused(change, Reject(change.refused.code, **change.refused.values))
        try:
            resolved, missing = self._resolve(change.values)
            result, key = self._put(change, resolved)
        except (Reject, Park) as refusal:
            return self._refused(change, refusal)
        except Consequence as failure:
            return UpsertResult(UpsertOutcome.FAILED, change.record, failure=failure)
        record = _linked(change, key)
        if not missing:
            return UpsertResult(result, record)
        return self._incomplete(change, record, result, missing)

    def postpone(self, change: PendingChange) -> UpsertResult:
        """Keep a change for which no time was left; it waits for nothing else."""
        parked = self._parked(change, change.values, is_complete=change.is_complete)
        parked = replace(parked, not_before=self._now(), attempts=change.attempts)
        return UpsertResult(
            UpsertOutcome.POSTPONED, self._under_written_code(change), parked=parked
        )

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
            elif value.required or self._connection.setting(value.entity).enabled:
                key = self._references.resolve(value.entity, value.code)
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
            if self._is_renamed(change):
                self._check_free(change.code, linked)
            try:
                return self._overlay(linked, resolved), linked
            except Gone:
                # Somebody removed it over there: what has the code now, if anything, is the record
                pass
        matched = self._match(change)
        if matched is not None:
            return self._overlay(matched, resolved), matched
        if not change.is_complete:
            message = "the linked record is not there any more"
            raise Reject("milestones-rejected", message=message)
        created = self._milestones.create(self._entity.name, {**change.on_create, **resolved})
        return UpsertOutcome.CREATED, created

    def _overlay(self, key: MilestonesId, resolved: Mapping[str, Any]) -> UpsertOutcome:
        written = self._milestones.replace(self._entity.name, key, resolved)
        return UpsertOutcome.CHANGED if written else UpsertOutcome.UNCHANGED

    def _match(self, change: PendingChange) -> MilestonesId | None:
        found = self._milestones.find(self._entity.name, change.code)
        if not found:
            return None
        if len(found) > 1 or self._is_of_another(found[0], change):
            raise Reject("duplicate-code", code=change.code)
        return found[0]

    def _is_of_another(self, key: MilestonesId, change: PendingChange) -> bool:
        """Say whether a code went from one relation to another and the first still stands there."""
        owner = self._references.owner(self._entity.name, change.code)
        if owner is None or owner.exact_id == change.record.exact_id:
            return False
        return owner.milestones_id == key

    def _is_renamed(self, change: PendingChange) -> bool:
        return change.is_complete and self._written_code(change) != change.code

    def _written_code(self, change: PendingChange) -> str:
        """Return the code under which the record stands over there."""
        written = change.record.written.get(self._entity.target.code)
        return change.code if written is None else str(written)

    def _under_written_code(self, change: PendingChange) -> Record:
        """Return the record under its old code, by which it is found until the new one stands."""
        return replace(change.record, code=self._written_code(change))

    def _check_free(self, code: str, own: MilestonesId) -> None:
        """L10: a changed code renames the record only where the new code is free."""
        if any(key != own for key in self._milestones.find(self._entity.name, code)):
            raise Reject("duplicate-code", code=code)

    def _incomplete(
        self,
        change: PendingChange,
        record: Record,
        result: UpsertOutcome,
        missing: Mapping[str, Reference],
    ) -> UpsertResult:
        """L16: written without the missing references, which are parked by themselves."""
        parked = self._parked(change, missing, is_complete=False)
        waits_for = tuple(f"{ref.entity}/{ref.code}" for ref in missing.values())
        parked = replace(parked, code="reference-missing", waits_for=waits_for)
        field, reference = next(iter(missing.items()))
        values = {"field": field, "value": str(reference.code)}
        problem = self._problem(change, "reference-missing", values)
        return UpsertResult(result, record, parked, problem)

    def _refused(self, change: PendingChange, refusal: Consequence) -> UpsertResult:
        parked = self._parked(change, change.values, is_complete=change.is_complete)
        waits_for = _required(change.values) if isinstance(refusal, Park) else ()
        parked = replace(parked, code=refusal.code, waits_for=waits_for)
        problem = self._problem(change, refusal.code, refusal.values)
        return UpsertResult(UpsertOutcome.PARKED, self._under_written_code(change), parked, problem)

    def _parked(
        self, change: PendingChange, values: Mapping[str, LinkValue], *, is_complete: bool
    ) -> ParkedChange:
        now = self._now()
        return ParkedChange(
            exact_id=change.record.exact_id,
            values=values,
            is_complete=is_complete,
            parked_at=change.parked_at or now,
            not_before=now + retry_pause(change.attempts, self._random),
            attempts=change.attempts + 1,
        )

    def _problem(self, change: PendingChange, code: str, values: Mapping[str, str]) -> Problem:
        return Problem(
            self._connection.id,
            f"{self._entity.name}/{change.record.exact_id}",
            code,
            {"entity": self._entity.singular, "code": change.code, **values},
        )


def _required(values: Mapping[str, LinkValue]) -> tuple[str, ...]:
    """Return the references without which a record is not written, as `<entity>/<code>`."""
    references = [value for value in values.values() if isinstance(value, Reference)]
    return tuple(f"{each.entity}/{each.code}" for each in references if each.required)


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
