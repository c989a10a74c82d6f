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
from tests.unit.pull.list_fakes import NOW, ListPull, adopting, centers

NOBODY = "a list that did not change asks for no record"


class Untouchable:
    """Records of which nobody may ask anything."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked for
        raise AssertionError(f"{name}: {NOBODY}")


def loaded() -> ListPull:
    """Return a pull whose list of ten was taken over."""
    pull = adopting(10)
    pull.lists(centers(10))
    assert pull.run()["changed"] == 10
    pull.written()
    return pull


def test_a_list_of_several_pages_is_taken_over_as_one() -> None:
    pull = adopting(4)
    pull.lists(centers(5)[:3], centers(5)[3:])
    assert pull.run() == {"pages": 2, "read": 5, "changed": 4, "created": 1}
    assert pull.state.feed("cost_centers").rows == 5


def test_a_list_that_did_not_change_asks_for_no_record_and_writes_nothing() -> None:
    pull = loaded()
    pull.lists(list(reversed(centers(10))))
    untouchable: Any = Untouchable()
    assert pull.run(records=untouchable) == {"pages": 1, "read": 10}
    assert pull.milestones.calls == []


def test_of_a_list_that_changed_only_the_row_that_differs_is_written() -> None:
    pull = loaded()
    rows = centers(10)
    rows[4]["Description"] = "Anders"
    pull.lists(rows)
    assert pull.run() == {"pages": 1, "read": 10, "changed": 1}
    assert pull.written() == ["replace key-4"]


def test_a_list_that_lost_a_fifth_changes_nothing_and_tells_both_numbers() -> None:
    pull = loaded()
    held, before = dict(pull.records.known), pull.state
    rows = centers(8)
    rows[0]["Description"] = "Anders"
    pull.lists(rows)
    with pytest.raises(Reject) as stopped:
        pull.run()
    assert stopped.value.code == "list-shrank"
    assert stopped.value.values == {
        "entity": "cost_centers",
        "before": "10",
        "after": "8",
        "exact_user": "koppeling@veldhuis.example",
    }
    assert (pull.records.known, pull.state, pull.written()) == (held, before, [])


def test_a_full_comparison_accepts_the_shorter_list_and_tells_what_is_gone() -> None:
    pull = loaded()
    pull.lists(centers(8))
    pull.run(ReadMode.FULL)
    assert pull.state.feed("cost_centers").rows == 8
    assert pull.state.read_mode is ReadMode.INCREMENTAL
    assert {subject for subject, _ in pull.problems.open_ones} == {
        "cost_centers/id-8/gone",
        "cost_centers/id-9/gone",
    }


def test_a_full_comparison_looks_at_every_row_of_a_list_that_did_not_change() -> None:
    pull = loaded()
    pull.milestones.row("cost_centers", "key-3")["Name"] = "Getypt"
    assert pull.run(ReadMode.FULL) == {"pages": 1, "read": 10, "changed": 1, "unchanged": 9}


def test_a_row_that_disappears_is_told_once_and_left_as_it_stands_over_there() -> None:
    pull = loaded()
    pull.lists(centers(9))
    pull.run()
    problem = pull.problems.open_ones["cost_centers/id-9/gone", "record-gone-in-exact"]
    assert problem.values == {"entity": "cost_center", "code": "K09"}
    assert pull.written() == []

    pull.problems.open_ones.clear()
    pull.lists([*centers(8), a_cost_center(ID="id-8", Code="K08", Description="Anders")])
    pull.run()

    assert pull.problems.open_ones == {}


def test_a_row_that_comes_back_closes_its_problem_without_a_write() -> None:
    pull = loaded()
    pull.lists(centers(9))
    pull.run()
    pull.lists(centers(10))
    pull.run()
    assert (pull.problems.open_ones, pull.written()) == ({}, [])


def test_a_page_that_fails_leaves_everything_as_it_was() -> None:
    pull = loaded()
    held, before = dict(pull.records.known), pull.state
    rows = centers(12)
    rows[0]["Description"] = "Anders"
    pull.lists(rows[:6], Retry("exact-unavailable"))
    with pytest.raises(Retry):
        pull.run()
    assert (pull.records.known, pull.state, pull.written()) == (held, before, [])


def test_without_time_for_the_next_page_the_list_starts_over_from_its_first_one() -> None:
    pull = loaded()
    before = pull.state
    pull.lists(centers(11)[:6], centers(11)[6:])
    left = iter([100_000] * 2)  # at its start, and before the first page
    with pytest.raises(Defer) as stopped:
        pull.run(milliseconds=lambda: next(left, 34_999))
    assert (stopped.value.code, stopped.value.detail) == (
        "pull-continues",
        "a list is read in one go",
    )
    assert (pull.state, pull.written()) == (before, [])
    assert pull.run()["created"] == 1


def test_changes_for_which_no_time_is_left_are_kept_and_written_by_a_run_that_has_it() -> None:
    pull = adopting(3)
    pull.lists(centers(3))
    left = iter([100_000] * 3)  # at its start, before the first page, and for one write
    with pytest.raises(Defer) as stopped:
        pull.run(milliseconds=lambda: next(left, 34_999))
    assert stopped.value.detail == "time ran out within a page"
    kept = dict(pull.retries.parked)
    assert (len(kept), len(pull.written())) == (2, 1)

    for more in (1, 2):  # at its start, and before what waits
        left = iter([100_000] * more)
        with pytest.raises(Defer):
            pull.run(milliseconds=lambda: next(left, 34_999))  # noqa: B023 - called at once
        assert (pull.retries.parked, pull.written()) == (kept, [])

    pull.run()
    assert (pull.retries.parked, len(pull.written())) == ({}, 2)


def test_a_change_that_was_written_before_a_crash_is_dropped_without_a_write() -> None:
    pull = loaded()
    waiting = ParkedChange(ExactId("id-1"), {}, is_complete=True, parked_at=NOW, not_before=NOW)
    pull.retries.parked[waiting.exact_id] = waiting
    pull.run()
    assert (pull.retries.parked, pull.milestones.calls) == ({}, [])


def test_another_reason_to_wait_takes_the_place_of_the_one_before() -> None:
    pull = adopting(1)
    pull.milestones.put("cost_centers", "double", Code="K00")
    pull.lists(centers(1))
    pull.run()
    assert list(pull.problems.open_ones) == [("cost_centers/id-0", "duplicate-code")]

    (held,) = pull.retries.parked.values()
    pull.retries.parked[held.exact_id] = replace(held, not_before=NOW)
    pull.milestones.fails = [Reject("milestones-rejected", message="Nee")]
    pull.run()

    assert list(pull.problems.open_ones) == [("cost_centers/id-0", "milestones-rejected")]


def test_a_notice_that_no_longer_holds_is_taken_back() -> None:
    pull = ListPull(PAYMENT_CONDITIONS)
    pull.lists([a_payment_condition(PaymentEndOfMonths=1)])
    pull.run()
    noticed = ("payment_conditions/30/notice", "payment-condition-simplified")
    assert list(pull.problems.open_ones) == [noticed]
    pull.lists([a_payment_condition()])
    pull.run()
    assert pull.problems.open_ones == {}


def test_the_instalments_of_a_payment_condition_are_one_record() -> None:  # X84
    pull = ListPull(PAYMENT_CONDITIONS)
    thirty, other = a_payment_condition(), a_payment_condition(ID="d", Code="14", PaymentDays=14)
    half = a_payment_condition(ID="a", Code="2T", PaymentDays=0)
    rest = a_payment_condition(ID="b", Code="2T ", PaymentDays=45)
    for key, code in (("1", "30"), ("2", "14"), ("3", "2T")):
        pull.milestones.put("payment_conditions", key, Code=code)
    of_nobody = a_payment_condition(ID="c", Code=" ")
    pull.lists([half, rest, thirty, other, of_nobody])
    assert pull.run()["changed"] == 3
    assert pull.milestones.row("payment_conditions", "3")["TermsInDays"] == 45
    pull.written()

    pull.lists([other, half, thirty, {**rest, "PaymentDays": 60}, of_nobody])
    assert pull.run()["changed"] == 1
    assert pull.written() == ["replace 3"]
    assert pull.milestones.row("payment_conditions", "3")["TermsInDays"] == 60


def test_a_row_that_does_not_say_which_it_is_makes_no_other_one_gone() -> None:
    pull = loaded()
    pull.lists([*centers(9), a_cost_center(ID=None, Code="K09", Description="Team 9")])
    pull.run()
    assert {code for _, code in pull.problems.open_ones} == {"record-unreadable"}

    pull.lists(centers(9))
    pull.run()

    assert {code for _, code in pull.problems.open_ones} == {"record-gone-in-exact"}
