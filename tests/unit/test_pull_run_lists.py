"""A run of an entity that is read as a whole list: compared, distrusted, or left alone (R15)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from koppeling.carry_over import CarryOver
from koppeling.deadline import Deadline
from koppeling.division import DivisionWatch
from koppeling.domain.cursors import Anew, PullState
from koppeling.domain.entities import COST_CENTERS, PAYMENT_CONDITIONS, Entity
from koppeling.domain.errors import Consequence, Defer, Reject, Retry
from koppeling.pull_ports import Records, Stores
from koppeling.pull_run import PullRun
from koppeling.references import References
from tests.unit.domain.builders import a_connection, a_cost_center, a_payment_condition
from tests.unit.pull_fakes import FakeExact, FakeFacts, FakeMemory, FakeMilestones, FakePage
from tests.unit.store_fakes import FakeProblems, FakeRecords, FakeRetries, FakeStates

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LOOKED = PullState(fencing=0, looked_on=TODAY, reviewed_on=TODAY)
NOBODY = "a list that did not change asks for no record"


class Untouchable:
    """Records of which nobody may ask anything."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked for
        raise AssertionError(f"{name}: {NOBODY}")


@dataclass(slots=True)
class Desk:
    """One entity that is a list, with what its runs stand on."""

    entity: Entity = COST_CENTERS
    state: PullState = LOOKED
    exact: FakeExact = field(default_factory=FakeExact)
    milestones: FakeMilestones = field(default_factory=lambda: FakeMilestones(code="Code"))
    records: FakeRecords = field(default_factory=FakeRecords)
    problems: FakeProblems = field(default_factory=FakeProblems)
    retries: FakeRetries = field(default_factory=FakeRetries)

    def lists(self, *pages: list[dict[str, Any]] | Consequence) -> None:
        """Let Exact list these pages from now on."""
        told: list[FakePage | Consequence] = [
            page if isinstance(page, Consequence) else FakePage(page, f"page {number}")
            for number, page in enumerate(pages, 2)
        ]
        if isinstance(last := told[-1], FakePage):
            told[-1] = replace(last, next_link=None)
        self.exact.answers = {self.entity.feeds[0].endpoint: told}

    def run(
        self,
        anew: Anew = Anew.NOT,
        milliseconds: Callable[[], int] = lambda: 100_000,
        records: Records | None = None,
    ) -> dict[str, int]:
        """Run once, and return what was counted."""
        connection = a_connection()
        references = References(connection, self.records, FakeMemory(), self.milestones)
        facts = FakeFacts()
        states = FakeStates(state=self.state)
        wanted = self.state if anew is Anew.NOT else self.state.afresh(anew)
        run = PullRun(
            connection=connection,
            entity=self.entity,
            state=wanted,
            source=self.exact,
            watch=DivisionWatch(connection, facts, facts, self.problems, self.entity.name, NOW),
            carry_over=CarryOver(
                connection,
                self.entity,
                milestones=self.milestones,
                references=references,
                now=lambda: NOW,
                random=Random(1),  # noqa: S311 - a seeded draw
            ),
            references=references,
            stores=Stores(states, records or self.records, self.retries, self.problems),
            today=TODAY,
            now=NOW,
            deadline=Deadline(milliseconds),
        )
        try:
            run.execute()
        finally:
            self.state = run.state
        return dict(run.counts)

    def written(self) -> list[str]:
        """Return the calls to QicsMilestones since the last time, other than those that look."""
        calls = [call for call in self.milestones.calls if not call.startswith("find")]
        self.milestones.calls.clear()
        return calls


def centers(count: int) -> list[dict[str, Any]]:
    """Return so many cost centres."""
    return [
        a_cost_center(ID=f"id-{n}", Code=f"K{n:02d}", Description=f"Team {n}") for n in range(count)
    ]


def adopting(count: int) -> Desk:
    """Return a desk with cost centres of the same codes over there, under keys that are known."""
    desk = Desk()
    for number, row in enumerate(centers(count)):
        desk.milestones.put("cost_centers", f"key-{number}", Code=row["Code"], Name="Oud")
    return desk


def loaded() -> Desk:
    """Return a desk whose list of ten was taken over."""
    desk = adopting(10)
    desk.lists(centers(10))
    assert desk.run()["changed"] == 10
    desk.written()
    return desk


def test_a_list_of_several_pages_is_taken_over_as_one() -> None:
    desk = adopting(4)
    desk.lists(centers(5)[:3], centers(5)[3:])
    assert desk.run() == {"pages": 2, "read": 5, "changed": 4, "created": 1}
    assert desk.state.feed("cost_centers").rows == 5


def test_a_list_that_did_not_change_asks_for_no_record_and_writes_nothing() -> None:
    desk = loaded()
    desk.lists(list(reversed(centers(10))))
    untouchable: Any = Untouchable()
    assert desk.run(records=untouchable) == {"pages": 1, "read": 10}
    assert desk.milestones.calls == []


def test_of_a_list_that_changed_only_the_row_that_differs_is_written() -> None:
    desk = loaded()
    rows = centers(10)
    rows[4]["Description"] = "Anders"
    desk.lists(rows)
    assert desk.run() == {"pages": 1, "read": 10, "changed": 1}
    assert desk.written() == ["replace key-4"]


def test_a_list_that_lost_a_fifth_changes_nothing_and_tells_both_numbers() -> None:
    desk = loaded()
    held, before = dict(desk.records.known), desk.state
    rows = centers(8)
    rows[0]["Description"] = "Anders"
    desk.lists(rows)
    with pytest.raises(Reject) as stopped:
        desk.run()
    assert stopped.value.code == "list-shrank"
    assert stopped.value.values == {
        "entity": "cost_centers",
        "before": "10",
        "after": "8",
        "exact_user": "koppeling@veldhuis.example",
    }
    assert (desk.records.known, desk.state, desk.written()) == (held, before, [])


def test_a_full_comparison_accepts_the_shorter_list_and_tells_what_is_gone() -> None:
    desk = loaded()
    desk.lists(centers(8))
    desk.run(Anew.FULL)
    assert desk.state.feed("cost_centers").rows == 8
    assert desk.state.anew is Anew.NOT
    assert {subject for subject, _ in desk.problems.opened} == {
        "cost_centers/id-8/gone",
        "cost_centers/id-9/gone",
    }


def test_a_full_comparison_looks_at_every_row_of_a_list_that_did_not_change() -> None:
    desk = loaded()
    desk.milestones.row("cost_centers", "key-3")["Name"] = "Getypt"
    assert desk.run(Anew.FULL) == {"pages": 1, "read": 10, "changed": 1, "unchanged": 9}


def test_a_row_that_disappears_is_told_once_and_left_as_it_stands_over_there() -> None:
    desk = loaded()
    desk.lists(centers(9))
    desk.run()
    problem = desk.problems.opened["cost_centers/id-9/gone", "record-gone-in-exact"]
    assert problem.values == {"entity": "cost_center", "code": "K09"}
    assert desk.written() == []

    desk.problems.opened.clear()
    desk.lists([*centers(8), a_cost_center(ID="id-8", Code="K08", Description="Anders")])
    desk.run()

    assert desk.problems.opened == {}


def test_a_row_that_comes_back_closes_its_problem_without_a_write() -> None:
    desk = loaded()
    desk.lists(centers(9))
    desk.run()
    desk.lists(centers(10))
    desk.run()
    assert (desk.problems.opened, desk.written()) == ({}, [])


def test_a_page_that_fails_leaves_everything_as_it_was() -> None:
    desk = loaded()
    held, before = dict(desk.records.known), desk.state
    rows = centers(12)
    rows[0]["Description"] = "Anders"
    desk.lists(rows[:6], Retry("exact-unavailable"))
    with pytest.raises(Retry):
        desk.run()
    assert (desk.records.known, desk.state, desk.written()) == (held, before, [])


def test_without_time_for_the_next_page_the_list_starts_over_from_its_first_one() -> None:
    desk = loaded()
    before = desk.state
    desk.lists(centers(11)[:6], centers(11)[6:])
    left = iter([100_000])
    with pytest.raises(Defer) as stopped:
        desk.run(milliseconds=lambda: next(left, 34_999))
    assert stopped.value.code == "pull-continues"
    assert (desk.state, desk.written()) == (before, [])
    assert desk.run()["created"] == 1


def test_the_instalments_of_a_payment_condition_are_one_record() -> None:  # X84
    desk = Desk(PAYMENT_CONDITIONS)
    thirty, other = a_payment_condition(), a_payment_condition(ID="d", Code="14", PaymentDays=14)
    half = a_payment_condition(ID="a", Code="2T", PaymentDays=0)
    rest = a_payment_condition(ID="b", Code="2T ", PaymentDays=45)
    for key, code in (("1", "30"), ("2", "14"), ("3", "2T")):
        desk.milestones.put("payment_conditions", key, Code=code)
    of_nobody = a_payment_condition(ID="c", Code=" ")
    desk.lists([half, rest, thirty, other, of_nobody])
    assert desk.run()["changed"] == 3
    assert desk.milestones.row("payment_conditions", "3")["TermsInDays"] == 45
    desk.written()

    desk.lists([other, half, thirty, {**rest, "PaymentDays": 60}, of_nobody])
    assert desk.run()["changed"] == 1
    assert desk.written() == ["replace 3"]
    assert desk.milestones.row("payment_conditions", "3")["TermsInDays"] == 60
