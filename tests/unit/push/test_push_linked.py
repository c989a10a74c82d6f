"""A person says which entry in Exact is that of an invoice (Koppelen)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.core.ids import ExactId
from koppeling.push.decisions import decision_basis
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.fakes import Lateness
from tests.unit.push.world import NUMBER, World, by_hand, decision_of, example


def in_use() -> World:
    """Return a world in which the entry that somebody made by hand has another amount."""
    world = World()
    world.books.customers.clear()
    world.offer()
    world.deliver()
    world.books.customers.update(World().books.customers)
    by_hand(world, AmountFC=Decimal("4887.00"))
    assert world.deliver(retry=True).code == "entry-number-in-use"
    return world


def linking(world: World) -> dict[str, Any]:
    """Return the fields of a message of a person who saw the invoice as the outbox knows it."""
    basis = decision_basis(world.item().document_hash, "")
    return decision_of(world, "take-up") | {"decision_basis": basis}


def link(world: World, entry: str) -> PushOutcome:
    return world.deliver(retry=True, linked_entry=entry, **linking(world)).outcome


def test_the_entry_that_a_person_names_is_taken_although_it_differs_and_gets_the_pdf() -> None:
    world = in_use()

    assert link(world, "26709999") is PushOutcome.BOOKED

    assert world.settled_counts() == (1, 1, 1)
    assert "post_entry" not in world.books.calls
    item = world.item()
    assert (item.state, item.entry_number, item.agreed) == (State.DONE, "26709999", True)
    assert world.problems.codes() == []


@pytest.mark.parametrize("gone", [True, False])
def test_an_entry_that_does_not_carry_the_number_is_not_taken_and_nothing_is_booked(
    *, gone: bool
) -> None:
    world = in_use()
    if gone:
        world.books.entries.clear()

    assert link(world, "26701234") is PushOutcome.REJECTED

    assert "post_entry" not in world.books.calls
    (problem,) = world.problems.open_ones.values()
    assert (problem.subject, problem.code) == (f"invoice/{NUMBER}", "entry-number-in-use")
    assert problem.values["entry_number"] == "26701234"


def test_an_entry_of_another_customer_is_not_taken_whoever_named_it() -> None:
    world = in_use()
    world.books.entries[-1]["Customer"] = ExactId("another")

    assert link(world, "26709999") is PushOutcome.REJECTED

    assert world.item().entry_id is None
    assert world.problems.codes() == ["entry-number-in-use"]


def test_an_entry_of_another_invoice_of_ours_is_not_taken_either() -> None:
    world = in_use()
    (named,) = world.books.entries
    owner = replace(
        world.item(), number="2", state=State.DONE, entry_id=named["EntryID"], version=1
    )
    world.outbox.begin(owner)

    assert link(world, "26709999") is PushOutcome.REJECTED

    assert world.item().entry_id is None


def unanswered(after: timedelta | None) -> World:
    """Return a world in which a post got no answer a minute ago; its entry comes this late."""
    world = World()
    world.offer()
    world.books.loses["post_entry"] = [Lateness(after)]
    with pytest.raises(Retry):
        world.deliver()
    world.clock.advance(60)
    return world


def test_a_wrong_name_given_while_the_outcome_is_unknown_books_nothing_twice() -> None:
    world = unanswered(timedelta(seconds=290))

    with pytest.raises(Defer):
        link(world, "26701234")
    world.clock.advance(5)
    world.deliver_until_done(retry=True)

    assert world.settled_counts() == (1, 1, 1)
    assert world.item().entry_number == "26700001"


def test_the_own_entry_that_is_found_counts_and_not_the_one_that_a_person_named() -> None:
    world = unanswered(timedelta())
    by_hand(world, AmountFC=Decimal("4887.00"))

    assert link(world, "26709999") is PushOutcome.BOOKED

    assert (world.item().entry_number, world.item().agreed) == ("26700001", False)


def test_the_entry_that_a_person_named_is_taken_once_ours_can_no_longer_come() -> None:
    world = unanswered(None)
    by_hand(world, AmountFC=Decimal("4887.00"))
    asked = linking(world)

    with pytest.raises(Defer):
        world.deliver(retry=True, linked_entry="26709999", **asked)
    world.deliver_until_done(retry=True, linked_entry="26709999", **asked)

    item = world.item()
    assert (item.state, item.entry_number, item.agreed) == (State.DONE, "26709999", True)
    assert world.books.calls.count("post_entry") == 1


def test_of_several_entries_that_may_be_ours_the_named_one_is_taken() -> None:
    world = unanswered(timedelta())
    by_hand(world)

    with pytest.raises(Defer):
        world.deliver()
    assert link(world, "26709999") is PushOutcome.BOOKED

    assert world.item().entry_number == "26709999"


def test_an_entry_that_was_named_before_the_invoice_changed_is_not_taken_for_it() -> None:
    world = in_use()
    asked = linking(world)
    world.offer(example(description="Andere inhoud"))
    world.deliver()

    result = world.deliver(retry=True, linked_entry="26709999", **asked)

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "entry-number-in-use")
    assert not world.item().is_booked


def test_an_entry_is_taken_for_the_same_invoice_that_was_put_in_the_inbox_once_more() -> None:
    world = in_use()
    asked = linking(world)
    world.offer()

    result = world.deliver(retry=True, linked_entry="26709999", **asked)

    assert result.outcome is PushOutcome.BOOKED


def test_a_message_of_the_previous_release_names_the_copy_that_the_person_saw() -> None:
    world = in_use()
    asked: dict[str, Any] = decision_of(world, "take-up")

    result = world.deliver(retry=True, linked_entry="26709999", **asked)

    assert result.outcome is PushOutcome.BOOKED
