"""L10, L15 to L17, M25 to M27: one change carried over, and what becomes of it."""

from datetime import timedelta

import pytest

from koppeling.core.errors import Consequence, Defer, Fatal, Gone, Reject, Retry
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.link_values import fingerprint
from koppeling.pull.record import Record
from koppeling.pull.upsert import UpsertOutcome
from tests.unit.pull.builders import a_connection
from tests.unit.pull.customer_changes import (
    LINKED,
    NEW,
    NOW,
    OF_NEW,
    VALUES,
    a_ground,
    change,
    problem_of,
    write,
)


def test_a_customer_that_is_nowhere_is_created_with_its_defaults_after_one_more_look() -> None:
    ground = a_ground()
    outcome = write(ground, change())
    assert ground.milestones.calls == ["find 1068", "create", "find 1068"]
    assert ground.milestones.rows["accounts"] == {"100": {**OF_NEW, **VALUES}}
    assert (outcome.outcome, outcome.record.milestones_id) == (UpsertOutcome.CREATED, "100")
    assert (outcome.parked, outcome.problem, outcome.failure) == (None, None, None)


def test_what_was_written_is_kept_with_its_fingerprint() -> None:
    record = write(a_ground(), change()).record
    assert (record.fingerprint, record.written) == (fingerprint(VALUES), VALUES)


def test_a_field_that_is_left_alone_this_time_is_still_known_as_written_before() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31")
    assert write(ground, change(LINKED)).record.written["EmailAddressCc"] == "jan@x.nl"


def test_a_customer_with_the_same_code_is_adopted_without_the_defaults_of_a_new_one() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="1068", Name="Old", CompanyId="7")
    outcome = write(ground, change())
    assert ground.milestones.row("accounts", "31") == {**VALUES, "CompanyId": "7"}
    assert (outcome.outcome, outcome.record.milestones_id) == (UpsertOutcome.CHANGED, "31")


def test_a_linked_customer_is_written_by_its_link_without_a_look() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", **VALUES | {"Name": "Old"})
    assert write(ground, change(LINKED)).outcome is UpsertOutcome.CHANGED
    assert ground.milestones.calls == ["replace 31"]


def test_a_customer_that_holds_everything_already_counts_as_unchanged() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", **VALUES)
    assert write(ground, change(LINKED)).outcome is UpsertOutcome.UNCHANGED


def test_two_customers_with_the_code_are_a_problem_and_neither_is_written() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="1068")
    ground.milestones.put("accounts", "32", CustomerCode="1068")
    outcome = write(ground, change())
    assert (outcome.outcome, outcome.failure) == (UpsertOutcome.PARKED, None)
    values = {"entity": "account", "code": "1068", "names": "31, 32"}
    assert problem_of(outcome) == ("accounts/exact-1", "duplicate-code", values)
    assert ground.milestones.calls == ["find 1068"]


def test_a_changed_code_renames_the_customer_when_the_new_code_is_free() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="1068")
    renamed = change(LINKED, VALUES | {"CustomerCode": "2068"}, code="2068")
    assert write(ground, renamed).outcome is UpsertOutcome.CHANGED
    assert ground.milestones.row("accounts", "31")["CustomerCode"] == "2068"


def test_a_changed_code_that_the_customer_has_already_is_no_obstacle() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="2068")
    renamed = change(LINKED, VALUES | {"CustomerCode": "2068"}, code="2068")
    assert write(ground, renamed).outcome is UpsertOutcome.CHANGED


def test_a_changed_code_that_another_customer_has_renames_nothing() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="1068")
    ground.milestones.put("accounts", "32", CustomerCode="2068")
    outcome = write(ground, change(LINKED, VALUES | {"CustomerCode": "2068"}, code="2068"))
    assert (outcome.outcome, problem_of(outcome)[1]) == (UpsertOutcome.PARKED, "duplicate-code")
    assert ground.milestones.row("accounts", "31")["CustomerCode"] == "1068"
    assert outcome.record.code == "1068"


@pytest.mark.parametrize(
    ("owner", "key", "result"),
    [
        ("exact-2", "31", UpsertOutcome.PARKED),
        ("exact-2", "77", UpsertOutcome.CHANGED),
        ("exact-1", "31", UpsertOutcome.CHANGED),
    ],
)
def test_a_customer_is_adopted_unless_it_is_the_one_of_another_relation(
    owner: str, key: str, result: UpsertOutcome
) -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", CustomerCode="1068")
    linked = Record(ExactId(owner), code="1068", milestones_id=MilestonesId(key))
    ground.records.known[linked.exact_id] = linked
    outcome = write(ground, change())
    assert outcome.outcome is result
    assert (outcome.problem is not None) == (result is UpsertOutcome.PARKED)


def test_a_linked_customer_that_somebody_removed_is_matched_and_else_created_again() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "77", CustomerCode="2000")
    ground.milestones.fails = [Gone("milestones-rejected")]
    outcome = write(ground, change(LINKED))
    assert ground.milestones.calls == ["replace 31", "find 1068", "create"]
    assert (outcome.outcome, outcome.record.milestones_id) == (UpsertOutcome.CREATED, "101")


def test_a_refused_record_waits_longer_each_time_and_remembers_since_when() -> None:
    ground = a_ground()
    ground.milestones.fails = [Reject("milestones-rejected", message="Name is required")]
    before = NOW - timedelta(days=1)
    outcome = write(ground, change(attempts=2, since=before))
    assert outcome.record == NEW
    parked = outcome.parked
    assert parked is not None
    assert (parked.attempts, parked.parked_at, parked.code) == (3, before, "milestones-rejected")
    assert timedelta(minutes=48) <= parked.not_before - NOW <= timedelta(minutes=60)
    assert problem_of(outcome)[2]["message"] == "Name is required"


@pytest.mark.parametrize(
    "error",
    [
        Retry("milestones-unavailable"),
        Fatal("milestones-no-rights"),
        Defer("milestones-unavailable", NOW),
    ],
    ids=type,
)
def test_what_concerns_the_whole_system_comes_back_as_a_failure_and_parks_nothing(
    error: Consequence,
) -> None:
    ground = a_ground()
    ground.milestones.fails = [error]
    outcome = write(ground, change())
    assert (outcome.outcome, outcome.failure) == (UpsertOutcome.FAILED, error)
    assert (outcome.record, outcome.parked, outcome.problem) == (NEW, None, None)


def test_a_new_change_without_time_left_waits_for_nothing_but_its_turn() -> None:
    outcome = a_ground().upsert(a_connection()).postpone(change())
    parked = outcome.parked
    assert (outcome.outcome, outcome.record) == (UpsertOutcome.POSTPONED, NEW)
    assert parked is not None
    assert (parked.values, parked.is_complete, parked.code) == (VALUES, True, None)
    assert (parked.not_before, parked.parked_at, parked.attempts) == (NOW, NOW, 0)


@pytest.mark.parametrize("whole", [True, False])
def test_a_parked_change_without_time_left_stays_as_it_was(*, whole: bool) -> None:
    given = change(whole=whole, attempts=4)
    outcome = a_ground().upsert(a_connection()).postpone(given)
    assert (outcome.outcome, outcome.record) == (UpsertOutcome.POSTPONED, NEW)
    assert outcome.parked == given.held
