"""Entries that stand in Exact twice: the first thing that a reconciliation says."""

from dataclasses import fields, replace
from datetime import date

import pytest

from koppeling.core.ids import ExactId
from koppeling.push.journal import JournalRow, Period
from koppeling.push.reconciliation import Reconciler
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.push.test_reconciliation import (
    BOOKED,
    NOVEMBER,
    NOW,
    ROW,
    Books,
    compared,
    outbox,
)
from tests.unit.push.world import CONNECTION, connection

TWIN = replace(ROW, id=ExactId("twin"), number="26700099", customer="C-1")
OURS = replace(BOOKED, customer=ExactId("c-1"))
OUR_ROW = replace(ROW, customer="c-1")


@pytest.mark.parametrize("reference", ["1", " 1 ", "\u200b1\u00a0"])
def test_a_second_entry_for_one_invoice_is_said_first_and_the_month_does_not_agree(
    reference: str,
) -> None:
    found, problems = compared(OURS, j70=(OUR_ROW, replace(TWIN, your_ref=reference)))

    assert not found.agrees
    assert [(each.invoice, each.entry_number) for each in found.doubled] == [("1", "26700099")]
    assert (found.gone, found.differing, found.others) == ((), (), ())
    assert problems.codes() == ["entry-doubled"]
    (problem,) = problems.open_ones.values()
    assert problem.subject == "invoice/1/doubled"
    assert dict(problem.values)["entry_number"] == "26700099"
    assert fields(found)[1].name == "doubled"


def test_all_entries_that_are_one_too_many_are_named() -> None:
    third = replace(TWIN, id=ExactId("third"), number="26700098")

    _, problems = compared(OURS, j70=(OUR_ROW, TWIN, third))

    (problem,) = problems.open_ones.values()
    assert problem.values["entry_number"] == "26700098, 26700099"


def test_two_entries_that_people_made_for_one_invoice_are_a_double_too() -> None:
    rows = (replace(TWIN, id=ExactId("one"), your_ref="17"), replace(TWIN, your_ref="17"))

    found, problems = compared(j70=rows)

    assert [(each.invoice, each.amount_invoice) for each in found.doubled] == [("17", None)]
    assert [each.invoice for each in found.others] == ["17"]
    assert problems.codes() == ["entry-doubled"]


@pytest.mark.parametrize(
    "other",
    [
        replace(TWIN, customer="c-2"),
        replace(TWIN, your_ref="2"),
        replace(TWIN, your_ref=""),
    ],
)
def test_an_entry_of_another_debtor_or_reference_is_no_double(other: JournalRow) -> None:
    found, problems = compared(OURS, j70=(OUR_ROW, other))

    assert found.agrees
    assert len(found.others) == 1
    assert problems.codes() == []


def test_two_invoices_of_ours_whose_numbers_differ_in_capitals_only_are_no_double() -> None:
    items = (
        replace(OURS, number="f26-a"),
        replace(OURS, number="F26-A", entry_id=ExactId("twin")),
    )
    rows = (replace(OUR_ROW, your_ref="f26-a"), replace(TWIN, your_ref="F26-A"))

    found, _ = compared(*items, j70=rows)

    assert found.agrees


@pytest.mark.parametrize("reference", ["F26-1", "f26-1", "F26- 1", "f26-\u200b1"])
def test_a_second_entry_in_another_month_is_one_however_its_reference_was_typed(
    reference: str,
) -> None:
    ours = replace(OURS, number="F26-1", entry_id=ExactId("moved"), dated=date(2026, 10, 31))
    found, _ = compared(ours, j70=(replace(TWIN, your_ref=reference),))
    assert [each.entry_number for each in found.doubled] == ["26700099"]


def test_a_second_entry_in_another_month_is_a_double_while_the_first_one_stands() -> None:
    earlier = replace(OURS, entry_date=date(2026, 10, 31))
    found, _ = compared(replace(earlier, entry_id=ExactId("moved")), j70=(TWIN,))
    assert [each.entry_number for each in found.doubled] == ["26700099"]

    found, _ = compared(earlier, j70=(TWIN,))
    assert (found.doubled, [each.invoice for each in found.others]) == ((), ["1"])


def test_an_entry_that_somebody_made_in_the_place_of_a_deleted_one_is_no_double() -> None:
    found, problems = compared(OURS, j70=(TWIN,))

    assert found.doubled == ()
    assert problems.codes() == ["entry-gone"]


def test_a_double_that_was_solved_closes_at_the_next_comparison_of_its_month_alone() -> None:
    books = Books({"70": (OUR_ROW, TWIN)})
    problems = FakeProblems()
    connections = FakeConnections(connection())
    reconciler = Reconciler(connections, outbox(OURS), lambda _: books, problems, lambda: NOW)
    reconciler.run(CONNECTION, NOVEMBER)

    books.rows["70"] = (OUR_ROW,)
    reconciler.run(CONNECTION, Period(2026, 10))
    assert "entry-doubled" in problems.codes()

    reconciler.run(CONNECTION, NOVEMBER)
    assert "entry-doubled" not in problems.codes()


@pytest.mark.parametrize("reference", ["f26-0001", "F26- 0001", "F26-\u200b0001"])
def test_a_reference_that_a_person_typed_otherwise_is_the_same_one(reference: str) -> None:
    ours, own = replace(OURS, number="F26-0001"), replace(OUR_ROW, your_ref="F26-0001")

    found, _ = compared(ours, j70=(own, replace(TWIN, your_ref=reference)))

    assert [each.invoice for each in found.doubled] == ["F26-0001"]
    assert found.others == ()


def test_entries_with_a_reference_that_nobody_sees_are_no_doubles() -> None:
    rows = tuple(replace(TWIN, id=ExactId(name), your_ref="\u200b") for name in ("one", "two"))

    found, _ = compared(j70=rows)

    assert found.doubled == ()
