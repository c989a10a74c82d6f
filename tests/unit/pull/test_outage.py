"""A record on which QicsMilestones fails, told from an outage."""

from datetime import UTC, datetime

import pytest

from koppeling.core.errors import (
    Consequence,
    Defer,
    Fatal,
    Park,
    Reauthorise,
    Reject,
    Retry,
    Uncertain,
)
from koppeling.core.ids import ExactId
from koppeling.pull.change import PendingChange
from koppeling.pull.link_values import Mapped
from koppeling.pull.outage import FAILING_RECORDS, FAILS, OutageWatch, may_concern_one_record
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.upsert import UpsertOutcome, UpsertResult

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
FAILURE = Retry(FAILS, "500 on CustomerCompany")


def change(number: int) -> PendingChange:
    """Return a change of a record."""
    return PendingChange(Record(ExactId(str(number))), Mapped(str(number), {}))


def result(number: int, outcome: UpsertOutcome, code: str | None = None) -> UpsertResult:
    """Return what became of a change; parked when there is a code."""
    record = Record(ExactId(str(number)))
    parked = ParkedChange(record.exact_id, {}, True, NOW, NOW, code=code)  # noqa: FBT003 - is_complete
    is_parked = outcome in (UpsertOutcome.PARKED, UpsertOutcome.POSTPONED)
    return UpsertResult(outcome, record, parked if is_parked else None)


@pytest.mark.parametrize(
    ("failure", "may"),
    [
        (FAILURE, True),
        (Uncertain(FAILS), True),
        (Retry("token-busy"), False),
        (Defer(FAILS, NOW), False),
        (Reauthorise("milestones-reconnect-needed"), False),
        (Fatal("milestones-no-rights"), False),
        (Park(FAILS), False),
        (Reject("milestones-rejected"), False),
    ],
)
def test_only_a_failure_without_a_known_cause_may_concern_one_record(
    failure: Consequence, *, may: bool
) -> None:
    assert may_concern_one_record(failure) is may


def test_failing_on_many_records_is_an_outage_whichever_way_it_failed() -> None:
    watch = OutageWatch()
    for number in range(FAILING_RECORDS - 2):
        watch.suspect(change(number), FAILURE)
    watch.note(result(8, UpsertOutcome.PARKED, FAILS))
    before = watch.outage
    watch.note(result(9, UpsertOutcome.PARKED, FAILS))
    after = watch.outage
    assert (before, str(after)) == (None, f"{FAILS}: 5 records in one run")


def test_a_record_counts_once_however_often_it_fails_in_a_run() -> None:
    watch = OutageWatch()
    for _ in range(FAILING_RECORDS):
        watch.suspect(change(1), FAILURE)
        watch.note(result(1, UpsertOutcome.POSTPONED))
    assert (watch.outage, len(watch.suspects)) == (None, 1)


def test_a_record_that_gets_through_at_a_second_try_is_suspect_no_more() -> None:
    watch = OutageWatch()
    watch.suspect(change(1), FAILURE)
    watch.note(result(1, UpsertOutcome.CHANGED))
    assert (watch.suspects, watch.got_through) == ({}, True)


@pytest.mark.parametrize(
    ("outcome", "code", "through"),
    [
        (UpsertOutcome.CREATED, None, True),
        (UpsertOutcome.CHANGED, None, True),
        (UpsertOutcome.UNCHANGED, None, True),
        (UpsertOutcome.PARKED, "duplicate-code", False),
        (UpsertOutcome.POSTPONED, FAILS, False),
    ],
)
def test_only_what_was_written_or_found_equal_got_through(
    outcome: UpsertOutcome, code: str | None, *, through: bool
) -> None:
    watch = OutageWatch()
    watch.note(result(1, outcome, code))
    assert watch.got_through is through
