"""What a person decides: an entry that differs from its invoice is right as it is."""

from decimal import Decimal

import pytest

from koppeling.core.errors import Defer
from koppeling.push.decisions import CONFIRM, SKIP
from tests.unit.push.world import World, decide, decision_of, example


def test_an_entry_that_differs_is_agreed_with_for_good() -> None:
    world = World()
    world.offer()
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    assert world.deliver().code == "entry-differs-from-invoice"

    assert decide(world, CONFIRM).code == ""

    assert (world.item().differences, world.item().agreed) == ((), True)
    assert world.problems.codes() == []
    assert not world.states.shown[example()["invoice_id"]].is_error


def test_it_closes_also_while_the_pdf_is_waited_for() -> None:
    world = World()
    world.offer(pdf=None)
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    with pytest.raises(Defer):
        world.deliver()

    with pytest.raises(Defer):
        decide(world, CONFIRM)

    assert world.problems.codes() == ["pdf-missing"]


def test_confirming_and_skipping_do_not_undo_each_other() -> None:
    world = World()
    world.offer(pdf=b"%PDF-1.7 another one")
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    world.deliver()
    left = decision_of(world, SKIP)
    decide(world, CONFIRM)

    world.deliver(**left)

    assert world.problems.codes() == []


def test_an_agreement_is_none_with_a_copy_that_came_after_it() -> None:
    world = World()
    world.offer()
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    world.deliver()
    agreed = decision_of(world, CONFIRM)
    world.offer()

    world.deliver(**agreed)

    assert (world.item().agreed, world.problems.codes()) == (False, ["entry-differs-from-invoice"])
