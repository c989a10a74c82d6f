"""Letters: what a mail says, in both languages, whatever a customer is called."""

from dataclasses import replace
from html import unescape

import pytest

from koppeling.core.letter import LONGEST_SUBJECT, Letter, MailLink, MailList
from koppeling.core.people import Person, Role
from koppeling.watch.letters import KINDS
from koppeling.watch.postman import Reader
from tests.unit.watch.fakes import ACME, LINK, MARIT, PIM, a_notifier

GONE = "exact-reconnect-needed"
VALUES = {"until": "2026-12-20", "date": "2026-11-20", "since": "2026-11-17"}
PORTAL = "https://koppeling.example/portal/acme"


def a_letter(
    code: str, person: Person = MARIT, administration_name: str = ACME.administration_name
) -> Letter:
    connection = replace(ACME, people=(MARIT, PIM), administration_name=administration_name)
    return a_notifier(connection).letters.letter(Reader(person, (connection,)), code, VALUES)


def test_a_mail_says_what_is_wrong_what_to_do_and_which_administration_it_is_about() -> None:
    mail = a_letter(GONE).mail(MARIT.mail, "login")
    assert mail.subject == "Verbind opnieuw met Exact Online (Veldhuis Advies B.V.)"
    assert mail.text.startswith("Verbind opnieuw met Exact Online.\n\nDe toestemming van ")
    assert f"Opnieuw verbinden:\n{LINK}\n\nLog in als koppeling@veldhuis.example." in mail.text
    assert "- Veldhuis Advies B.V. (987654)" in mail.text
    assert "*" not in mail.text
    assert f'<a href="{LINK}">' in mail.html


def test_who_may_only_look_gets_no_link_but_who_can_act() -> None:
    mail = a_letter(GONE, PIM).mail(PIM.mail, "login")
    assert LINK not in mail.text + mail.html
    assert f"Opnieuw verbinden kan: {MARIT.mail}." in mail.text


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("code", sorted(KINDS))
def test_no_mail_has_a_hole_in_its_text(code: str, role: Role, language: str) -> None:
    mail = a_letter(code, Person("x@y.example", role, language)).mail("x@y.example", "login")
    for part in (mail.subject, mail.text, unescape(mail.html)):
        assert "…" not in part
        assert "{" not in part
        assert "None" not in part


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_mail_leads_to_the_choice_of_mails(code: str) -> None:
    mail = a_letter(code).mail(MARIT.mail, "login")
    assert mail.preferences == f"{PORTAL}/connection"
    assert mail.preferences in mail.text


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Café 'Het Ÿ' & Zn.",
            "Naam " * 40,
            "Regel\r\nBcc: all@x.example",
            "日本",
            "  ",
            "Ω" * 200,
        ),
        *("<script>alert(1)</script>", "*vet* <b>dik</b>", '"><img src=x>', "\u202eomgekeerd"),
    ],
)
def test_a_name_stays_a_piece_of_text_on_one_line(name: str) -> None:
    mail = a_letter(GONE, administration_name=name).mail(MARIT.mail, "login")
    assert len(mail.subject) <= LONGEST_SUBJECT
    assert mail.subject.isprintable()
    assert mail.subject.startswith("Verbind opnieuw met Exact Online (")
    assert "\nBcc" not in mail.text
    for tag in ("<script", "<b>", "<img"):
        assert tag not in mail.html
    assert "\u202e" not in mail.text + mail.html


def test_text_and_html_say_the_same() -> None:
    pieces = (
        "Een *knop*.",
        MailList(("a & b", "c")),
        MailLink("Kijk", "https://x.example/?a=1&b=2"),
    )
    mail = Letter("Onderwerp", pieces, "nl").mail("x@y.example", "test")
    assert mail.text.startswith(
        "Een knop.\n\n- a & b\n- c\n\nKijk:\nhttps://x.example/?a=1&b=2\n\nDeze mail komt van"
    )
    assert "<p>Een <em>knop</em>.</p>" in mail.html
    assert "<li>a &amp; b</li>" in mail.html
    assert 'href="https://x.example/?a=1&amp;b=2"' in mail.html


def test_html_needs_no_picture_no_script_and_no_colour() -> None:
    html = a_letter(GONE).mail(MARIT.mail, "login").html
    for part in ("<img", "<script", "color:", "background", "<table", "url("):
        assert part not in html
    assert 'content="light dark"' in html


def test_a_letter_shows_its_link_in_no_repr() -> None:
    letter = a_letter(GONE)
    assert "geheim" not in repr(letter)
    assert "geheim" not in repr(letter.mail(MARIT.mail, "login"))
