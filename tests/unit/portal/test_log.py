"""Logboek: who did what, and when, in sentences."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from koppeling.core.log import LogEntry, LogKind
from koppeling.core.people import Person
from koppeling.core.problems import invoice_subject
from koppeling.portal.log_texts import sentence_of
from koppeling.portal.page import Download, PortalPage
from koppeling.portal.screens.log import LogScreen
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.showing import MARIT, NOW, asked, html
from tests.unit.portal.waiting_fakes import OWN


def line(
    what: str, kind: LogKind = LogKind.DECISION, *, hours: float = 1, **fields: object
) -> LogEntry:
    return LogEntry(OWN, NOW - timedelta(hours=hours), kind, what, **fields)  # type: ignore[arg-type] # fields vary


def changed(field: str, old: str, new: str, **more: str) -> LogEntry:
    values = {"field": field, "old": old, "new": new, **more}
    return line("changed", LogKind.SETTINGS, values=values)


def shown(log: FakeLog, person: Person = MARIT, **query: str) -> Seen:
    page = LogScreen(log).show(asked(person, **query))
    assert isinstance(page, PortalPage)
    return seen(html(page, person))


def test_who_did_what_stands_with_the_newest_on_top() -> None:
    log = FakeLog()
    log.add(line("paused", LogKind.SETTINGS, hours=30, who=MARIT.mail))
    log.add(line("pulled", LogKind.ROUND, subject="accounts", counts={"created": 2, "waiting": 1}))

    assert shown(log).rows[1:] == [
        ["10:50", "De koppeling", "Relaties: 2 nieuw, 1 wacht."],
        ["gisteren 05:50", MARIT.mail, "De koppeling op pauze gezet."],
    ]


def test_one_kind_can_be_looked_at_alone() -> None:
    log = FakeLog()
    log.add(line("paused", LogKind.SETTINGS))
    log.add(line("pulled", LogKind.ROUND, subject="accounts"))

    page = shown(log, kind="settings")

    assert [cells[2] for cells in page.rows[1:]] == ["De koppeling op pauze gezet."]
    assert page.links["Rondes"].endswith("/log?kind=round")


def test_what_is_no_kind_shows_everything() -> None:
    log = FakeLog()
    log.add(line("paused", LogKind.SETTINGS))

    assert len(shown(log, kind="../../x").rows) == 2


def test_older_lines_come_by_the_page() -> None:
    log = FakeLog()
    for number in range(60):
        log.add(line("signed-in", LogKind.SIGN_IN, hours=number, who=f"{number}@x.example"))

    first = shown(log, kind="sign-in")
    second = shown(log, kind="sign-in", older=first.links["Ouder"].rpartition("older=")[2])

    assert (len(first.rows), len(second.rows)) == (51, 11)
    assert second.rows[1][1] == "50@x.example"
    assert "Ouder" not in second.links
    assert second.links["Terug naar het nieuwste"].endswith("/log?kind=sign-in")


def test_an_invoice_leads_to_its_page_and_a_reason_is_shown_as_text() -> None:
    log = FakeLog()
    log.add(line("skipped", subject=invoice_subject("2026/1"), reason="<b>Met de hand</b>"))

    page = shown(log)

    assert page.links["Factuur 2026/1 openen"].endswith("/invoice?number=2026%2F1")
    assert "Reden: <b>Met de hand</b>" in page.text


def test_nothing_yet_is_said_in_a_friendly_way() -> None:
    assert "Hier is nog niets gebeurd." in shown(FakeLog()).text


@pytest.mark.parametrize("kind", LogKind)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_line_of_a_later_release_is_named_by_its_kind(kind: LogKind, language: str) -> None:
    said = sentence_of(line("of-a-later-release", kind), language)

    assert said
    assert "…" not in said


def test_the_log_is_a_file_in_which_nothing_is_calculated() -> None:
    log = FakeLog()
    for number in range(700):
        log.add(line("skipped", hours=number, who="=cmd@x.example", reason="=1+1"))

    file = LogScreen(log).show(asked(file="csv"))

    assert isinstance(file, Download)
    rows = list(csv.reader(StringIO(file.content.decode()[1:]), delimiter=";"))
    assert rows[0] == ["Dag", "Tijd", "Soort", "Wie", "Wat"]
    assert len(rows) == 701
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            line("login-lost", LogKind.LOGIN, subject="login/milestones"),
            "De verbinding met QicsMilestones is verbroken.",
        ),
        (
            line("changed", LogKind.SETTINGS, values={"field": "invoices.pdfs", "new": "no"}),
            "Instelling gewijzigd: hoe facturen worden geboekt.",
        ),
        (
            changed("invoices.pdfs", "yes", "no", name="with_pdfs"),
            "Pdf bij de boeking hangen: eerst ja, nu nee.",
        ),
        (
            changed("entities.items.interval_minutes", "15", "120"),
            "Artikelen: eerst elke 15 minuten, nu elke 2 uur.",
        ),
        (
            changed("entities.items.enabled", "yes", "no"),
            "Artikelen: eerst aan, nu uit.",
        ),
        (
            changed("invoices.credit_journal", "-", "71", name="credit_journal"),
            "Dagboek voor creditfacturen: eerst hetzelfde als het verkoopdagboek, nu 71.",
        ),
        (
            changed("customers.invoice_email", "account", "off", name="invoice_email"),
            (
                "E-mailadres voor facturen: eerst van de relatie in Exact Online, "
                "nu nemen we niet over."
            ),
        ),
        (
            changed("start_date", "2026-10-01", "2026-11-01", name="start_date"),
            "Facturen boeken vanaf: eerst 01-10-2026, nu 01-11-2026.",
        ),
        (
            changed("people", "a@b.example (look, nl)", "-", name="people"),
            "Instelling gewijzigd: wie deze pagina's mag zien.",
        ),
        (
            line("stopped", LogKind.ROUND, subject="items", values={"code": "exact-no-rights"}),
            "Artikelen: de ronde is gestopt door een fout. Bij Te doen staat welke.",
        ),
        (
            line("linked", subject=invoice_subject("1"), values={"entry_number": "26700012"}),
            "Factuur 1 gekoppeld aan boekstuk 26700012.",
        ),
        (
            line("mailed-morning", LogKind.MAIL, values={"to": MARIT.mail}),
            "Ochtendmail met wat er wacht, naar marit@veldhuis.example.",
        ),
    ],
)
def test_a_line_is_a_sentence_without_a_name_of_the_program(entry: LogEntry, said: str) -> None:
    assert sentence_of(entry, "nl") == said


def test_an_approval_says_how_much_is_new_and_how_much_is_overwritten() -> None:
    values = {"new": "66", "overwritten": "141", "digest": "51e57c6c"}

    said = sentence_of(line("started", LogKind.SETTINGS, values=values), "nl")

    assert "66 nieuw, 141 overschreven" in said


def test_who_works_at_qics_is_called_so_and_not_by_a_name_of_aws() -> None:
    log = FakeLog()
    who = "arn:aws:iam::1:user/jan"
    log.add(line("paused", LogKind.SETTINGS, who=who, role="operator"))

    assert shown(log).rows[1][1] == "Qics"
