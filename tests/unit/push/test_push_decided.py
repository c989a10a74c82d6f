"""What a person decides: an invoice is left, or booked anew after its entry was deleted."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from koppeling.domain.errors import Defer, Retry
from koppeling.domain.evidence import Ending, is_whole
from koppeling.domain.names import ExactId
from koppeling.domain.outbox import State
from koppeling.domain.problems import Problem, entry_subject
from koppeling.push_ports import Outcome
from tests.unit.push.fakes import Lateness
from tests.unit.push.world import CONNECTION, KEY, NUMBER, World, example

FIRST = ExactId("entry-1")


def booked() -> World:
    world = World()
    world.offer()
    world.deliver_until_done()
    return world


def deleted() -> World:
    """Return a world in which somebody deleted the entry, which reconciling told of."""
    world = booked()
    world.books.entries.clear()
    world.books.calls.clear()
    values = {"invoice": NUMBER}
    world.problems.open(Problem(CONNECTION, entry_subject(NUMBER), "entry-gone", values))
    return world


def skipped(world: World) -> None:
    """Let a person leave the copy that lies in the inbox."""
    item = world.item()
    left = replace(item, version=item.version + 1, skipped=(item.offered,))
    world.outbox.items[CONNECTION, NUMBER] = left
    world.problems.open_ones.clear()


def test_an_entry_that_was_deleted_is_never_booked_again_by_itself() -> None:
    world = deleted()

    for again in (False, True):
        assert world.deliver(again=again).outcome is Outcome.ALREADY_BOOKED

    assert world.books.entries == []
    assert world.problems.codes() == ["entry-gone"]


def test_on_request_it_is_booked_anew_with_its_pdf_and_the_request_is_evidence() -> None:
    world = deleted()

    assert world.deliver(gone=FIRST).outcome is Outcome.BOOKED

    assert [row["YourRef"] for row in world.books.entries] == [NUMBER]
    item = world.item()
    assert (item.state, item.entry_id) == (State.DONE, world.books.entries[0]["EntryID"])
    assert item.document_id == world.books.documents[-1]["ID"]
    story = world.evidence.of(NUMBER)
    assert Ending.GONE in {piece.ending for piece in story}
    assert is_whole(story)
    assert world.problems.codes() == []


def test_a_request_that_comes_twice_books_once() -> None:
    world = deleted()
    world.books.answers_otherwise = {"EntryID": ExactId("entry-2")}

    world.deliver(gone=FIRST)
    world.deliver(gone=FIRST)

    assert len(world.books.entries) == 1


@pytest.mark.parametrize("effect", range(1, 30))
def test_a_crash_after_any_effect_of_booking_anew_leaves_one_entry(effect: int) -> None:
    world = deleted()
    world.books.answers_otherwise = {"EntryID": ExactId("entry-2")}
    world.effects.done, world.effects.crash_after = 0, effect

    for _ in range(40):
        try:
            world.deliver(gone=FIRST)
            break
        except Defer as later:
            world.clock.freeze(later.until)
        except Exception:  # noqa: BLE001 - a crash, or a push that overtook itself
            world.clock.advance(30)

    assert len(world.books.entries) == 1
    assert world.item().state is State.DONE
    assert is_whole(world.evidence.of(NUMBER))


def test_a_lost_answer_while_booking_anew_leads_to_no_second_entry() -> None:
    world = deleted()
    world.books.loses["post_entry"] = [Lateness(after=timedelta(0))]

    with pytest.raises(Retry):
        world.deliver(gone=FIRST)
    world.deliver_until_done()

    assert len(world.books.entries) == 1


@pytest.mark.parametrize("changes", [{}, {"YourRef": "anders", "Journal": "71"}])
def test_an_entry_that_stands_there_after_all_is_left_alone(changes: dict[str, str]) -> None:
    world = booked()
    world.books.entries[0] |= changes
    world.problems.open(Problem(CONNECTION, entry_subject(NUMBER), "entry-gone", {}))

    assert world.deliver(gone=FIRST).outcome is Outcome.ALREADY_BOOKED

    assert len(world.books.entries) == 1
    assert world.problems.codes() == []


def test_one_that_was_made_by_hand_in_its_place_is_taken_over_and_gets_the_pdf() -> None:
    world = deleted()
    row = {**booked().books.entries[0], "EntryID": ExactId("by-hand"), "EntryNumber": 26709999}
    world.books.entries.append(row)

    world.deliver(gone=FIRST)

    assert world.books.entries == [row]
    assert (world.item().entry_id, world.item().state) == ("by-hand", State.DONE)
    assert world.books.documents[-1]["FinancialTransactionEntryID"] == "by-hand"


def test_when_its_number_belongs_to_another_entry_by_now_a_person_is_asked() -> None:
    world = deleted()
    other = {**booked().books.entries[0], "EntryID": ExactId("other"), "AmountFC": Decimal(1)}
    world.books.entries.append(other)

    assert world.deliver(gone=FIRST).code == "entry-number-in-use"

    assert world.books.entries == [other]
    assert world.problems.codes() == ["entry-gone", "entry-number-in-use"]
    assert world.item().entry_id == FIRST


def test_a_refused_invoice_that_a_person_left_is_not_an_error_any_more_and_costs_no_call() -> None:
    world = World()
    world.books.customers.clear()
    world.offer()
    assert world.deliver().code == "debtor-not-found"
    assert world.states.shown[example()["invoice_id"]].is_error
    skipped(world)
    world.books.calls.clear()

    assert world.deliver().outcome is Outcome.SKIPPED

    shown = world.states.shown[example()["invoice_id"]]
    assert (shown.is_error, shown.message.startswith("Overgeslagen. ")) == (False, True)
    assert (world.books.calls, world.problems.codes()) == ([], [])


@pytest.mark.parametrize("way", ["retry", "new copy"])
def test_a_retry_or_a_new_copy_takes_an_invoice_up_again_that_was_left(way: str) -> None:
    world = World()
    world.books.customers.clear()
    world.offer()
    world.deliver()
    skipped(world)
    world.books.customers = World().books.customers
    if way == "new copy":
        world.offer()

    assert world.deliver(again=way == "retry").outcome is Outcome.BOOKED

    assert world.item().skipped == ()


def test_a_booked_invoice_whose_new_copy_was_left_stays_as_it_was_booked() -> None:
    world = booked()
    world.offer(example(description="Iets anders"))
    assert world.deliver().code == "invoice-changed-after-booking"
    skipped(world)

    assert world.deliver().outcome is Outcome.SKIPPED
    assert world.problems.codes() == []

    assert world.deliver(again=True).code == "invoice-changed-after-booking"
    assert world.problems.codes() == ["invoice-changed-after-booking"]
    assert world.item().skipped == ()


def test_a_pdf_that_a_person_left_out_is_not_asked_for_again() -> None:
    world = World()
    world.offer(pdf=b"%PDF-1.7 another one")
    assert world.deliver().outcome is Outcome.BOOKED_WITHOUT_PDF
    skipped(world)

    assert world.deliver().outcome is Outcome.SKIPPED

    assert world.problems.codes() == []
    assert KEY in world.inbox.objects
