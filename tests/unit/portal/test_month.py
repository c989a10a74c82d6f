"""Maand: whether a month is right, in one sentence, and what that rests on."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person
from koppeling.core.problems import Problem, invoice_subject
from koppeling.portal.month_state import LastComparison
from koppeling.portal.months import asked_month, present_month
from koppeling.portal.page import Download, GoTo, NoSuchPage, PortalPage
from koppeling.portal.patience import asked_at
from koppeling.portal.screens.month import MonthScreen
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.journal import Period
from koppeling.push.reconciliation import Mismatch, Reconciliation, Sum
from tests.unit.fakes import FakeProblems
from tests.unit.portal.invoice_lists import FakeInvoiceList, row
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, connection, html, pressed

OCTOBER = "2026-10"
AT = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@dataclass(slots=True)
class FakeMonthComparisons:
    """The comparison that there is, and what was asked for."""

    comparison: LastComparison | None = None
    asked_for: list[str] = field(default_factory=list)

    def last(self, connection: ConnectionId, period: Period) -> LastComparison | None:
        """Return it."""
        del connection, period
        return self.comparison

    def ask(self, connection: ConnectionId, period: Period) -> None:
        """Note it."""
        self.asked_for.append(f"{connection} {period}")


def of_october(*rows: InvoiceRow) -> list[InvoiceRow]:
    return list(rows) or [october("20260301"), october("20260302")]


def october(number: str, standing: Standing = Standing.BOOKED, **changes: Any) -> InvoiceRow:  # noqa: ANN401 - fields vary
    return row(number, standing, **{"invoice_date": date(2026, 10, 31)} | changes)


def compared(invoices: int = 2, amount: str = "2420.00", **found: Any) -> LastComparison:  # noqa: ANN401 - fields vary
    total = Decimal(amount)
    sums = (Sum("EUR", invoices, total, invoices, total),)
    return LastComparison(AT, Reconciliation(sums=sums, **found))


def screen(rows: list[InvoiceRow], comparison: LastComparison | None = None) -> MonthScreen:
    problems = FakeProblems()
    problems.open(
        Problem(
            connection().id,
            invoice_subject("20260303"),
            "debtor-not-found",
            {"debtor": "2001", "invoice": "20260303", "code": "2001"},
        )
    )
    return MonthScreen(FakeInvoiceList(rows), problems, FakeMonthComparisons(comparison))


def shown(
    rows: list[InvoiceRow],
    comparison: LastComparison | None = None,
    person: Person = MARIT,
    **query: str,
) -> Seen:
    page = screen(rows, comparison).show(asked(person, **{"month": OCTOBER} | query))
    assert isinstance(page, PortalPage)
    return seen(html(page, person))


def test_a_month_that_is_right_says_so() -> None:
    found = shown(of_october(), compared())

    assert "Oktober 2026 klopt. " in found.text
    assert "Het laatst vergeleken op 02-11-2026 07:30." in found.text
    assert ["Geboekt", "2", "€\u00a02.420,00"] in found.rows
    assert ["Gefactureerd", "2", "€\u00a02.420,00"] in found.rows


def test_the_month_in_which_we_are_is_right_so_far() -> None:
    rows = [row("20260401"), row("20260402")]

    assert "November 2026 klopt tot nu toe." in shown(rows, compared(), month="2026-11").text


def test_a_refused_invoice_keeps_its_month_from_being_right_though_all_booked_ones_agree() -> None:
    waits = october("20260303", Standing.WAITING, debtor="2001 Café", amount=Decimal("96.80"))

    found = shown(of_october(october("20260301"), october("20260302"), waits), compared())

    assert "Oktober 2026 klopt nog niet: 1 factuur wacht." in found.text
    assert found.rows[-2 - 1][3].startswith("Debiteur 2001 bestaat niet in Exact Online")
    assert ["Gefactureerd", "3", "€\u00a02.516,80"] in found.rows


def test_everything_that_is_wrong_is_named_in_one_sentence() -> None:
    rows = of_october(
        october("1", Standing.WAITING),
        october("2", Standing.WAITING),
        october("3", Standing.WAITING, entry_number="26700003", code="entry-gone"),
        october("4", Standing.OFFERED),
    )

    assert (
        "Oktober 2026 klopt nog niet: 2 facturen wachten, 1 boekstuk is verwijderd "
        "en 1 factuur is onderweg."
    ) in shown(rows).text


def test_what_only_the_comparison_knows_counts_as_well_and_nothing_counts_twice() -> None:
    gone = Mismatch("20260301", "26700001", Decimal("1210.00"), None)
    doubled = Mismatch("20260302", "26700099", Decimal("1210.00"), Decimal("1210.00"))
    rows = of_october(
        october("20260301", Standing.WAITING, entry_number="26700001", code="entry-gone"),
        october("20260302"),
    )

    found = shown(rows, compared(gone=(gone,), doubled=(doubled,)))

    assert "1 boekstuk is verwijderd en 1 factuur staat twee keer in de boeken." in found.text
    assert "Factuur 20260301: boekstuk 26700001 staat niet meer in Exact Online." in found.text


def test_a_difference_is_told_with_both_amounts() -> None:
    differing = Mismatch("20260301", "26700012", Decimal("1210.00"), Decimal("1209.99"), 2, 2)

    found = shown(of_october(), compared(differing=(differing,)))

    assert "1 boekstuk wijkt af" in found.text
    text = found.text.replace("\u00a0", " ")
    assert "Factuur 20260301: € 1.210,00 op de factuur, € 1.209,99 in boekstuk 26700012." in text


def test_a_month_that_was_never_compared_is_not_said_to_be_right() -> None:
    found = shown(of_october())

    assert "Oktober 2026 is nog niet vergeleken met Exact Online." in found.text
    assert found.actions[-1] == "https://koppeling.example/portal/veldhuis/do/compare-month"


def test_a_month_that_changed_since_its_comparison_is_not_said_to_be_right() -> None:
    found = shown(of_october(), compared(1, "1210.00"))

    assert "Oktober 2026 is na de laatste vergelijking veranderd." in found.text


def test_an_empty_month_is_said_to_be_empty() -> None:
    found = shown([], None)

    assert "In oktober 2026 zijn er geen facturen." in found.text
    assert "Opslaan als pdf" not in found.links


def test_entries_by_hand_are_shown_and_wrong_nothing() -> None:
    others = (Mismatch("", "26700050", None, Decimal("50.00")),)

    found = shown(of_october(), compared(others=others))

    assert "Oktober 2026 klopt." in found.text
    assert "Boekstuk 26700050, zonder Uw referentie" in found.text


def test_each_currency_has_its_own_total() -> None:
    rows = of_october(october("1"), october("2", currency="USD", amount=Decimal("-10.00")))

    cells = [cells for cells in shown(rows).rows if cells[0] == "Gefactureerd"]

    assert cells == [["Gefactureerd", "2", "€\u00a01.210,00 -USD\u00a010,00"]]


def test_who_may_only_look_sees_no_button_but_why() -> None:
    found = shown(of_october(), None, PIM)

    assert not [place for place in found.actions if "/do/" in place]
    assert "Je mag hier alleen kijken." in found.text


def test_asking_for_a_comparison_leads_to_the_page_that_waits_for_it() -> None:
    page = screen(of_october())

    to = page.compare(pressed(month=OCTOBER))

    assert to == GoTo("month", {"month": OCTOBER, "asked": asked_at(NOW)}, "month-compared")
    assert isinstance(page.comparisons, FakeMonthComparisons)
    assert page.comparisons.asked_for == ["veldhuis 2026-10"]


def test_the_page_looks_again_until_the_comparison_is_there_and_at_most_a_minute() -> None:
    just_now, long_ago = (
        str(int((NOW - each).timestamp()))
        for each in (
            timedelta(seconds=5),
            timedelta(minutes=2),
        )
    )
    waits = screen(of_october(), compared()).show(asked(month=OCTOBER, asked=just_now))
    assert isinstance(waits, PortalPage)
    assert waits.refresh_seconds == 3
    stop = seen(html(waits)).links["Stop met verversen"]
    assert stop.endswith("/month?month=2026-10")

    tired = screen(of_october(), compared()).show(asked(month=OCTOBER, asked=long_ago))
    assert isinstance(tired, PortalPage)
    assert tired.refresh_seconds == 0
    assert "duurt langer dan anders" in seen(html(tired)).text

    there = LastComparison(NOW, Reconciliation())
    assert screen(of_october(), there).show(asked(month=OCTOBER, asked=just_now)) == GoTo(
        "month", {"month": OCTOBER}
    )


@pytest.mark.parametrize("text", ["", "x", "-1", "9999999999", "99999999999999999999", "٣"])
def test_what_is_no_moment_waits_for_nothing(text: str) -> None:
    page = screen(of_october(), compared()).show(asked(month=OCTOBER, asked=text))

    assert isinstance(page, PortalPage)
    assert page.refresh_seconds == 0


def test_a_page_is_three_reads_however_many_invoices_there_are() -> None:
    listed = FakeInvoiceList([october(f"{number:05}") for number in range(1000)])
    page = MonthScreen(listed, FakeProblems(), FakeMonthComparisons()).show(asked(month=OCTOBER))

    assert isinstance(page, PortalPage)
    assert listed.reads == ["month 2026-10"]  # P17
    assert len(html(page)) < 60_000


def test_the_file_holds_every_invoice_with_what_it_is() -> None:
    file = screen(of_october()).show(asked(month=OCTOBER, file="csv"))

    assert isinstance(file, Download)
    assert file.name == "maand-2026-10.csv"
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "20260301;31-10-2026;1068 Bakkerij De Vries;1210,00;EUR;Geboekt;26700012"


def test_english_says_the_same() -> None:
    english = Person(MARIT.mail, MARIT.role, "en")

    assert "October 2026 is right. " in shown(of_october(), compared(), english).text


@pytest.mark.parametrize("text", ["0001-01", "9999-12"])
def test_a_month_at_the_ends_of_the_calendar_is_the_present_one(text: str) -> None:
    assert asked_month(asked(month=text)) == present_month(NOW)


@pytest.mark.parametrize("text", ["", "2026-13", "oktober", "0001-01", "9999-12"])
def test_a_forged_month_is_no_page(text: str) -> None:
    with pytest.raises(NoSuchPage):
        screen(of_october()).compare(pressed(month=text))


def test_without_comparisons_there_is_no_button_for_one() -> None:
    alone = replace(screen(of_october()), comparisons=None)

    page = alone.show(asked(month=OCTOBER))

    assert isinstance(page, PortalPage)
    assert not [each for each in seen(html(page)).actions if "/do/" in each]
    with pytest.raises(NoSuchPage):
        alone.compare(pressed(month=OCTOBER))
