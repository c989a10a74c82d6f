"""Who gets to a screen or a button: sessions, rights, and forms."""

import base64
from dataclasses import replace

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person, Role
from koppeling.portal.page import GoTo
from tests.unit.portal.showing import MARIT, PIM, connection
from tests.unit.portal.signing import PortalBrowser, PortalWorld

HERE = "/portal/veldhuis"


def test_a_screen_is_shown_to_who_is_signed_in() -> None:
    browser = PortalWorld().signed_in()
    browser.open(HERE)

    assert (browser.status, browser.title) == (200, "Overzicht")
    assert MARIT.mail in browser.text
    assert "Laat het ons weten" in browser.text


def test_a_button_answers_with_a_redirect_and_the_page_after_it_says_once_what_was_done() -> None:
    browser = PortalWorld().signed_in()
    browser.post(f"{HERE}/do/act", form_token=browser.form_token)

    assert browser.visited[-1] == f"https://koppeling.example{HERE}"
    assert "Je bent afgemeld." in browser.text
    browser.open(HERE)
    assert "Je bent afgemeld." not in browser.text


@pytest.mark.parametrize(
    "held", ["", "x", "[" * 4000, '["x"]', '{"notice": ["x"]}', '{"notice": "paused", "values": 1}']
)
def test_a_cookie_that_no_button_of_ours_made_says_nothing(held: str) -> None:
    browser = PortalWorld().signed_in()
    browser.cookies["__Host-notice"] = base64.urlsafe_b64encode(held.encode()).decode()
    browser.open(HERE)

    assert (browser.status, browser.title) == (200, "Overzicht")


def test_a_browser_keeps_the_notice_about_a_name_of_many_signs() -> None:
    to = GoTo("", notice="has-an-entry", values={"number": "🧾" * 200, "entry": "€" * 200})
    browser = PortalWorld(actions={"act": lambda _request: to}).signed_in()
    browser.follows = False
    browser.post(f"{HERE}/do/act", form_token=browser.form_token)

    (cookie,) = browser.answer["cookies"]
    assert len(cookie) < 4096


def test_who_sees_one_connection_goes_there_and_who_sees_several_chooses() -> None:
    one = PortalWorld().signed_in()
    one.open("/portal")
    assert one.title == "Overzicht"

    second = connection(id=ConnectionId("bakker"), administration_name="Bakker B.V.", paused=True)
    several = PortalWorld(connection(), second).signed_in()
    several.open("/portal")
    assert several.title == "Kies een administratie"
    assert "Veldhuis Advies B.V. (3000001) Alles loopt" in several.text
    assert "Bakker B.V. (3000001) Staat op pauze" in several.text


def test_who_is_not_signed_in_signs_in_and_gets_to_the_page_that_was_asked_for() -> None:
    world = PortalWorld()
    browser = PortalBrowser(world)
    browser.open(f"{HERE}/invoice?number=2026%2F12")

    assert browser.title == "Aanmelden"
    assert 'value="/veldhuis/invoice?number=2026%2F12"' in browser.page


def test_a_form_without_the_token_of_its_session_does_nothing() -> None:
    world = PortalWorld()
    browser, other = world.signed_in(), world.signed_in(PIM)
    for token in ("", "forged", other.form_token):
        browser.post(f"{HERE}/do/act", form_token=token)
        assert (browser.status, browser.title) == (403, "Deze knop hoort niet bij je aanmelding")


def test_a_form_that_another_site_sends_does_nothing() -> None:
    browser = PortalWorld().signed_in()
    token = browser.form_token
    browser.send(
        "POST", f"{HERE}/do/act", f"form_token={token}", **{"sec-fetch-site": "cross-site"}
    )

    assert browser.status == 403


def test_who_may_only_look_presses_no_button_of_those_who_decide() -> None:
    browser = PortalWorld().signed_in(PIM)
    browser.post(f"{HERE}/do/act", form_token=browser.form_token)

    assert (browser.status, browser.title) == (403, "Je mag hier alleen kijken")


def test_a_session_ends_after_eight_hours() -> None:
    world = PortalWorld()
    browser = world.signed_in()
    token = browser.form_token
    world.advance(hours=8)

    browser.post(f"{HERE}/do/act", form_token=token)
    assert (browser.status, browser.title) == (403, "Je bent niet meer aangemeld")
    browser.open(HERE)
    assert browser.title == "Aanmelden"


def test_rights_are_read_anew_on_every_request() -> None:
    world = PortalWorld()
    browser = world.signed_in()
    world.connections.add(connection(people=(replace(MARIT, role=Role.LOOK),)))
    browser.post(f"{HERE}/do/act", form_token=browser.form_token)
    assert browser.title == "Je mag hier alleen kijken"

    second = connection(id=ConnectionId("bakker"))
    world.connections.add(second)
    world.connections.add(connection(people=(PIM,)))
    browser.open(HERE)
    assert browser.status == 404


@pytest.mark.parametrize("path", ["/portal", HERE, "/portal/elders"])
def test_a_person_who_was_removed_everywhere_is_signed_out(path: str) -> None:
    world = PortalWorld()
    browser = world.signed_in()
    world.connections.add(connection(people=(PIM,)))
    browser.open(path)
    assert browser.title == "Aanmelden"

    world.connections.add(connection())
    browser.open("/portal")
    assert browser.title == "Aanmelden"


@pytest.mark.parametrize(
    "foreign", ["bakker", "onbekend", "..", "A", "veldhuis%00", "x" * 3000, "veldhuis/nergens"]
)
def test_a_foreign_connection_and_one_that_does_not_exist_are_the_same_404(foreign: str) -> None:
    others = connection(id=ConnectionId("bakker"), people=(Person("kees@bakker.example"),))
    browser = PortalWorld(connection(), others).signed_in()
    token = browser.form_token
    browser.open(f"/portal/{foreign}")
    first = (browser.status, browser.page)
    browser.post(f"/portal/{foreign}/do/act", form_token=token)

    assert first[0] == browser.status == 404
    assert first[1] == browser.page
    assert "Bakker" not in browser.page
