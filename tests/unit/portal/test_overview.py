"""Overzicht: how the link does in one sentence, worst first, and what leads to the cure."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from koppeling.core.clock import today
from koppeling.core.log import LogEntry, LogKind
from koppeling.core.people import Person, Role
from koppeling.core.problems import invoice_subject
from koppeling.core.rate_limit import CallBudget
from koppeling.portal.page import PortalPage
from koppeling.portal.screens.overview import CallUse, OverviewScreen, calls_of
from koppeling.pull.rounds import RoundState, RoundTimes
from koppeling.push.invoice_row import InvoiceRow, Standing
from tests.unit.portal.invoice_lists import FakeInvoiceList, row
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.round_fakes import NEXT, FakeCalls, FakeRounds
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, connection, html
from tests.unit.portal.waiting_fakes import OWN, Desk

SARAH = Person("sarah@veldhuis.example", Role.DECIDE, "en")
PLACE = "https://koppeling.example/portal/veldhuis"


class View:
    """The page of one connection."""

    def __init__(self, *rows: InvoiceRow, paused: bool = False, started: bool = True) -> None:
        self.desk, self.rounds, self.calls = Desk(), FakeRounds(), FakeCalls()
        self.invoices = FakeInvoiceList(list(rows))
        self.connection = connection(paused=paused, started=started)

    def page(self, person: Person = MARIT) -> str:
        screen = OverviewScreen(
            self.desk.problems, self.rounds, self.invoices, self.calls, self.desk.log
        )
        page = screen.show(replace(asked(person), connection=self.connection))
        assert isinstance(page, PortalPage)
        return html(page, person, connection=self.connection)

    def seen(self, person: Person = MARIT) -> Seen:
        return seen(self.page(person))


def test_all_is_well_in_one_sentence_with_the_last_and_the_next_round() -> None:
    text = View().seen().text

    assert "Alles loopt. Laatste ronde 11:45, volgende 12:00. Je hoeft niets te doen." in text


def test_after_the_last_round_of_the_day_the_next_one_is_tomorrow() -> None:
    view = View()
    view.rounds.all = RoundTimes(RoundState.RUNNING, NOW, NOW + timedelta(hours=19))

    assert "volgende morgen 06:50" in view.seen().text


def test_a_login_that_ended_comes_before_everything_else_and_leads_to_connecting() -> None:
    view = View(paused=True)
    view.desk.invoice("1")
    view.desk.problem("login/exact", "exact-reconnect-needed")

    page = view.seen()

    assert "Exact Online vraagt om opnieuw te verbinden." in page.text
    assert page.links["Opnieuw verbinden"] == f"{PLACE}/connection"
    assert "Verbinding verbroken" in page.text


def test_a_pause_shows_the_button_that_ends_it() -> None:
    view = View(paused=True)
    view.desk.invoice("1")

    page = view.seen()

    assert "De koppeling staat op pauze." in page.text
    assert page.actions == [f"{PLACE}/do/resume"]


def test_before_an_approval_it_leads_to_the_preview_and_has_no_button_that_begins() -> None:
    page = View(started=False).seen()

    assert "De koppeling is nog niet gestart." in page.text
    assert page.links["Naar Eerste keer"] == f"{PLACE}/first-load"
    assert page.actions == []


def test_invoices_that_wait_are_counted_once_and_lead_to_what_to_do() -> None:
    view = View()
    view.desk.invoice("1")
    view.desk.invoice("2")
    view.desk.problem(invoice_subject("2"), "pdf-missing")
    view.desk.problem("accounts/9", "duplicate-code")

    page = view.seen()

    assert "2 facturen wachten op jou." in page.text
    assert page.links["Bekijk wat te doen is"] == f"{PLACE}/todo"


@pytest.mark.parametrize(
    ("code", "subject", "sentence"),
    [
        ("exact-unavailable", "accounts/connection", "Exact Online geeft even geen antwoord."),
        ("milestones-unavailable", "items/connection", "QicsMilestones geeft even geen antwoord."),
        ("duplicate-code", "accounts/9", "Eén ding wacht op jou."),
        ("email-invalid", "accounts/9/notice", "Alles loopt; één ding vraagt je aandacht."),
        ("name-truncated", "accounts/9/notice", "Alles loopt."),
        ("record-failed", "accounts/9", "Eén ding wacht op Qics."),
    ],
)
def test_what_is_worst_is_said(code: str, subject: str, sentence: str) -> None:
    view = View()
    view.desk.problem(subject, code)

    assert sentence in view.seen().text


def test_a_new_connection_reads_for_the_first_time() -> None:
    view = View()
    view.rounds.all = RoundTimes(RoundState.NEVER, None, NEXT)

    page = view.seen()

    assert "De koppeling leest de gegevens voor de eerste keer. Eerste ronde 12:00." in page.text
    assert page.links["Bekijk hoe ver het is"] == f"{PLACE}/first-load"


def test_the_invoices_of_the_month_are_counted_with_their_amounts_per_currency() -> None:
    view = View(
        row("1", Standing.BOOKED, amount=Decimal("1234.50")),
        row("2", Standing.BOOKED, amount=Decimal("10.00"), currency="USD"),
        row("3", Standing.WAITING, amount=Decimal("-50.00")),
        row("4", Standing.UNCERTAIN, amount=Decimal("5.00")),
    )

    page = view.seen()

    cells = {cells[0]: cells[1:] for cells in page.rows if cells}
    assert cells["Geboekt"] == ["2", "€\u00a01.234,50 USD\u00a010,00"]
    assert cells["Wacht op jou"] == ["1", "-€\u00a050,00"]
    assert cells["Onzeker"] == ["1", "€\u00a05,00"]
    assert cells["Samen"][0] == "4"


def test_the_picture_of_invoices_has_a_table_beside_it() -> None:
    view = View(row("1", Standing.BOOKED), row("2", Standing.WAITING))

    page = view.page()

    assert (
        'aria-label="Staafdiagram: facturen per dag in november 2026, hoogstens 2 op een dag"'
        in (page)
    )
    assert ["20-11-2026", "2", "1"] in seen(page).rows
    assert 'class="held"' in page


def test_the_calls_of_today_are_shown_against_their_limit() -> None:
    page = View().seen()

    assert "Vandaag 1.234 van de 5.000 aanroepen die Exact Online per dag toestaat." in page.text
    assert ["26-11-2026", "1.234"] in page.rows


def test_calls_that_are_not_known_are_said_to_be_so() -> None:
    view = View()
    view.calls = FakeCalls({}, None)

    assert "Van vandaag is nog niets bekend." in view.seen().text


def test_a_month_without_invoices_is_said_to_be_empty() -> None:
    assert "In november 2026 is er nog geen factuur aangeboden." in View().seen().text


def test_both_logins_are_shown_with_user_and_when_they_end() -> None:
    view = View()
    view.desk.problem("connection", "exact-consent-expires-soon", until="2026-12-10")

    text = view.seen().text

    assert "Ingelogd als koppeling@veldhuis.example Verloopt op 10-12-2026" in text
    assert "Blijft geldig zolang de koppeling loopt" in text


def test_each_entity_has_its_rounds_and_a_button_unless_it_is_off() -> None:
    view = View()
    view.rounds.others["items"] = RoundTimes(RoundState.OFF)

    page = view.seen()

    rows = {cells[0]: cells[1:] for cells in page.rows if cells}
    assert rows["Relaties"][:3] == ["Loopt", "11:45", "12:00"]
    assert rows["Artikelen"][:3] == ["Staat uit", "Nog geen", "Geen"]
    assert [form["entity"] for _, form in page.forms if "entity" in form] == [
        *("vat_codes", "payment_conditions", "cost_centers", "accounts"),
        *("employees", "projects"),
    ]


def test_who_may_only_look_sees_no_button_but_whom_to_ask() -> None:
    page = View().seen(PIM)

    assert page.actions == []
    assert "Je mag hier alleen kijken. Vraag marit@veldhuis.example om dit te doen." in page.text


def test_the_page_reads_each_thing_once() -> None:
    view = View()
    view.page()

    assert (view.desk.problems.reads, view.rounds.reads) == (1, 1)
    assert view.invoices.reads == ["month 2026-11"]


def test_the_page_is_complete_in_english() -> None:
    view = View(row("1", Standing.WAITING))
    view.desk.invoice("1")

    text = view.seen(SARAH).text

    assert "One invoice waits for you. Last round 11:45, next 12:00." in text
    assert "november" not in text


def test_headings_are_in_order() -> None:
    levels = [level for level, _ in View(row("1", Standing.BOOKED)).seen().headings]

    assert levels[0] == 1
    assert set(levels[1:]) == {2}


def test_the_calls_of_the_last_days_are_those_that_the_budget_kept() -> None:
    yesterday = today(NOW) - timedelta(days=1)
    kept = {yesterday.isoformat(): 310, (yesterday - timedelta(days=60)).isoformat(): 9}
    budget = CallBudget(5000, 4200, day_resets_at=NOW + timedelta(hours=3), used=kept)

    assert calls_of(budget, NOW) == CallUse({yesterday: 310, today(NOW): 800}, 5000)
    assert calls_of(CallBudget(), NOW) == CallUse({}, None)


def test_the_calls_of_a_day_that_ended_are_not_those_of_the_next() -> None:
    budget = CallBudget(5000, 4200, day_resets_at=NOW + timedelta(hours=3))

    assert calls_of(budget, NOW + timedelta(days=1)) == CallUse({today(NOW): 800}, 5000)


def test_rounds_are_told_by_the_calls_that_are_left_and_by_what_somebody_asked_for_at_night() -> (
    None
):
    view, at = View(), NOW - timedelta(hours=9)
    view.calls.stretched_minutes = 30
    own = view.desk.log
    own.add(LogEntry(OWN, at, LogKind.ROUND, "pulled", subject="items"))
    own.add(LogEntry(OWN, at - timedelta(days=1), LogKind.ROUND, "pulled", subject="items"))

    view.page()

    assert view.rounds.told == (30, {"items": at})
