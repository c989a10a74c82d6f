"""A preview reads what is there, notes what would happen, and does nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.core.problems import Problem
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.ports import Page
from koppeling.pull.preview import (
    LONGEST,
    PlannedChange,
    PreviewPlan,
    preview_stores,
    read_only,
)
from koppeling.pull.preview_milestones import PreviewMilestones
from koppeling.pull.preview_rows import Section
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.snapshot import Snapshot
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection, an_account
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.fakes import FakeMilestones, Ground, plenty_of_time

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ACME, NAME = ConnectionId("acme"), "accounts"
LEASE = timedelta(seconds=180)
KEPT, MADE = Record(ExactId("a"), code="1068"), Record(ExactId("b"), code="1071")
PARKED = ParkedChange(ExactId("a"), {}, is_complete=True, parked_at=NOW, not_before=NOW)


class Comparing:
    """QicsMilestones with one customer; it has nothing that writes."""

    def __init__(self) -> None:
        self.looks = FakeMilestones()
        self.looks.put(NAME, "7", CustomerCode="1068", Name="Oud")

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys with this code."""
        return self.looks.find(entity, code)

    def shows_records(self, entity: str) -> bool:
        """Say whether a record is visible."""
        return self.looks.shows_records(entity)

    def shows_company(self) -> bool:
        """Say whether the company is visible."""
        return self.looks.shows_company()

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ."""
        held = self.looks.row(entity, key)
        return {n: (held.get(n), v) for n, v in values.items() if held.get(n) != v}


@pytest.fixture
def plan() -> PreviewPlan:
    """Return an empty plan."""
    return PreviewPlan()


@pytest.fixture
def target(plan: PreviewPlan) -> PreviewMilestones:
    """Return QicsMilestones as a preview has it."""
    return a_preview_of(Comparing(), plan)


def a_preview_of(comparing: Comparing, plan: PreviewPlan, *to_come: str) -> PreviewMilestones:
    """Return QicsMilestones as a preview of a tick has it, which asks for single records."""
    return PreviewMilestones(
        milestones=comparing,
        snapshot=no_list,
        plan=plan,
        targets={name: entity.target for name, entity in ENTITIES.items()},
        to_come=lambda _: frozenset(to_come),
        reads_lists=False,
    )


def no_list(entity: str) -> Snapshot:
    """Refuse: a tick touches a few records of a list that may be long."""
    raise AssertionError(entity)


@pytest.fixture
def ground() -> Ground:
    """Return the ground of one connection."""
    built = Ground(Clock(frozen_at=NOW))
    built.connections.add(a_connection(id=ACME))
    return built


def test_a_record_that_would_change_is_noted_with_both_values(
    plan: PreviewPlan, target: PreviewMilestones
) -> None:
    (key,) = target.find(NAME, "1068")
    assert target.replace(NAME, key, {"CustomerCode": "1068", "Name": "Nieuw"})
    assert plan.changes == [PlannedChange("changed", "1068", {"Name": ("Oud", "Nieuw")})]


def test_a_reference_alone_is_noted_under_the_key_of_its_record(
    plan: PreviewPlan, target: PreviewMilestones
) -> None:
    assert target.replace(NAME, MilestonesId("7"), {"VatCodeId": "3"})
    assert plan.changes[0].code == "7"


def test_a_record_that_would_stay_as_it_is_is_not_noted(
    plan: PreviewPlan, target: PreviewMilestones
) -> None:
    assert not target.replace(NAME, MilestonesId("7"), {"Name": "Oud"})
    assert plan.changes == []


def test_a_record_that_would_be_created_gets_a_placeholder_for_its_key(
    plan: PreviewPlan, target: PreviewMilestones
) -> None:
    assert target.create(NAME, {"CustomerCode": "3001", "Name": "A"}) == "preview-3001"
    fields = {"CustomerCode": (None, "3001"), "Name": (None, "A")}
    assert plan.changes == [PlannedChange("created", "3001", fields)]
    assert target.find(NAME, "3001") == ["preview-3001"]


def test_a_plan_holds_no_more_than_an_answer_can(plan: PreviewPlan) -> None:
    for number in range(LONGEST + 1):
        plan.add_created(str(number), "", {})
    assert [change.code for change in plan.changes[-1:]] == [str(LONGEST - 1)]
    assert plan.left_out == 1
    assert len(plan.sections[Section.NEW]) == LONGEST + 1


def test_what_the_preview_of_another_entity_creates_counts_as_there(plan: PreviewPlan) -> None:
    target = a_preview_of(Comparing(), plan, "21")
    assert target.find("vat_codes", "21") == ["preview-21"]
    assert target.find("vat_codes", "9") == []
    target.replace(NAME, MilestonesId("7"), {"VatCodeId": "preview-21"})
    assert plan.changes[0].fields == {"VatCodeId": (None, "21")}


def test_states_are_read_without_a_lease_and_never_written(
    plan: PreviewPlan, ground: Ground
) -> None:
    states = preview_stores(ground.stores, plan).states
    before = ground.states.state
    taken = states.acquire(ACME, NAME, NOW, LEASE)
    assert taken == states.peek(ACME, NAME) == before
    assert taken is not None
    moved = taken.with_feed("accounts", taken.feed("accounts").after_page([9], None))
    states.save(ACME, NAME, moved)
    states.release(ACME, NAME, moved)
    assert (ground.states.state, ground.states.leased_until) == (before, None)


def test_records_of_a_preview_are_seen_by_it_alone(plan: PreviewPlan, ground: Ground) -> None:
    ground.records.known[KEPT.exact_id] = KEPT
    records = preview_stores(ground.stores, plan).records
    records.save_many(ACME, NAME, [MADE])
    records.plan_reviews(ACME, NAME, {MADE.exact_id: TODAY})
    records.reviewed(ACME, NAME, TODAY)
    seen = records.get_many(ACME, NAME, [KEPT.exact_id, MADE.exact_id, ExactId("c")])
    assert seen == {KEPT.exact_id: KEPT, MADE.exact_id: MADE}
    assert records.ids(ACME, NAME) == [KEPT.exact_id]
    assert records.reviews_due(ACME, NAME, TODAY) == []
    assert ground.records.known == {KEPT.exact_id: KEPT}


def test_the_retry_set_is_read_and_left_as_it_is(plan: PreviewPlan, ground: Ground) -> None:
    ground.retries.parked[PARKED.exact_id] = PARKED
    retries = preview_stores(ground.stores, plan).retries
    retries.park(
        ACME,
        NAME,
        [ParkedChange(ExactId("b"), {}, is_complete=True, parked_at=NOW, not_before=NOW)],
    )
    retries.drop(ACME, NAME, [PARKED.exact_id])
    assert retries.all(ACME, NAME) == [PARKED]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "1068", "debtor": "2000"}, "1068"),
        ({"debtor": "2000"}, "2000"),
        ({"item": "KM"}, "KM"),
        ({}, "accounts/a"),
    ],
)
def test_a_problem_is_noted_by_what_a_person_knows_it_by_and_not_opened(
    plan: PreviewPlan, ground: Ground, values: dict[str, str], code: str
) -> None:
    problems = preview_stores(ground.stores, plan).problems
    problems.open(Problem(ACME, "accounts/a", "duplicate-code", values))
    problems.close(ACME, "accounts/a")
    assert plan.changes == [PlannedChange("problem", code, problem="duplicate-code")]
    assert (ground.problems.open_ones, ground.problems.closed) == ({}, [])


def test_what_a_preview_looks_up_is_not_remembered() -> None:
    held = FakeLookupCache({("milestones", "vat_codes", "2"): {"id": "5"}})
    memory = read_only(held, "get")
    memory.put(ACME, "milestones", "vat_codes", "9", {"id": "6"})
    assert memory.get(ACME, "milestones", "vat_codes", "2") == {"id": "5"}
    assert memory.get(ACME, "milestones", "vat_codes", "9") is None


def test_a_preview_keeps_nothing_and_leaves_nothing_for_later(ground: Ground) -> None:
    ground.exact.answers = {"sync/CRM/Accounts": [Page([an_account()])]}
    before = ground.states.state
    previewed = pulls(ground).preview(ACME, plenty_of_time(), full=False)
    assert previewed.summary.outcome == "done"
    assert (ground.states.state, ground.records.known, ground.problems.closed) == (before, {}, [])


def test_a_preview_of_what_is_switched_off_shows_nothing(ground: Ground) -> None:
    off = {NAME: EntitySetting(enabled=False)}
    ground.connections.add(a_connection(id=ACME, entities=off))
    previewed = pulls(ground).preview(ACME, plenty_of_time(), full=False)
    assert (previewed.summary.outcome, previewed.changes) == ("switched-off", ())


def test_a_preview_whose_time_ran_out_queues_no_message(ground: Ground) -> None:
    previewed = pulls(ground).preview(ACME, Deadline(lambda: 0), full=True)
    assert previewed.summary.outcome == "pull-continues"
    assert ground.queue.sent == []


def pulls(ground: Ground) -> PullDispatcher:
    """Return the pulls of accounts on this ground."""
    return PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=0,
    )
