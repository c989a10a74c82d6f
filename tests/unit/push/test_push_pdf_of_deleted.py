"""The PDF of an invoice whose entry was deleted in Exact: there is nothing to hang it on (X172)."""

import pytest

from koppeling.core.errors import Defer, Retry, Uncertain
from koppeling.core.problems import entry_subject
from koppeling.push.decisions import SKIP
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import FIRST, NUMBER, PDF, World, decide, example, take_up

CODE = "entry-gone"
UNKNOWN_TEXT = Uncertain("exact-rejected", "500", message="Boeking onbekend")


def deleted_before_its_pdf() -> World:
    """Return a world in which somebody deleted the entry while its PDF had not come yet."""
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.books.entries.clear()
    world.books.calls.clear()
    world.inbox.put(example()["pdf"]["key"], PDF)
    return world


def test_a_pdf_that_exact_refuses_because_the_entry_was_deleted_says_so() -> None:
    world = deleted_before_its_pdf()

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, CODE)
    assert world.books.calls == ["post_document", "has_entry"]
    assert list(world.problems.open_ones) == [(entry_subject(NUMBER), CODE)]
    assert world.problems.open_ones[entry_subject(NUMBER), CODE].values["invoice"] == NUMBER
    assert "verwijderd" in world.states.shown[example()["invoice_id"]].message


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_a_refusal_in_words_that_nobody_knows_is_told_as_a_deleted_entry_too(call: str) -> None:
    world = World()
    world.offer()
    world.books.raises[call] = [Retry("exact-unavailable")]
    with pytest.raises(Retry):
        world.deliver()
    world.books.entries.clear()
    world.books.raises[call] = [UNKNOWN_TEXT]

    assert world.deliver().code == CODE

    assert world.problems.codes() == [CODE]
    assert not world.item().is_open_ended, "there is nothing to look for"


def test_on_request_it_is_booked_again_and_the_pdf_hangs_on_the_new_entry() -> None:
    world = deleted_before_its_pdf()
    world.deliver()

    assert take_up(world, rebook_entry_id=FIRST).outcome is PushOutcome.BOOKED

    (entry,), (document,) = world.books.entries, world.books.documents
    assert document["FinancialTransactionEntryID"] == entry["EntryID"] == world.item().entry_id
    assert (world.item().state, world.settled_counts()) == (State.DONE, (1, 1, 1))
    assert world.problems.codes() == []
    assert not world.states.shown[example()["invoice_id"]].is_error


@pytest.mark.parametrize("effect", range(1, 12))
def test_a_crash_while_it_is_told_still_leaves_that_problem_alone(effect: int) -> None:
    world = deleted_before_its_pdf()
    world.effects.done, world.effects.crash_after = 0, effect

    assert world.deliver_until_done().code == CODE

    assert world.problems.codes() == [CODE]


def test_one_that_a_person_leaves_deleted_needs_no_pdf_also_when_a_copy_comes_again() -> None:
    world = deleted_before_its_pdf()
    world.deliver()
    decide(world, SKIP, rebook_entry_id=FIRST)
    world.books.calls.clear()
    world.offer()

    world.deliver()

    assert (world.books.calls, world.problems.codes()) == ([], [])
    assert "verwijderd" in world.states.shown[example()["invoice_id"]].message


def test_one_that_a_person_leaves_deleted_after_its_document_was_made_needs_no_file() -> None:
    world = World()
    world.offer()
    world.books.raises["post_attachment"] = [Uncertain("exact-unavailable")]
    with pytest.raises(Retry):
        world.deliver()
    world.books.entries.clear()
    decide(world, SKIP, rebook_entry_id=FIRST)
    world.books.calls.clear()
    world.offer()

    world.deliver()

    assert (world.books.calls, world.item().state) == ([], State.DONE)
    assert world.item().is_open_ended, "a person may find that the entry stands after all"


@pytest.mark.parametrize("answer", [Uncertain("exact-unavailable"), Uncertain("exact-no-rights")])
def test_an_outage_or_a_missing_right_is_no_reason_to_ask_for_the_entry(answer: Uncertain) -> None:
    world = World()
    world.offer()
    world.books.raises["post_document"] = [answer]

    with pytest.raises(Retry):
        world.deliver()

    assert "has_entry" not in world.books.calls


def test_an_entry_that_was_thought_to_be_deleted_and_stands_gets_its_pdf_on_request() -> None:
    world = deleted_before_its_pdf()
    standing = World()
    standing.offer()
    standing.deliver()
    world.deliver()
    decide(world, SKIP, rebook_entry_id=FIRST)
    world.books.entries = standing.books.entries

    assert take_up(world, rebook_entry_id=FIRST).outcome is PushOutcome.BOOKED

    assert world.settled_counts() == (1, 1, 1)
    assert not world.item().is_skipped_without_entry
