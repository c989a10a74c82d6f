"""A run of an entity that is read as a whole list: compared, distrusted, or left alone (R15)."""

from dataclasses import replace
from typing import Any

import pytest

from koppeling.core.errors import Defer, Reject, Retry
from koppeling.core.ids import ExactId
from koppeling.pull.cursor import ReadMode
from koppeling.pull.entities.payment_conditions import PAYMENT_CONDITIONS
from koppeling.pull.record import ParkedChange
from tests.unit.pull.builders import a_cost_center, a_payment_condition
from tests.unit.pull.list_fakes import NOW, Desk, adopting, centers

NOBODY = "a list that did not change asks for no record"


class Untouchable:
    """Records of which nobody may ask anything."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked for
        raise AssertionError(f"{name}: {NOBODY}")


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
    desk.run(ReadMode.FULL)
    assert desk.state.feed("cost_centers").rows == 8
    assert desk.state.read_mode is ReadMode.INCREMENTAL
    assert {subject for subject, _ in desk.problems.open_ones} == {
        "cost_centers/id-8/gone",
        "cost_centers/id-9/gone",
    }


def test_a_full_comparison_looks_at_every_row_of_a_list_that_did_not_change() -> None:
    desk = loaded()
    desk.milestones.row("cost_centers", "key-3")["Name"] = "Getypt"
    assert desk.run(ReadMode.FULL) == {"pages": 1, "read": 10, "changed": 1, "unchanged": 9}


def test_a_row_that_disappears_is_told_once_and_left_as_it_stands_over_there() -> None:
    desk = loaded()
    desk.lists(centers(9))
    desk.run()
    problem = desk.problems.open_ones["cost_centers/id-9/gone", "record-gone-in-exact"]
    assert problem.values == {"entity": "cost_center", "code": "K09"}
    assert desk.written() == []

    desk.problems.open_ones.clear()
    desk.lists([*centers(8), a_cost_center(ID="id-8", Code="K08", Description="Anders")])
    desk.run()

    assert desk.problems.open_ones == {}


def test_a_row_that_comes_back_closes_its_problem_without_a_write() -> None:
    desk = loaded()
    desk.lists(centers(9))
    desk.run()
    desk.lists(centers(10))
    desk.run()
    assert (desk.problems.open_ones, desk.written()) == ({}, [])


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
    left = iter([100_000] * 2)  # at its start, and before the first page
    with pytest.raises(Defer) as stopped:
        desk.run(milliseconds=lambda: next(left, 34_999))
    assert (stopped.value.code, stopped.value.detail) == (
        "pull-continues",
        "a list is read in one go",
    )
    assert (desk.state, desk.written()) == (before, [])
    assert desk.run()["created"] == 1


def test_changes_for_which_no_time_is_left_are_kept_and_written_by_a_run_that_has_it() -> None:
    desk = adopting(3)
    desk.lists(centers(3))
    left = iter([100_000] * 3)  # at its start, before the first page, and for one write
    with pytest.raises(Defer) as stopped:
        desk.run(milliseconds=lambda: next(left, 34_999))
    assert stopped.value.detail == "time ran out within a page"
    kept = dict(desk.retries.parked)
    assert (len(kept), len(desk.written())) == (2, 1)

    for more in (1, 2):  # at its start, and before what waits
        left = iter([100_000] * more)
        with pytest.raises(Defer):
            desk.run(milliseconds=lambda: next(left, 34_999))  # noqa: B023 - called at once
        assert (desk.retries.parked, desk.written()) == (kept, [])

    desk.run()
    assert (desk.retries.parked, len(desk.written())) == ({}, 2)


def test_a_change_that_was_written_before_a_crash_is_dropped_without_a_write() -> None:
    desk = loaded()
    waiting = ParkedChange(ExactId("id-1"), {}, is_complete=True, parked_at=NOW, not_before=NOW)
    desk.retries.parked[waiting.exact_id] = waiting
    desk.run()
    assert (desk.retries.parked, desk.milestones.calls) == ({}, [])


def test_another_reason_to_wait_takes_the_place_of_the_one_before() -> None:
    desk = adopting(1)
    desk.milestones.put("cost_centers", "double", Code="K00")
    desk.lists(centers(1))
    desk.run()
    assert list(desk.problems.open_ones) == [("cost_centers/id-0", "duplicate-code")]

    (held,) = desk.retries.parked.values()
    desk.retries.parked[held.exact_id] = replace(held, not_before=NOW)
    desk.milestones.fails = [Reject("milestones-rejected", message="Nee")]
    desk.run()

    assert list(desk.problems.open_ones) == [("cost_centers/id-0", "milestones-rejected")]


def test_a_notice_that_no_longer_holds_is_taken_back() -> None:
    desk = Desk(PAYMENT_CONDITIONS)
    desk.lists([a_payment_condition(PaymentEndOfMonths=1)])
    desk.run()
    noticed = ("payment_conditions/30/notice", "payment-condition-simplified")
    assert list(desk.problems.open_ones) == [noticed]
    desk.lists([a_payment_condition()])
    desk.run()
    assert desk.problems.open_ones == {}


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
