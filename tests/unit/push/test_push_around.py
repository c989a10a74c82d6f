"""Around a booking: permits, the write-back and blocked invoices."""

import pytest

from koppeling.core.connection import EntitySetting
from koppeling.core.errors import Defer, Retry
from koppeling.push import write_back
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import LIFE
from koppeling.push.ports import Permit
from tests.unit.push.world import CONNECTION, KEY, NUMBER, World, connection, example, with_line

HOST, DIVISION = connection().exact_host, connection().division


def refused(code: str = "debtor-not-found") -> World:
    world = World()
    del world.books.customers["1068"]
    world.offer()
    assert world.deliver().code == code
    return world


def test_two_invoices_at_a_time_are_booked_in_one_administration_and_the_third_waits() -> None:
    world = World()
    world.semaphore.taken = [Permit(HOST, DIVISION, place, "another") for place in (0, 1)]
    world.offer()

    with pytest.raises(Defer) as deferred:
        world.deliver()

    assert deferred.value.code == "push-busy"
    assert world.books.calls == []
    world.semaphore.taken.clear()
    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.semaphore.taken == []


def test_another_administration_is_not_held_up() -> None:
    world = World()
    belgium = "start.exactonline.be"
    world.semaphore.taken = [Permit(belgium, DIVISION, place, "another") for place in (0, 1)]
    world.offer()

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED


def test_the_state_of_an_invoice_is_written_back_once() -> None:
    world = World()
    world.offer()

    assert not world.deliver_until_done().retry_write_back
    world.deliver()

    (state,) = world.states.shown.values()
    assert (state.entity_id, state.key, state.is_error) == ("48213", "entry-1", False)
    assert state.message == (
        "Geboekt in Exact Online als boekstuk 26700001. De pdf staat bij de boeking."
    )
    assert world.states.writes == 1


def test_a_booking_is_written_back_while_its_pdf_is_still_missing() -> None:
    world = World()
    world.offer(pdf=None)

    with pytest.raises(Defer):
        world.deliver()

    assert world.states.shown["48213"].message == "Geboekt in Exact Online als boekstuk 26700001."


def test_a_refusal_is_written_back_with_the_text_of_the_catalogue_until_it_is_booked() -> None:
    world = refused()

    state = world.states.shown["48213"]
    assert state.is_error
    assert state.message.startswith("Debiteur 1068 bestaat niet in Exact Online.")

    world.books.customers |= World().books.customers
    assert world.deliver(retry=True).outcome is PushOutcome.BOOKED
    assert not world.states.shown["48213"].is_error


def test_a_write_back_that_fails_harms_nothing_and_is_done_later() -> None:
    world = World()
    world.states.fails = Retry("milestones-unavailable", "503 on EntityState")
    world.offer()

    result = world.deliver_until_done()

    assert (result.outcome, result.retry_write_back) == (PushOutcome.BOOKED, True)
    assert "not told: milestones-unavailable" in result.notes
    world.states.fails = None
    calls = list(world.books.calls)
    assert not world.deliver().retry_write_back
    assert world.states.writes == 1
    assert world.books.calls == calls


def test_what_cannot_be_written_back_for_a_week_is_given_up() -> None:
    world = World()
    world.states.fails = Retry("milestones-unavailable", "503 on EntityState")
    world.offer()
    world.deliver_until_done()

    world.clock.advance(8 * 24 * 3600)

    assert not world.deliver().retry_write_back


def test_an_invoice_without_an_id_in_milestones_is_not_written_back() -> None:
    world = World()
    world.offer(example(invoice_id=None))

    assert not world.deliver_until_done().retry_write_back
    assert world.states.shown == {}


def test_a_refused_pdf_shows_beside_its_booking_until_it_is_corrected() -> None:
    world = World()
    world.offer(pdf=b"%PDF-another")

    assert world.deliver().outcome is PushOutcome.BOOKED_WITHOUT_PDF

    state = world.states.shown["48213"]
    assert state.is_error
    assert "boekstuk 26700001. De pdf van factuur 20260412 is beschadigd" in state.message
    world.offer()
    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert not world.states.shown["48213"].is_error


def test_a_refused_invoice_is_blocked_by_the_record_that_refused_it() -> None:
    world = refused()

    assert list(world.blocked.of(CONNECTION)) == [BlockedInvoice(NUMBER, KEY, "accounts", "1068")]


@pytest.mark.parametrize(
    ("enabled", "wait"), [(True, ("projects", "P99999")), (False, ("day", ""))]
)
def test_where_the_entity_is_switched_off_it_is_tried_once_a_day(
    enabled: bool,  # noqa: FBT001 - a row of the table
    wait: tuple[str, str],
) -> None:
    world = World(entities={"projects": EntitySetting(enabled=enabled)})
    world.offer(with_line(example(), 0, project_code="P99999"))

    assert world.deliver().code == "project-unknown"

    assert [(held.cause, held.code) for held in world.blocked.of(CONNECTION)] == [wait]


def test_a_refused_invoice_is_tried_again_by_a_retry_and_not_by_a_second_delivery() -> None:
    world = refused()
    calls = len(world.books.calls)

    assert world.deliver().outcome is PushOutcome.REJECTED
    assert len(world.books.calls) == calls
    assert world.deliver(retry=True).outcome is PushOutcome.REJECTED
    assert len(world.books.calls) == calls + 1


def test_existing_invoices_are_booked_from_what_the_pulls_leave_of_the_day() -> None:
    world = World(existing_as_entries=True)
    world.offer(example(invoice_date="2025-11-03", due_date="2025-12-03"))
    world.deliver_until_done()
    world.offer(example(invoice_number="20260413"), key=f"{CONNECTION}/20260413.json")
    world.deliver_until_done(f"{CONNECTION}/20260413.json")

    assert [terms.existing for terms in world.terms] == [True, False]


def test_an_invoice_from_before_the_link_is_booked_once_that_is_wanted() -> None:
    world = World()
    world.offer(example(invoice_date="2025-11-03", due_date="2025-12-03"))
    assert world.deliver().code == "invoice-before-start-date"
    assert world.deliver().outcome is PushOutcome.SKIPPED

    world.connections.known[CONNECTION] = connection(existing_as_entries=True)

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED


def test_a_write_back_outlives_the_push_that_announced_it() -> None:  # DF23
    assert write_back.TIMEOUT > LIFE
