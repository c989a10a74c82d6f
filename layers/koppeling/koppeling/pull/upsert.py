"""One record written: resolve its references, match it, lay its link fields over, or create it.

change ──references──► linked? ──yes──► claim, read, overlay, write if it differs
                         │ no
                         ▼
                 match by code ──one──► adopt: claim, read, overlay, write if it differs
                         │ none
                         ▼
                      create, claim
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
from koppeling.pull.agreement import Agreement
from koppeling.pull.change import PendingChange
from koppeling.pull.entities.entity import Entity
from koppeling.pull.in_bulk import MadeMeanwhile
from koppeling.pull.link_values import LinkValue, Reference, fingerprint, named_by_code
from koppeling.pull.matching import Matching, Taken
from koppeling.pull.ports import RecordWriter
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.references import References
from koppeling.pull.schedule import retry_pause
from koppeling.pull.sight import Sight

# What QicsMilestones says no to, in words of its own
REFUSED_THERE = "milestones-rejected"


class _NotThereError(Exception):
    """The record of which a part waits is not there, so all of it has to be written or left."""


class UpsertOutcome(StrEnum):
    """What became of one change."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT = "left"  # stands in Exact only, and is none that is created
    PARKED = "parked"
    POSTPONED = "postponed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """What became of a change, and what has to be kept of it.

    `freed` is the code that the record had in QicsMilestones and has no more.
    """

    outcome: UpsertOutcome
    record: Record
    parked: ParkedChange | None = None
    problem: Problem | None = None
    failure: Consequence | None = None
    freed: str | None = None

    def as_gone(self) -> "UpsertResult":
        """Return the result for a record that was marked as gone while it was written."""
        return replace(self, record=replace(self.record, gone=True), parked=None, problem=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """Writes changes of one entity of one connection."""

    connection: Connection
    entity: Entity
    milestones: RecordWriter
    references: References
    matching: Matching
    agreement: Agreement
    sight: Sight
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
        before = change.record.written_code(self._code_field)
        try:
            with self.matching.turns.of(change.mapped.code):
                change = self.matching.make_way(change)
                resolved, missing = self._resolve(change.values)
                outcome, key = self._put(change, resolved)
        except _NotThereError:
            return self.write(change.as_whole())
        except (Reject, Park) as refusal:
            if refusal.code == REFUSED_THERE:  # any other refusal says what it is about
                self.references.doubt(change.values.values())
            result = self.park(change, refusal)
        except Consequence as failure:
            return UpsertResult(UpsertOutcome.FAILED, change.record, failure=failure)
        else:
            result = UpsertResult(outcome, _linked(change, key))
            if missing and key is not None:  # a record that is not there has no part that waits
                result = self._incomplete(change, result, missing)
        is_left = before is not None and before != result.record.written_code(self._code_field)
        return replace(result, freed=before) if is_left else result

    def postpone(self, change: PendingChange) -> UpsertResult:
        """Park a change for which no time was left; what was parked before stays as it was."""
        if change.held is not None:
            return UpsertResult(UpsertOutcome.POSTPONED, change.record, change.held)
        now = self.now()
        record = change.under_written_code(self._code_field)
        parked = ParkedChange(
            record.exact_id,
            change.values,
            is_complete=True,
            parked_at=now,
            not_before=now,
            is_compared=change.is_compared,
        )
        return UpsertResult(UpsertOutcome.POSTPONED, record, parked)

    @property
    def _code_field(self) -> str:
        return self.entity.target.code

    def _resolve(
        self, values: Mapping[str, LinkValue]
    ) -> tuple[dict[str, Any], dict[str, Reference]]:
        resolved: dict[str, Any] = {}
        missing: dict[str, Reference] = {}
        for name, value in values.items():
            if not isinstance(value, Reference):
                resolved[name] = value
            elif value.is_empty:
                resolved[name] = None  # L17: an empty reference empties the field
            elif value.required or self.connection.setting(value.entity).enabled:
                key = self.references.resolve(value)
                if key is not None:
                    resolved[name] = key
                elif value.required:
                    raise Park("customer-not-synced", debtor=value.code or str(value.target_id))
                else:
                    missing[name] = value
        return resolved, missing

    def _put(
        self, change: PendingChange, resolved: Mapping[str, Any]
    ) -> tuple[UpsertOutcome, MilestonesId | None]:
        linked = change.record.milestones_id
        if linked is not None:
            if change.is_complete and change.written_code(self._code_field) != change.mapped.code:
                self.matching.check_free(change, linked)
            try:
                return self._overlay(change, linked, resolved), linked
            except Gone:
                # Somebody removed it there; a record that has the code now takes its place
                pass
        matched = self.matching.match(change)
        if matched is not None:
            return self._overlay(change, matched, resolved), matched
        if not change.is_complete:
            raise _NotThereError
        if not change.mapped.importable:
            self.sight.check()
            return UpsertOutcome.LEFT, None
        try:
            return UpsertOutcome.CREATED, self._create(change, resolved)
        except MadeMeanwhile:
            matched = self.matching.match(change)
            if matched is None:
                raise
            return self._overlay(change, matched, resolved), matched

    def _create(self, change: PendingChange, resolved: Mapping[str, Any]) -> MilestonesId:
        values = {**change.mapped.on_create, **resolved}
        if self.entity.target.per_company:
            values = {"CompanyId": self.connection.company_id, **values}

        def make() -> MilestonesId:
            key = self._post(change, values)
            self.matching.claim(change, key)
            return key

        return self.sight.create(change.mapped.code, make)

    def _post(self, change: PendingChange, values: Mapping[str, Any]) -> MilestonesId:
        if self.matching.journal is None:
            return self.milestones.create(self.entity.name, values)
        self.matching.journal.creating(change.record, change.mapped.code, change.held)
        try:
            return self.milestones.create(self.entity.name, values)
        except Reject:
            self.matching.journal.refused(change.record, change.held)
            raise

    def _overlay(
        self, change: PendingChange, key: MilestonesId, resolved: Mapping[str, Any]
    ) -> UpsertOutcome:
        self.agreement.check(change, key, resolved)
        self.matching.claim(change, key)
        keep = self.matching.keeper(change, key)
        overwritten = self.milestones.replace(self.entity.name, key, resolved, keep=keep)
        return UpsertOutcome.CHANGED if overwritten else UpsertOutcome.UNCHANGED

    def _incomplete(
        self, change: PendingChange, written: UpsertResult, missing: Mapping[str, Reference]
    ) -> UpsertResult:
        """Park the references that are missing; the rest of the record was written (L16)."""
        code, waits_for = "reference-missing", _names(missing.values())
        parked = self._parked(change, missing, code, waits_for, is_complete=False)
        field, reference = next(iter(missing.items()))
        values = {"field": field, "value": reference.code or str(reference.target_id)}
        return replace(written, parked=parked, problem=self._problem(change, code, values))

    def park(self, change: PendingChange, refusal: Consequence) -> UpsertResult:
        """Park a change with its problem, to be tried again after a pause."""
        parked = self._parked(
            change,
            change.values,
            refusal.code,
            self._cause(change, refusal),
            is_complete=change.is_complete,
        )
        problem = self._problem(change, refusal.code, refusal.values)
        record = change.under_written_code(self._code_field)
        return UpsertResult(UpsertOutcome.PARKED, record, parked, problem)

    def _cause(self, change: PendingChange, refusal: Consequence) -> tuple[str, ...]:
        """Return the names of what a refused change waits for."""
        if isinstance(refusal, Taken):
            return (named_by_code(self.entity.name, change.mapped.code),)
        if not isinstance(refusal, Park):
            return ()
        values = change.values.values()
        return _names(each for each in values if isinstance(each, Reference) and each.required)

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
    """Return what references are named by, in the retry set."""
    return tuple(name for each in references for name in each.names)


def _linked(change: PendingChange, key: MilestonesId | None) -> Record:
    if not change.is_complete:
        return replace(change.record, milestones_id=key)
    written = {} if key is None else {**change.record.written, **change.values}
    return replace(
        change.record,
        milestones_id=key,
        # Without a key it stands in Exact only, and is looked for again when it changes
        fingerprint=fingerprint(change.values),
        # A field that was left alone this time keeps what was last written to it (L24)
        written=written,
    )
