"""Lists of invoices: a month from its index, others by their numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from koppeling.aws.dynamodb.invoice_list import InvoiceListStore
from koppeling.aws.dynamodb.outbox import OutboxStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.invoice_row import InvoiceRow, Standing, row_of
from koppeling.push.journal import Period
from koppeling.push.outbox import OutboxItem, State
from tests import kept
from tests.sandbox.dynamodb import Service, in_memory
from tests.unit.push.items import outbox_item

ACME = ConnectionId("acme")
OCTOBER, NOVEMBER = Period(2026, 10), Period(2026, 11)
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


def an_item(number: str, day: date = date(2026, 10, 31), **fields: object) -> OutboxItem:
    usual = replace(outbox_item(), connection=ACME, number=number, dated=day)
    usual = replace(usual, debtor="1068", debtor_name="Café De Ster")
    return replace(usual, **fields)  # type: ignore[arg-type] # fields vary


def numbers(rows: list[InvoiceRow]) -> list[str]:
    return [each.number for each in rows]


def test_a_month_holds_its_invoices_and_those_of_no_other_month_or_connection(
    items: type[SyncItem],
) -> None:
    outbox = OutboxStore(items)
    for number in ("3", "1", "2"):
        outbox.begin(an_item(number))
    outbox.begin(an_item("4", date(2026, 11, 1)))
    outbox.begin(an_item("5", connection=ConnectionId("acme-2")))

    found = InvoiceListStore(items).of_month(ACME, OCTOBER)

    assert numbers(found) == ["1", "2", "3"]
    assert found[0] == InvoiceRow(
        "1",
        Standing.OFFERED,
        Decimal(121),
        "EUR",
        invoice_date=date(2026, 10, 31),
        debtor="1068 Café De Ster",
    )


def test_of_a_month_the_invoices_come_whole_with_those_of_other_months_that_are_asked_for(
    items: type[SyncItem],
) -> None:
    outbox = OutboxStore(items)
    kept_ones = [
        an_item("1"),
        an_item("2"),
        an_item("4", date(2026, 11, 1)),
        an_item("5", date(2026, 9, 1)),
    ]
    for item in kept_ones:
        outbox.begin(item)

    found = list(outbox.of_month(ACME, OCTOBER, ["5", "2", "", "nobody's"]))

    assert found == [kept_ones[0], kept_ones[1], kept_ones[3]]


def test_an_invoice_of_an_earlier_release_that_is_in_no_list_is_found_by_its_number(  # R40
    items: type[SyncItem],
) -> None:
    outbox = OutboxStore(items)
    outbox.begin(an_item("1"))
    stored = items.get(connection_key(ACME), "INVOICE#1")
    stored.update([items.month_key.remove(), items.row.remove()])

    assert list(outbox.of_month(ACME, OCTOBER, [])) == []
    assert [item.number for item in outbox.of_month(ACME, OCTOBER, ["1"])] == ["1"]


def test_an_invoice_of_an_earlier_release_is_put_in_the_list_of_its_month(  # R40
    items: type[SyncItem],
) -> None:
    outbox = OutboxStore(items)
    outbox.begin(an_item("1", debtor="", debtor_name=""))
    items.get(connection_key(ACME), "INVOICE#1").update(
        [items.month_key.remove(), items.row.remove()]
    )
    (found,) = outbox.of_month(ACME, OCTOBER, ["1"])

    assert (found.is_listed, outbox.enlist(found)) == (False, True)
    assert numbers(InvoiceListStore(items).of_month(ACME, OCTOBER)) == ["1"]
    (again,) = outbox.of_month(ACME, OCTOBER, [])
    assert (again, again.is_listed) == (found, True)


def test_an_invoice_that_a_delivery_wrote_meanwhile_is_not_listed_as_it_was(
    items: type[SyncItem],
) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    outbox.begin(an_item("1"))
    stored = items.get(connection_key(ACME), "INVOICE#1")
    stored.update([items.month_key.remove(), items.row.remove()])
    (read,) = outbox.of_month(ACME, OCTOBER, ["1"])
    outbox.move(read, read.to(State.POSTING, NOW, dated=date(2026, 11, 2)))

    assert not outbox.enlist(read)
    assert (lists.of_month(ACME, OCTOBER), len(lists.of_month(ACME, NOVEMBER))) == ([], 1)


def test_a_row_follows_its_invoice(items: type[SyncItem]) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    item = an_item("a/1#2")
    outbox.begin(item)
    posting = item.to(State.POSTING, NOW)
    outbox.move(item, posting)
    booked = posting.to(State.ENTRY, NOW, entry_id=ExactId("e"), entry_number="26700001")
    outbox.move(posting, booked)

    (row,) = lists.of_month(ACME, OCTOBER)

    assert row == row_of(booked)
    assert (row.standing, row.entry_number) == (Standing.BOOKED_WITHOUT_PDF, "26700001")


def test_an_invoice_whose_date_was_corrected_moves_to_its_other_month(
    items: type[SyncItem],
) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    item = an_item("1")
    outbox.begin(item)

    outbox.move(item, item.to(State.INTENT, NOW, dated=date(2026, 11, 2)))

    assert lists.of_month(ACME, OCTOBER) == []
    assert numbers(lists.of_month(ACME, NOVEMBER)) == ["1"]


def test_invoices_are_found_by_the_beginning_of_their_number(items: type[SyncItem]) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    for number in ("2026-1", "2026-10", "2026-11", "2027-1"):
        outbox.begin(an_item(number))

    assert numbers(lists.starting_with(ACME, "2026-1")) == ["2026-1", "2026-10", "2026-11"]
    assert numbers(lists.starting_with(ACME, "2026-1", limit=2)) == ["2026-1", "2026-10"]
    assert lists.starting_with(ACME, "x") == []


def test_invoices_are_found_by_their_numbers(items: type[SyncItem]) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    many = [f"{number:03}" for number in range(120)]
    for number in many:
        outbox.begin(an_item(number))

    assert numbers(lists.numbered(ACME, [*many, "none"])) == many
    assert lists.numbered(ACME, []) == []


def test_the_row_of_an_earlier_release_is_made_of_its_item(items: type[SyncItem]) -> None:
    outbox, lists = OutboxStore(items), InvoiceListStore(items)
    item = an_item("1", state=State.REJECTED, code="debtor-not-found")
    outbox.begin(item)
    older = replace(item, debtor="", debtor_name="")
    stored = items.get(connection_key(ACME), "INVOICE#1")
    stored.row = stored.month_key = None
    stored.save()

    assert lists.numbered(ACME, ["1"]) == lists.starting_with(ACME, "1") == [row_of(older)]


def test_a_month_of_a_thousand_invoices_is_read_without_the_other_months(  # P17
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    service = Service()
    with in_memory(service):
        model, _ = kept.models()
        model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        outbox = OutboxStore(model)
        for number in range(2_000):
            outbox.begin(an_item(f"{number:05}", date(2026, 9 + number % 2, 1)))
        before = service.units.read_units

        found = InvoiceListStore(model).of_month(ACME, OCTOBER)

    assert len(found) == 1_000
    assert service.units.read_units - before <= 30
