"""An entry that was deleted in Exact is booked again when a person asks, and only once (X172)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.evidence import Ending, is_whole
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.fakes import Lateness
from tests.unit.push.world import (
    CONNECTION,
    FIRST,
    NUMBER,
    World,
    booked,
    books,
    by_hand,
    connection,
    deleted,
    deliver_until_accepted,
    example,
)

DEFER = Defer("exact-day-limit", World().clock.now() + timedelta(hours=9))


def test_an_entry_that_was_deleted_is_never_booked_again_by_itself() -> None:
    world = deleted()

    for again in (False, True):
        assert world.deliver(retry=again).outcome is PushOutcome.ALREADY_BOOKED

    assert world.books.entries == []
    assert world.problems.codes() == ["entry-gone"]


def test_on_request_it_is_booked_again_with_its_pdf_and_the_request_is_evidence() -> None:
    world = deleted()

    assert world.deliver(rebook_entry_id=FIRST).outcome is PushOutcome.BOOKED

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

    world.deliver(rebook_entry_id=FIRST)
    world.deliver(rebook_entry_id=FIRST)

    assert len(world.books.entries) == 1


@pytest.mark.parametrize("effect", range(1, 30))
def test_a_crash_after_any_effect_of_rebooking_leaves_one_entry_and_no_problem(
    effect: int,
) -> None:
    world = deleted()
    world.effects.done, world.effects.crash_after = 0, effect

    deliver_until_accepted(world, rebook_entry_id=FIRST)

    assert len(world.books.entries) == 1
    assert world.item().state is State.DONE
    assert world.problems.codes() == []
    assert is_whole(world.evidence.of(NUMBER))


def test_a_lost_answer_while_rebooking_leads_to_no_second_entry() -> None:
    world = deleted()
    world.books.loses["post_entry"] = [Lateness(after=timedelta(0))]

    with pytest.raises(Retry):
        world.deliver(rebook_entry_id=FIRST)
    world.deliver_until_done()

    assert len(world.books.entries) == 1


@pytest.mark.parametrize("changes", [{}, {"YourRef": "anders", "Journal": "71"}])
def test_an_entry_that_exists_after_all_is_left_alone(changes: dict[str, str]) -> None:
    world = booked()
    world.books.entries[0] |= changes
    world.problems.open(Problem(CONNECTION, entry_subject(NUMBER), "entry-gone", {}))

    assert world.deliver(rebook_entry_id=FIRST).outcome is PushOutcome.ALREADY_BOOKED

    assert len(world.books.entries) == 1
    assert world.problems.codes() == []


def test_one_that_was_made_by_hand_in_its_place_is_taken_over_and_gets_the_pdf() -> None:
    world = deleted()
    world.clock.advance(40 * 24 * 3600)
    by_hand(world)
    del world.inbox.objects[example()["pdf"]["key"]]

    with pytest.raises(Defer):  # its PDF follows as that of any entry
        world.deliver(rebook_entry_id=FIRST)
    world.offer()
    world.deliver()

    (row,) = world.books.entries
    assert (world.item().entry_id, world.item().state) == (row["EntryID"], State.DONE)
    assert world.item().lines == 0, "the number of lines is unknown"
    assert world.books.documents[-1]["FinancialTransactionEntryID"] == "by-hand"


@pytest.mark.parametrize("trouble", ["limit", "refused"])
def test_what_is_booked_by_hand_before_the_post_goes_out_is_seen(trouble: str) -> None:
    world = deleted()
    if trouble == "limit":
        world.books.raises["find_customer"] = [DEFER]
        with pytest.raises(Defer):
            world.deliver(rebook_entry_id=FIRST)
    else:
        world.books.customers.clear()
        assert world.deliver(rebook_entry_id=FIRST).code == "debtor-not-found"
        world.books.customers = books(world.effects, world.clock).customers
    by_hand(world)

    world.deliver(retry=True)

    assert [row["EntryID"] for row in world.books.entries] == ["by-hand"]
    assert world.item().entry_id == "by-hand"


def test_when_its_number_belongs_to_another_entry_by_now_a_person_is_asked() -> None:
    world = deleted()
    by_hand(world, AmountFC=Decimal(1))

    assert world.deliver(rebook_entry_id=FIRST).code == "entry-number-in-use"
    assert world.deliver().code == "entry-number-in-use"

    assert len(world.books.entries) == 1
    assert world.problems.codes() == ["entry-number-in-use"]
    assert world.item().state is State.REJECTED


def test_for_an_old_invoice_any_entry_of_the_debtor_replaces_the_deleted_one() -> None:
    settings = {"start_date": connection().start_date.replace(year=2027)}
    world = World(**settings, existing_as_pdfs=True)
    by_hand(world, EntryID=FIRST, Journal="71")
    world.offer()
    world.deliver_until_done()
    world.books.entries.clear()
    by_hand(world, Journal="71")

    world.deliver(rebook_entry_id=FIRST)

    assert world.item().entry_id == "by-hand"
