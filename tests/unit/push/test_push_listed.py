"""What a delivery leaves for lists: date and debtor of an invoice, and a row that is right."""

from datetime import date, timedelta

import pytest

from koppeling.core.errors import Defer
from koppeling.core.ids import ExactId
from koppeling.push.invoice_row import InvoiceRow, Standing, row_of
from koppeling.push.outbox import OutboxItem
from koppeling.push.sales_entry import CustomerCard
from tests.unit.push.world import CONNECTION, NUMBER, World, example

DE_STER = CustomerCard(ExactId("customer-1068"), "1068", "C", name="Café De Ster")


def known() -> World:
    """Return a world in which the debtor has a name."""
    world = World()
    world.books.customers["1068"] = DE_STER
    return world


def test_a_booked_invoice_has_its_date_and_the_number_and_name_of_its_debtor() -> None:
    world = known()
    world.offer()

    world.deliver_until_done()

    row = row_of(world.item())
    assert (row.invoice_date, row.debtor) == (date(2026, 10, 31), "1068 Café De Ster")
    assert row.standing is Standing.BOOKED


def test_a_refused_invoice_has_them_too_as_far_as_they_are_known() -> None:
    world = known()
    world.books.customers["1068"] = CustomerCard(
        DE_STER.id, "1068", "C", name=DE_STER.name, end_date=date(2026, 1, 1)
    )
    world.offer()
    world.deliver()
    row = row_of(world.item())
    assert (row.standing, row.code) == (Standing.WAITING, "debtor-blocked")
    assert (row.invoice_date, row.debtor) == (date(2026, 10, 31), "1068 Café De Ster")

    world.books.customers.clear()
    world.offer(example(invoice_number="1"), key=f"{CONNECTION}/1.json")
    world.deliver(f"{CONNECTION}/1.json")

    assert row_of(world.item("1")).debtor == "1068"


def test_a_refused_invoice_with_another_date_is_listed_under_that() -> None:
    world = World()
    world.books.customers.clear()
    world.offer()
    world.deliver()

    world.offer(example(invoice_date="2026-11-01", due_date="2026-11-15"))
    world.deliver()

    assert row_of(world.item()).invoice_date == date(2026, 11, 1)


def test_what_a_list_shows_of_an_invoice_changes_three_times_at_the_most() -> None:  # P15
    world = known()
    world.offer()
    shown: list[InvoiceRow] = []

    class Watched(dict[tuple[str, str], OutboxItem]):
        """Notes the row of every item that is written."""

        def __setitem__(self, key: tuple[str, str], item: OutboxItem) -> None:
            super().__setitem__(key, item)
            if shown[-1:] != [row_of(item)]:
                shown.append(row_of(item))

    world.outbox.items = Watched()

    world.deliver_until_done()

    assert [row.standing for row in shown] == [
        Standing.OFFERED,
        Standing.BOOKED_WITHOUT_PDF,
        Standing.BOOKED,
    ]


def test_an_invoice_that_waits_for_its_pdf_is_under_way_until_a_person_has_to_look() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    assert (world.item().is_unfinished, world.item().is_under_way) == (False, True)

    world.clock.advance(timedelta(days=8).total_seconds())
    world.deliver()

    assert not world.item().is_under_way
    assert row_of(world.item(NUMBER)).standing is Standing.WAITING
