"""What a person decides: an invoice is skipped, or taken up again."""

from decimal import Decimal

import pytest

from koppeling.core.errors import Defer
from koppeling.push.decisions import CONFIRM, SKIP
from koppeling.push.job import PushOutcome
from koppeling.push.messages import TAKE_UP
from koppeling.push.outbox import State
from tests.unit.push.world import (
    FIRST,
    World,
    booked,
    books,
    connection,
    decide,
    decision_of,
    deleted,
    deliver_until_accepted,
    example,
    refused,
    take_up,
    waiting,
)


def test_a_refused_invoice_that_a_person_skips_is_no_error_any_more_and_costs_no_call() -> None:
    world = refused()
    assert world.states.shown[example()["invoice_id"]].is_error
    world.books.calls.clear()

    assert decide(world, SKIP).outcome is PushOutcome.SKIPPED

    shown = world.states.shown[example()["invoice_id"]]
    assert (shown.is_error, shown.message.startswith("Overgeslagen: ")) == (False, True)
    assert (world.books.calls, world.problems.codes()) == ([], [])
    assert world.item().refused_copy == world.item().skipped_copy


def test_what_was_asked_before_does_not_undo_it() -> None:
    world = refused()
    earlier = world.clock.now().isoformat()
    decide(world, SKIP)
    world.books.customers = books(world.effects, world.clock).customers

    requeued = world.deliver(retry=True)
    retry = world.deliver(retry=True, decision=TAKE_UP, decided_at=earlier)

    assert (requeued.outcome, retry.outcome) == (PushOutcome.SKIPPED, PushOutcome.SKIPPED)
    assert world.books.entries == []


def test_a_decision_that_comes_twice_is_applied_once() -> None:
    world = refused()
    left = decision_of(world, SKIP)
    world.deliver(**left)
    take_up(world)

    assert world.deliver(**left).outcome is PushOutcome.REJECTED

    assert not world.item().is_skipped


@pytest.mark.parametrize("way", ["by name", "new copy"])
def test_a_retry_by_name_or_a_new_copy_takes_it_up_again(way: str) -> None:
    world = refused()
    decide(world, SKIP)
    world.books.customers = books(world.effects, world.clock).customers

    if way == "new copy":
        world.offer()
        result = world.deliver()
    else:
        result = take_up(world)

    assert result.outcome is PushOutcome.BOOKED
    assert not world.item().is_skipped


@pytest.mark.parametrize("effect", range(1, 12))
@pytest.mark.parametrize("name", ["refused", "gone", "changed", "pdf", "differs"])
def test_a_crash_while_it_is_applied_leaves_no_problem_and_milestones_informed(
    name: str, effect: int
) -> None:
    world = waiting(name)
    asked = decision_of(world, CONFIRM if name == "differs" else SKIP)
    asked |= {"rebook_entry_id": FIRST} if name == "gone" else {}
    world.effects.done, world.effects.crash_after = 0, effect

    deliver_until_accepted(world, **asked)

    assert world.item().is_skipped or world.item().agreed
    assert world.problems.codes() == []
    assert not world.states.shown[example()["invoice_id"]].is_error


def test_a_booked_invoice_whose_new_copy_is_skipped_stays_as_it_was_booked() -> None:
    world = booked()
    world.offer(example(description="Iets anders"))
    assert world.deliver().code == "invoice-changed-after-booking"

    decide(world, SKIP)
    assert world.deliver().outcome is PushOutcome.SKIPPED
    assert world.problems.codes() == []
    assert not world.states.shown[example()["invoice_id"]].is_error

    assert take_up(world).code == "invoice-changed-after-booking"
    assert world.problems.codes() == ["invoice-changed-after-booking"]


def test_a_pdf_that_does_not_come_is_no_longer_waited_for_whatever_was_refused_before() -> None:
    world = refused()
    world.books.customers = books(world.effects, world.clock).customers
    world.offer(example(description="Verbeterd"))
    del world.inbox.objects[example()["pdf"]["key"]]
    with pytest.raises(Defer):
        world.deliver()
    assert world.problems.codes() == ["pdf-missing"]

    assert decide(world, SKIP).outcome is PushOutcome.SKIPPED

    assert world.deliver().outcome is PushOutcome.SKIPPED
    assert world.problems.codes() == []
    assert len(world.books.entries) == 1


def test_skipping_a_pdf_says_nothing_about_an_entry_that_differs() -> None:
    world = World()
    world.offer(pdf=b"%PDF-1.7 another one")
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    world.deliver()
    assert world.problems.codes() == ["entry-differs-from-invoice", "pdf-damaged"]

    decide(world, SKIP)
    assert world.problems.codes() == ["entry-differs-from-invoice"]

    decide(world, CONFIRM)
    assert world.problems.codes() == []
    assert not world.states.shown[example()["invoice_id"]].is_error


def test_an_entry_that_was_deleted_on_purpose_is_skipped_until_it_is_named() -> None:
    world = deleted()

    decide(world, SKIP, rebook_entry_id=FIRST)

    shown = world.states.shown[example()["invoice_id"]]
    assert (shown.is_error, "verwijderd" in shown.message) == (False, True)
    assert world.problems.codes() == []
    assert world.deliver(retry=True, rebook_entry_id=FIRST).outcome is PushOutcome.SKIPPED, (
        "an older request"
    )
    assert world.books.entries == []

    assert take_up(world, rebook_entry_id=FIRST).outcome is PushOutcome.BOOKED
    assert len(world.books.entries) == 1


def test_what_is_in_progress_or_was_passed_over_is_not_skipped() -> None:
    world = World(start_date=connection().start_date.replace(year=2027))
    world.offer()
    assert world.deliver().outcome is PushOutcome.SKIPPED

    decide(world, SKIP)

    assert not world.item().is_skipped


def test_it_holds_for_the_copy_that_the_person_saw_and_not_for_a_corrected_one() -> None:
    world = refused()
    left = decision_of(world, SKIP)
    world.books.customers = books(world.effects, world.clock).customers
    world.offer(example(description="Verbeterd"))

    world.deliver(**left)

    assert not world.item().is_skipped
    assert world.deliver().outcome is PushOutcome.ALREADY_BOOKED


def test_it_holds_for_a_refused_invoice_and_not_for_one_that_was_booked_since() -> None:
    world = refused()
    left = decision_of(world, SKIP)
    world.books.customers = books(world.effects, world.clock).customers
    pdf = world.inbox.objects.pop(example()["pdf"]["key"])
    with pytest.raises(Defer):
        world.deliver(retry=True)

    with pytest.raises(Defer):
        world.deliver(**left)
    world.inbox.objects[example()["pdf"]["key"]] = pdf

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.item().attachment_id is not None


def test_of_a_retry_and_a_skip_the_latest_wins_in_whatever_order_they_come() -> None:
    world = refused()
    left = decision_of(world, SKIP)
    take_up(world)

    assert world.deliver(**left).outcome is PushOutcome.REJECTED
    assert not world.item().is_skipped


def test_one_that_a_requeue_took_up_and_could_not_continue_is_skipped_as_well() -> None:
    world = refused()
    world.books.raises["find_customer"] = [Defer("exact-day-limit", world.clock.now())]
    with pytest.raises(Defer):
        world.deliver(retry=True)
    assert world.item().state is State.INTENT

    assert decide(world, SKIP).outcome is PushOutcome.SKIPPED

    assert world.books.entries == []
    assert not world.states.shown[example()["invoice_id"]].is_error


def test_what_is_done_is_not_skipped_by_a_late_decision() -> None:
    world = booked()

    decide(world, SKIP)

    assert not world.item().is_skipped


def test_a_deleted_entry_that_was_skipped_stays_skipped_when_the_invoice_comes_again() -> None:
    world = deleted()
    decide(world, SKIP, rebook_entry_id=FIRST)

    assert take_up(world).outcome is PushOutcome.ALREADY_BOOKED
    world.offer(example(description="Iets anders"))
    world.deliver()
    decide(world, SKIP)

    assert "verwijderd" in world.states.shown[example()["invoice_id"]].message
    assert world.item().is_skipped_without_entry


def test_an_entry_that_differed_and_was_deleted_for_it_is_skipped_altogether() -> None:
    world = World()
    world.offer()
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    world.deliver()
    world.books.entries.clear()

    decide(world, SKIP, rebook_entry_id=str(world.item().entry_id))

    assert world.problems.codes() == []
