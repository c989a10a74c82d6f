"""Maand: what a month says is true, whatever happened to it in Exact Online and since."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from koppeling.push.invoice_row import Standing
from koppeling.push.reconciliation import Mismatch
from tests.unit.portal.test_month import compared, october, of_october, shown
from tests.unit.portal.test_statement import pages, statement

ENTRY = "26700012"
MOVED = Mismatch("20260301", ENTRY, Decimal("1210.00"), None)
BY_HAND = Mismatch("", "26700050", None, Decimal("50.00"), entry_currency="USD")


def test_an_entry_that_was_moved_to_another_month_keeps_its_month_from_being_right() -> None:
    text = shown(of_october(), compared(moved=(MOVED,))).text

    assert "Oktober 2026 klopt nog niet: 1 boekstuk staat in een andere maand." in text
    assert f"Factuur 20260301: boekstuk {ENTRY} staat in Exact Online in een andere maand." in text
    (page,) = pages(statement(of_october(), compared(moved=(MOVED,))))
    assert "staat in Exact Online in een andere maand." in " ".join(page.split())


def test_an_entry_in_another_currency_is_not_said_to_have_other_lines() -> None:
    differing = replace(MOVED, amount_entry=Decimal("1210.00"), entry_currency="USD")

    text = shown(of_october(), compared(differing=(differing,))).text.replace("\u00a0", " ")

    assert f"Factuur 20260301: € 1.210,00 op de factuur, USD 1.210,00 in boekstuk {ENTRY}." in text


def test_an_entry_by_hand_is_shown_in_its_own_currency() -> None:
    text = shown(of_october(), compared(others=(BY_HAND,))).text.replace("\u00a0", " ")

    assert "Boekstuk 26700050, zonder Uw referentie: USD 50,00." in text


@pytest.mark.parametrize(
    "since",
    [{"entry_number": "26700088"}, {"standing": Standing.SKIPPED, "entry_number": ENTRY}],
)
def test_what_was_mended_since_the_comparison_asks_for_another_one(since: dict[str, Any]) -> None:
    rows = of_october(replace(october("20260301"), **since), october("20260302"))

    text = shown(rows, compared(gone=(MOVED,))).text

    assert "Oktober 2026 is na de laatste vergelijking veranderd." in text


def test_an_invoice_with_two_doubles_is_one_invoice() -> None:
    doubles = (Mismatch("20260301", "1", None, Decimal(1)), Mismatch("20260301", "2", None, None))

    text = shown(of_october(), compared(doubled=doubles)).text

    assert "1 factuur staat twee keer in de boeken." in text


def test_large_numbers_are_written_as_people_do() -> None:
    many = compared(moved=(MOVED,))

    text = shown(of_october(), replace(many, counts={"moved": 1500})).text

    assert "1.500 boekstukken staan in een andere maand." in text


def test_paper_shows_no_marks_and_says_that_entries_by_hand_do_not_count() -> None:
    (page,) = pages(statement(of_october(), compared(others=(BY_HAND,))))

    assert "*" not in page
    assert "Dat mag; ze tellen niet mee." in " ".join(page.split())


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_end_of_all_time_is_the_present_one(month: str) -> None:
    assert "november 2026" in shown([], month=month).text.split("Maand ervoor")[0]


def test_paper_cuts_no_amount_however_long_it_is() -> None:
    long = october("20260303", Standing.WAITING, amount=Decimal("-123456789.125"), currency="BHD")

    (page,) = pages(statement([long]))

    assert page.count("-BHD\u00a0123.456.789,125") == 3
