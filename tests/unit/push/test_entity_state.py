"""What QicsMilestones shows beside an invoice: plain words, and where the buttons are."""

from dataclasses import replace

import pytest

from koppeling.core import catalogue
from koppeling.core.addresses import invoice_page
from koppeling.core.clock import now
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.entity_state import state_of
from koppeling.push.outbox import State
from koppeling.push.sales_entry import DIFFERS
from tests.unit.push.items import outbox_item
from tests.unit.push.world import World

PAGE = "https://koppeling.example/portal/veldhuis-advies-01/invoice?number=20260412"


def test_an_invoice_that_waits_for_a_person_tells_where_the_buttons_are() -> None:
    world = World()
    world.offer()
    world.books.customers.clear()

    world.deliver()

    shown = world.states.shown["48213"].message
    assert shown.startswith("Debiteur 1068 bestaat niet in Exact Online.")
    assert shown.endswith(f"De knoppen staan op {PAGE}")


def test_an_invoice_for_which_nobody_has_to_act_has_no_address() -> None:
    world = World()
    world.offer()

    world.deliver_until_done()

    assert "https://" not in world.states.shown["48213"].message


@pytest.mark.parametrize("code", sorted(catalogue.codes()))
def test_no_mark_of_emphasis_reaches_the_other_system(code: str) -> None:
    message = catalogue.text(code, "nl", {"invoice": "20260412"})
    refused = replace(outbox_item(), state=State.REJECTED, code=code, message=message)
    booked = replace(
        outbox_item(),
        state=State.DONE,
        entry_id=ExactId("e"),
        message=message,
        differences=(DIFFERS,),
    )

    for item in (refused, booked):
        state = state_of(item, "48213", now(), PAGE)

        assert state is not None
        assert "*" not in state.message
        assert state.is_error == state.message.endswith(PAGE)


def test_the_address_of_a_page_keeps_whatever_a_number_holds() -> None:
    page = invoice_page("https://koppeling.example", ConnectionId("acme"), "2026/04&12 é")

    assert page == "https://koppeling.example/portal/acme/invoice?number=2026%2F04%2612+%C3%A9"


def test_without_pages_there_is_no_address() -> None:
    assert invoice_page("", ConnectionId("acme"), "1") == ""
