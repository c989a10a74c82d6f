"""Facturen: what a bookkeeper sees of the invoices of a month, and how few reads that costs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.people import Person
from koppeling.core.problems import Problem, entry_subject, inbox_subject, invoice_subject
from koppeling.portal.page import Download, PortalPage
from koppeling.portal.screens.invoices import InvoicesScreen
from koppeling.push.invoice_row import InvoiceRow, Standing
from tests.unit.fakes import FakeProblems
from tests.unit.portal.invoice_lists import FakeInvoiceList, row
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.showing import MARIT, asked, connection, html

MIXED = [
    row("20260401", invoice_date=date(2026, 11, 2)),
    row("20260402", Standing.WAITING, debtor="2001 Café Noord", amount=Decimal("96.80")),
    row("20260403", Standing.OFFERED, currency="USD", amount=Decimal("-10.00")),
    row("20260299", invoice_date=date(2026, 10, 31)),
]


def shown(rows: list[InvoiceRow], person: Person = MARIT, **query: str) -> Seen:
    page = InvoicesScreen(FakeInvoiceList(rows), FakeProblems()).show(asked(person, **query))
    assert isinstance(page, PortalPage)
    return seen(html(page, person))


def with_problems(*problems: tuple[str, str]) -> tuple[Any, FakeInvoiceList]:
    held, listed = FakeProblems(), FakeInvoiceList(list(MIXED))
    for subject, code in problems:
        held.open(Problem(connection().id, subject, code))
    everywhere = asked(month="all", standing="waiting")
    return InvoicesScreen(listed, held).show(everywhere), listed


def test_the_invoices_of_this_month_come_first_with_the_latest_on_top() -> None:
    found = shown(MIXED)

    assert "1 factuur van november 2026 wacht op jou." in found.text
    assert [cells[0] for cells in found.rows[1:]] == ["20260403", "20260402", "20260401"]
    assert found.rows[2] == [
        *("20260402", "20-11-2026", "2001 Café Noord", "Wacht op jou", "", "€\u00a096,80")
    ]
    assert found.rows[1][-1] == "-USD\u00a010,00"
    assert found.headings[:2] == [(1, "Facturen"), (2, "Facturen van november 2026")]


def test_each_standing_is_counted_with_its_amounts_and_leads_to_its_own_list() -> None:
    found = shown(MIXED)

    assert "Wacht op jou 1 € 96,80" in found.text.replace("\u00a0", " ")
    (place,) = [place for text, place in found.links.items() if text.startswith("Wacht op jou")]
    assert place.endswith("/veldhuis/invoices?month=2026-11&standing=waiting")
    assert [cells[0] for cells in shown(MIXED, standing="waiting").rows[1:]] == ["20260402"]


def test_numbers_of_one_day_stand_in_the_order_in_which_people_count() -> None:
    found = shown([row(f"2026/{number}") for number in (9, 100, 10)])

    assert [cells[0] for cells in found.rows[1:]] == ["2026/100", "2026/10", "2026/9"]


def test_the_file_of_a_search_holds_all_that_was_found_in_every_month() -> None:
    rows = [row(f"2025{number:04}", invoice_date=date(2025, 3, 1)) for number in range(120)]
    page = InvoicesScreen(FakeInvoiceList(rows), FakeProblems())

    file = page.show(asked(search="2025", file="csv"))

    assert isinstance(file, Download)
    assert len(file.content.decode("utf-8-sig").splitlines()) == 121


def test_a_month_without_invoices_is_said_to_be_empty() -> None:
    found = shown(MIXED, month="2026-09")

    assert "In september 2026 zijn er geen facturen." in found.text
    assert found.rows == []


def test_a_month_in_which_all_is_done_says_so() -> None:
    assert "Alle 2 facturen van november 2026 zijn klaar." in shown([row("1"), row("2")]).text


def test_one_goes_from_month_to_month_and_not_far_into_the_future() -> None:
    found = shown(MIXED)

    assert found.links["Maand ervoor"].endswith("month=2026-10")
    assert found.links["Maand erna"].endswith("month=2026-12")
    assert "Maand erna" not in shown(MIXED, month="2026-12").links
    assert shown(MIXED, month="januari").headings[1][1] == "Facturen van november 2026"


def test_a_number_is_found_in_any_month_and_a_debtor_in_this_one() -> None:
    assert [cells[0] for cells in shown(MIXED, search="202602").rows[1:]] == ["20260299"]
    assert [cells[0] for cells in shown(MIXED, search="cafe noord").rows[1:]] == ["20260402"]
    nothing = shown(MIXED, search="Slagerij <Vink>")
    assert 'We vinden niets voor "Slagerij <Vink>".' in nothing.text


def test_a_search_within_a_standing_finds_no_other() -> None:
    found = shown(MIXED, search="202604", standing="waiting")

    assert [cells[0] for cells in found.rows[1:]] == ["20260402"]


def test_a_thousand_invoices_are_pages_of_fifty_and_one_read() -> None:
    listed = FakeInvoiceList([row(f"{number:05}") for number in range(1000)])
    screen = InvoicesScreen(listed, FakeProblems())

    page = screen.show(asked(page="2"))

    assert isinstance(page, PortalPage)
    found = seen(html(page))
    assert listed.reads == ["month 2026-11"]  # P17
    assert len(found.rows) == 51
    assert "51 tot en met 100 van 1.000" in found.text
    assert found.links["Volgende 50"].endswith("month=2026-11&page=3")
    assert found.links["Vorige 50"].endswith("month=2026-11&page=1")


@pytest.mark.parametrize("number", ["0", "-1", "99999999999", "x", "99"])
def test_a_page_that_does_not_exist_is_the_nearest_one(number: str) -> None:
    assert shown(MIXED, page=number).rows[1:] != []


def test_a_search_costs_one_read_more() -> None:
    listed = FakeInvoiceList(list(MIXED))

    InvoicesScreen(listed, FakeProblems()).show(asked(search="2026"))

    assert listed.reads == ["month 2026-11", "starting with 2026"]


def test_what_waits_is_found_in_every_month_by_its_problems() -> None:
    page, listed = with_problems(
        (invoice_subject("20260402"), "debtor-not-found"),
        (entry_subject("20260299"), "entry-gone"),
        (inbox_subject("veldhuis/x.json"), "invoice-not-valid"),
    )

    found = seen(html(page))
    assert listed.reads == ["2 numbered"]
    assert "2 facturen hebben een open melding." in found.text
    assert [cells[0] for cells in found.rows[1:]] == ["20260299", "20260402"]


def test_nothing_that_waits_is_good_news() -> None:
    page, _ = with_problems()

    assert "Er wacht niets op jou, in geen enkele maand." in seen(html(page)).text


def test_the_file_opens_rightly_in_a_dutch_excel() -> None:
    rows = [row("20260402", Standing.WAITING, debtor="2001 Café", amount=Decimal("-1234.50"))]
    screen = InvoicesScreen(FakeInvoiceList(rows), FakeProblems())

    file = screen.show(asked(file="csv"))

    assert isinstance(file, Download)
    assert file.name == "facturen-2026-11.csv"
    assert file.content.decode("utf-8") == (
        "\ufeffFactuur;Factuurdatum;Debiteur;Bedrag incl. btw;Valuta;Stand;Boekstuk\r\n"
        "20260402;20-11-2026;2001 Café;-1234,50;EUR;Wacht op jou;\r\n"
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_a_file_holds_no_formula_of_somebody_else(begin: str) -> None:  # S11
    rows = [row("1", debtor=f'{begin}HYPERLINK("https://evil.example";"x")')]

    file = InvoicesScreen(FakeInvoiceList(rows), FakeProblems()).show(asked(file="csv"))

    assert isinstance(file, Download)
    assert f"'{begin}HYPERLINK" in file.content.decode()


def test_what_was_asked_for_is_what_the_file_holds() -> None:
    screen = InvoicesScreen(FakeInvoiceList(list(MIXED)), FakeProblems())

    file = screen.show(asked(standing="offered", file="csv"))

    assert isinstance(file, Download)
    assert file.content.decode().count("\r\n") == 2


def test_an_invoice_with_a_strange_number_leads_to_its_own_page() -> None:
    found = shown([row("F 26/04%2&x")])

    assert found.links["F 26/04%2&x"].endswith("/invoice?number=F+26%2F04%252%26x")


def test_english_says_the_same() -> None:
    english = Person(MARIT.mail, MARIT.role, "en")

    assert "1 invoice of November 2026 waits for you." in shown(MIXED, english).text
    assert shown(MIXED, english, search="20260402").rows[1][3] == "Waits for you"
