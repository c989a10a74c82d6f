"""Te doen: what waits, by cause, and who has to act."""

import csv
import re
from io import StringIO

import pytest

from koppeling.core import catalogue, rendering
from koppeling.core.people import Person, Role
from koppeling.core.problems import doubled_subject, entry_subject, invoice_subject
from koppeling.portal.page import Download, PortalPage
from koppeling.portal.screens.todo import TodoScreen
from koppeling.portal.waiting import waiting_for_people
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, connection, html
from tests.unit.portal.signing import PortalWorld
from tests.unit.portal.waiting_fakes import OWN, Desk

SARAH = Person("sarah@veldhuis.example", Role.DECIDE, "en")


def shown(desk: Desk, person: Person = MARIT, **query: str) -> str:
    page = TodoScreen(desk.problems, desk.outbox).show(asked(person, **query))
    assert isinstance(page, PortalPage)
    return html(page, person)


def words(text: str) -> str:
    """Return what a reader sees, on one line."""
    body = re.sub(r"<(style|title)>.*?</\1>", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def headings(text: str) -> list[str]:
    return [words(each).strip() for each in re.findall(r"<h2>(.*?)</h2>", text, re.DOTALL)]


def wrong_mails(desk: Desk, number: int) -> None:
    for each in range(number):
        subject = f"accounts/{each:04}/notice"
        desk.problem(
            subject, "email-invalid", hours=each + 1, debtor=f"Relatie {each:04}", value="x"
        )


def test_what_has_one_cause_is_one_line_with_what_to_do_about_it() -> None:
    desk = Desk()
    wrong_mails(desk, 63)

    text = words(shown(desk))

    assert "63 e-mailadressen kloppen niet." in text
    assert "Verbeter de e-mailadressen bij de relaties in Exact Online." in text
    assert "Wie: Jij · Sinds 23-11-2026" in text
    assert "Er wachten 63 dingen." in text


def test_errors_come_before_what_needs_attention_and_notices_stand_apart_at_the_end() -> None:
    desk = Desk()
    wrong_mails(desk, 2)
    desk.problem("accounts/9/notice", "name-truncated", debtor="10012 Bakkerij Jansen")
    desk.invoice("20260412", debtor="10012", code_="10012")

    page = shown(desk)

    assert headings(page) == [
        "Debiteur 10012 bestaat niet in Exact Online.",
        "2 e-mailadressen kloppen niet.",
        catalogue.title("name-truncated", "nl", {"debtor": "10012 Bakkerij Jansen"}),
    ]
    assert page.index("Ter informatie (1)") > page.index("e-mailadressen")


def test_each_cause_says_who_has_to_act() -> None:
    desk = Desk()
    desk.problem("accounts/connection", "exact-no-rights", entity="accounts")
    desk.problem(invoice_subject("1"), "journal-unknown", journal="70")

    text = words(shown(desk))

    assert "Wie: De beheerder van Exact of QicsMilestones" in text
    assert "Wie: Qics" in text


def test_a_warning_that_lasts_is_shown_as_an_error() -> None:
    desk = Desk()
    desk.problem("accounts/connection", "exact-unavailable", hours=3)

    assert "Fout" in words(shown(desk))


def test_nothing_to_do_is_said_in_a_friendly_way() -> None:
    text = words(shown(Desk()))

    assert "Er wacht niets op je." in text
    assert "Alles wat binnenkwam, is verwerkt." in text


def test_a_group_opens_to_its_members_by_pages_of_25_with_one_read() -> None:
    desk = Desk()
    wrong_mails(desk, 500)

    first = shown(desk, group="email-invalid")
    last = shown(desk, group="email-invalid", page="20")

    assert desk.problems.reads == 2
    assert first.count("<tr>") == 26
    assert "1 tot en met 25 van 500" in first
    assert "476 tot en met 500 van 500" in last
    assert "Relatie 0499" in words(first)
    assert "Volgende" in first
    assert "Volgende" not in last


def test_a_group_that_was_solved_meanwhile_is_said_to_be_solved() -> None:
    text = words(shown(Desk(), group="email-invalid"))

    assert "Dit is opgelost" in text
    assert "Met deze oorzaak wacht er niets meer." in text


def test_an_invoice_leads_to_its_page_and_may_be_offered_or_skipped_with_a_reason() -> None:
    desk = Desk()
    desk.invoice("2026/04 12", debtor="10012")

    page = shown(desk)

    assert 'href="https://koppeling.example/portal/veldhuis/invoice?number=2026%2F04+12"' in page
    assert 'name="subject" value="invoice/2026%2F04 12"' in page
    assert 'action="https://koppeling.example/portal/veldhuis/do/skip"' in page
    assert 'name="reason" rows="2" maxlength="500" required' in page


def test_every_button_is_a_form_with_the_token() -> None:
    desk = Desk()
    desk.invoice("1", debtor="10012")
    desk.invoice("2", debtor="10013")
    desk.record("projects", "a")
    desk.problem("accounts/main/list", "list-shrank", entity="accounts", before="100", after="10")
    desk.problem("items/connection", "exact-no-rights", entity="items")

    page = shown(desk)

    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert {address.rpartition("/do/")[2] for address, _ in forms} == {
        "offer",
        "agree-list",
        "pull",
    }
    assert all('name="form_token" value="token-of-the-form"' in form for _, form in forms)


def test_a_double_and_what_ends_by_itself_have_no_button() -> None:
    desk = Desk()
    desk.problem(
        doubled_subject("1"), "entry-doubled", invoice="1", entry_number="2", period="2026-10"
    )
    desk.problem(invoice_subject("3"), "entry-uncertain", hours=0.5, invoice="3")

    assert "/do/" not in shown(desk)


def test_an_outcome_that_stays_unknown_has_the_button_that_its_text_names() -> None:
    desk = Desk()
    desk.problem(invoice_subject("3"), "entry-uncertain", hours=1.5, invoice="3")

    assert re.findall(r"do/([\w-]+)", shown(desk)) == ["offer"]
    assert waiting_for_people(desk.problems.opened(OWN), NOW) == 1


def test_an_entry_that_differs_can_be_agreed_with_and_one_that_is_gone_skipped() -> None:
    desk = Desk()
    desk.problem(invoice_subject("1"), "entry-differs-from-invoice", invoice="1")
    desk.problem(entry_subject("2"), "entry-gone", invoice="2")

    page = shown(desk)

    assert re.findall(r"do/([\w-]+)", page) == ["agree", "offer", "skip"]


def test_a_login_that_ended_leads_to_connecting_again() -> None:
    desk = Desk()
    desk.problem("login/exact", "exact-reconnect-needed", exact_user="koppeling@veldhuis.example")

    assert (
        '<a class="button" href="https://koppeling.example/portal/veldhuis/connection">'
        in shown(desk)
    )


def test_who_may_only_look_sees_no_button_but_whom_to_ask() -> None:
    desk = Desk()
    desk.invoice("1", debtor="10012")
    wrong_mails(desk, 3)

    page = shown(desk, PIM)

    assert "/do/" not in page
    assert "Je mag hier alleen kijken. Vraag marit@veldhuis.example om dit te doen." in words(page)


def test_text_of_others_is_escaped() -> None:
    desk = Desk()
    desk.problem(invoice_subject("1"), "exact-rejected", invoice="1", message="<script>x</script>")

    assert "<script" not in shown(desk)


def test_the_whole_list_is_a_file_in_which_nothing_is_calculated() -> None:
    desk = Desk()
    desk.invoice("1", "exact-rejected", message="=cmd")
    desk.problem("accounts/9/notice", "name-truncated", debtor="=1+1")

    file = TodoScreen(desk.problems, desk.outbox).show(asked(file="csv"))

    assert isinstance(file, Download)
    rows = list(csv.reader(StringIO(file.content.decode()[1:]), delimiter=";"))
    assert rows[0] == ["Soort", "Wie", "Wat", "Wat te doen", "Sinds", "Factuur"]
    assert rows[1][:2] + rows[1][4:] == ["Fout", "Jij", "26-11-2026", "1"]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_the_number_in_the_menu_is_what_somebody_has_to_act_on() -> None:
    desk = Desk()
    desk.invoice("1")
    desk.problem("accounts/9/notice", "name-truncated", debtor="x")
    desk.problem(invoice_subject("3"), "pdf-upload-failed")

    assert waiting_for_people(desk.problems.opened(asked().connection.id), NOW) == 1


def test_a_code_of_a_later_release_is_ours_to_explain() -> None:
    desk = Desk()
    desk.problem("accounts/9", "of-a-later-release")

    assert "Wie: Qics" in words(shown(desk))


@pytest.mark.parametrize("language", rendering.LANGUAGES)
def test_each_code_has_a_text_for_many_and_no_other(language: str) -> None:
    texts = rendering.load("portal/causes", language)

    assert texts.keys() == catalogue.codes()
    for code, each in texts.items():
        assert each.keys() == {"many", "do"}, code
        assert rendering.placeholders(each["many"]) <= {"count", "qm"}, code
        assert "count" in rendering.placeholders(each["many"]) or code == "exact-unavailable", code
        assert rendering.placeholders(each["do"]) <= {"qm"}, code


def test_the_page_is_complete_in_english() -> None:
    desk = Desk()
    wrong_mails(desk, 2)
    desk.invoice("1", debtor="10012")

    text = words(shown(desk, SARAH))

    assert "2 e-mail addresses are wrong." in text
    assert "Offer again" in text


def test_the_menu_has_the_number_of_what_waits_for_people_at_no_read_of_its_own() -> None:
    desk = Desk()
    wrong_mails(desk, 63)
    desk.problem("accounts/connection", "exact-unavailable")
    before = desk.problems.reads
    browser = PortalWorld(screens={"todo": TodoScreen(desk.problems, desk.outbox).show}).signed_in()

    for query in ("", "?group=email-invalid"):
        browser.open(f"/portal/veldhuis/todo{query}")
        assert '<span class="badge">63</span>' in browser.page

    assert desk.problems.reads - before == 2


def test_before_the_start_it_leads_to_the_first_load_instead_of_saying_that_nothing_waits() -> None:
    page = TodoScreen(Desk().problems, Desk().outbox).show(asked(MARIT))
    assert isinstance(page, PortalPage)

    text = html(page, MARIT, connection=connection(started=False))

    assert "De koppeling is nog niet gestart." in words(text)
    assert "Er wacht niets op je." not in words(text)
    assert 'href="https://koppeling.example/portal/veldhuis/first-load"' in text


def test_a_customer_that_may_be_a_double_leads_to_the_choice_and_cannot_be_offered() -> None:
    desk = Desk()
    desk.problem("accounts/a", "likely-double", code="2011", names="7010 Brouwers")

    text = shown(desk)

    assert "Naar Eerste keer" in words(text)
    assert "first-load#doubles" in text
    assert "Opnieuw aanbieden" not in words(text)
