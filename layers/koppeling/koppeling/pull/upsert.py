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
from koppeling.pull.entities.registry import Entity
from koppeling.pull.link_values import LinkValue, Notice, Reference, fingerprint
from koppeling.pull.record import Parked, Record
from koppeling.pull.references import References
from koppeling.pull.schedule import retry_pause


class Milestones(Protocol):
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


class Result(StrEnum):
    """What became of one change."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PARKED = "parked"
    POSTPONED = "postponed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Change:
    """Link values of one record that are to be written; `whole` when they are all of them."""

    record: Record
    code: str
    values: Mapping[str, LinkValue]
    on_create: Mapping[str, LinkValue]
    refused: Notice | None = None
    whole: bool = True
    attempts: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change, and what has to be kept of it."""

    result: Result
    record: Record
    parked: Parked | None = None
    problem: Problem | None = None
    failure: Consequence | None = None


class CarryOver:
    """Writes changes of one entity of one connection."""

    def __init__(  # noqa: PLR0913 - wired once, by name
        self,
        connection: Connection,
        entity: Entity,
        *,
        milestones: Milestones,
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

    def write(self, change: Change) -> Outcome:
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
            return Outcome(Result.FAILED, change.record, failure=failure)
        record = _linked(change, key)
        if not missing:
            return Outcome(result, record)
        return self._incomplete(change, record, result, missing)

    def postponed(self, change: Change) -> Outcome:
        """Keep a change for which no time was left; it waits for nothing else."""
        parked = self._parked(change, change.values, whole=change.whole)
        parked = replace(parked, not_before=self._now(), attempts=change.attempts)
        return Outcome(Result.POSTPONED, self._as_written(change), parked=parked)

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

    def _put(self, change: Change, resolved: Mapping[str, Any]) -> tuple[Result, MilestonesId]:
        linked = change.record.milestones_id
        if linked is not None:
            if self._is_renamed(change):
                self._check_free(change.code, linked)
            try:
                return self._laid_over(linked, resolved), linked
            except Gone:
                # Somebody removed it over there: what has the code now, if anything, is the record
                pass
        matched = self._match(change)
        if matched is not None:
            return self._laid_over(matched, resolved), matched
        if not change.whole:
            message = "the linked record is not there any more"
            raise Reject("milestones-rejected", message=message)
        created = self._milestones.create(self._entity.name, {**change.on_create, **resolved})
        return Result.CREATED, created

    def _laid_over(self, key: MilestonesId, resolved: Mapping[str, Any]) -> Result:
        written = self._milestones.replace(self._entity.name, key, resolved)
        return Result.CHANGED if written else Result.UNCHANGED

    def _match(self, change: Change) -> MilestonesId | None:
        found = self._milestones.find(self._entity.name, change.code)
        if not found:
            return None
        if len(found) > 1 or self._is_of_another(found[0], change):
            raise Reject("duplicate-code", code=change.code)
        return found[0]

    def _is_of_another(self, key: MilestonesId, change: Change) -> bool:
        """Say whether a code went from one relation to another and the first still stands there."""
        owner = self._references.owner(self._entity.name, change.code)
        if owner is None or owner.exact_id == change.record.exact_id:
            return False
        return owner.milestones_id == key

    def _is_renamed(self, change: Change) -> bool:
        return change.whole and self._written_code(change) != change.code

    def _written_code(self, change: Change) -> str:
        """Return the code under which the record stands over there."""
        written = change.record.written.get(self._entity.key)
        return change.code if written is None else str(written)

    def _as_written(self, change: Change) -> Record:
        """Return the record under its old code, by which it is found until the new one stands."""
        return replace(change.record, code=self._written_code(change))

    def _check_free(self, code: str, own: MilestonesId) -> None:
        """L10: a changed code renames the record only where the new code is free."""
        if any(key != own for key in self._milestones.find(self._entity.name, code)):
            raise Reject("duplicate-code", code=code)

    def _incomplete(
        self, change: Change, record: Record, result: Result, missing: Mapping[str, Reference]
    ) -> Outcome:
        """L16: written without the missing references, which are parked by themselves."""
        parked = self._parked(change, missing, whole=False)
        waits_for = tuple(f"{ref.entity}/{ref.code}" for ref in missing.values())
        parked = replace(parked, code="reference-missing", waits_for=waits_for)
        field, reference = next(iter(missing.items()))
        values = {"field": field, "value": str(reference.code)}
        problem = self._problem(change, "reference-missing", values)
        return Outcome(result, record, parked, problem)

    def _refused(self, change: Change, refusal: Consequence) -> Outcome:
        parked = self._parked(change, change.values, whole=change.whole)
        waits_for = _required(change.values) if isinstance(refusal, Park) else ()
        parked = replace(parked, code=refusal.code, waits_for=waits_for)
        problem = self._problem(change, refusal.code, refusal.values)
        return Outcome(Result.PARKED, self._as_written(change), parked, problem)

    def _parked(self, change: Change, values: Mapping[str, LinkValue], *, whole: bool) -> Parked:
        now = self._now()
        return Parked(
            exact_id=change.record.exact_id,
            values=values,
            whole=whole,
            since=change.since or now,
            not_before=now + retry_pause(change.attempts, self._random),
            attempts=change.attempts + 1,
        )

    def _problem(self, change: Change, code: str, values: Mapping[str, str]) -> Problem:
        return Problem(
            self._connection.id,
            f"{self._entity.name}/{change.record.exact_id}",
            code,
            {"entity": self._entity.one, "code": change.code, **values},
        )


def _required(values: Mapping[str, LinkValue]) -> tuple[str, ...]:
    """Return the references without which a record is not written, as `<entity>/<code>`."""
    references = [value for value in values.values() if isinstance(value, Reference)]
    return tuple(f"{each.entity}/{each.code}" for each in references if each.required)


def _linked(change: Change, key: MilestonesId) -> Record:
    if not change.whole:
        return replace(change.record, milestones_id=key)
    return replace(
        change.record,
        milestones_id=key,
        fingerprint=fingerprint(change.values),
        # A field that was left alone this time keeps what was last written to it (L24)
        written={**change.record.written, **change.values},
    )
