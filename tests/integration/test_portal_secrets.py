"""S3, S4, S8 and S9 for the pages of the bookkeeper, on the real wiring."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from koppeling.bootstrap.pages import sign_in
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person, Role
from koppeling.portal.session import form_token
from tests.environment import Environment, environment
from tests.integration.test_clients_secrets import everything_at_debug
from tests.integration.test_portal import Pages, Postbox, browser_of, delivered, link_in
from tests.unit.portal.signing import PortalBrowser

CANARY = Person("canary-address@veldhuis.example", Role.DECIDE)
OTHER = Person("kees@bakker.example", Role.DECIDE)
FOREIGN = ConnectionId("bakker-01")


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        built.change(people=(CANARY,))
        other = replace(
            built.connection, id=FOREIGN, administration_name="Bakker B.V.", people=(OTHER,)
        )
        built.wiring.stores.connections.save(other)
        yield built


def signed_in(h: Environment, person: Person = CANARY) -> PortalBrowser:
    browser = browser_of(h)
    browser.open("/portal/go", ticket=sign_in(h.wiring).link(person.mail))
    browser.press()
    return browser


def every_screen(h: Environment) -> list[str]:
    door: Any = h.wiring.portal_routes
    return sorted(door._door.screens)  # noqa: SLF001 - a list of what is wired


def every_action(h: Environment) -> list[str]:
    door: Any = h.wiring.portal_routes
    return sorted([*door._door.actions, *door._door.own_actions])  # noqa: SLF001 - likewise


def test_no_secret_of_signing_in_is_in_any_log_line(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], h: Environment
) -> None:  # S3
    planted = {CANARY.mail, "canary-of-nobody@elders.example", "canary-in-a-form"}
    with everything_at_debug():
        postbox, browser = Postbox(), browser_of(h)
        for mail in sorted(planted):
            browser.post("/portal/in", mail=mail, next="/veldhuis-advies-01/todo")
        delivered(h, postbox)
        address = link_in(postbox.mails[0])
        browser.open(address)
        browser.press()
        session = browser.cookies["__Host-portal"]
        for path in ("", *every_screen(h), "nergens"):
            browser.open(f"/portal/{h.connection.id}/{path}", q="canary-in-a-form")
        browser.post("/portal/elders/do/skip", form_token="canary-in-a-form")
        browser.post(
            f"/portal/{h.connection.id}/do/skip",
            form_token=form_token(session),
            reason="canary-in-a-form",
            number="1",
        )
        planted |= {session, form_token(session), parse_qs(urlsplit(address).query)["ticket"][0]}
    written = capfd.readouterr()
    lines = caplog.text + str([vars(record) for record in caplog.records])

    assert len(caplog.records) > 10
    for secret in planted:
        assert secret not in lines + written.out + written.err


def test_a_link_works_in_one_browser_and_a_session_id_is_never_in_an_address(
    h: Environment,
) -> None:  # S4
    secret = sign_in(h.wiring).link(CANARY.mail)
    first, second = browser_of(h), browser_of(h)
    for browser in (first, second):
        browser.open("/portal/go", ticket=secret)
    for browser in (first, second):
        browser.press()

    assert second.status == 410
    assert len(secret) >= 43
    assert not any(first.cookies["__Host-portal"] in address for address in first.visited)
    first.open("/portal/go", ticket=secret)
    assert first.status == 410


def test_every_screen_and_every_button_of_a_foreign_connection_is_the_same_404(
    h: Environment,
) -> None:  # S8
    browser = signed_in(h)
    token = form_token(browser.cookies["__Host-portal"])
    seen: set[tuple[int, str]] = set()
    for connection in (FOREIGN, "nergens-01"):
        for path in every_screen(h):
            browser.open(f"/portal/{connection}/{path}")
            seen.add((browser.status, browser.page))
        for name in every_action(h):
            browser.post(f"/portal/{connection}/do/{name}", form_token=token)
            seen.add((browser.status, browser.page))

    assert len(every_screen(h)) >= 5
    assert len(every_action(h)) >= 5
    ((status, page),) = seen
    assert status == 404
    assert "Bakker" not in page


def test_nobody_presses_a_button_without_the_token_of_the_session(h: Environment) -> None:  # S8
    browser, other = signed_in(h), signed_in(h, OTHER)
    foreign = form_token(other.cookies["__Host-portal"])
    for name in every_action(h):
        for token in ({}, {"form_token": ""}, {"form_token": foreign}):
            browser.post(f"/portal/{h.connection.id}/do/{name}", **token)
            assert browser.status == 403, name


def test_the_cookie_of_a_session_goes_to_this_host_alone_and_to_no_script(h: Environment) -> None:
    browser = browser_of(h)
    browser.follows = False
    browser.post("/portal/go", ticket=sign_in(h.wiring).link(CANARY.mail))
    (cookie,) = browser.answer["cookies"]
    parts = {each.strip().partition("=")[0]: each for each in cookie.split(";")}

    assert cookie.startswith("__Host-portal=")
    assert {"Secure", "HttpOnly"} <= set(parts)
    assert parts["Path"].strip() == "Path=/"
    assert parts["SameSite"].strip() == "SameSite=Lax"
    assert "Domain" not in parts
    assert parts["Max-Age"].strip() == "Max-Age=28800"


def test_two_people_of_two_connections_never_see_each_other(h: Environment) -> None:  # S9
    routes = Pages(h)
    one, two = signed_in(h), signed_in(h, OTHER)
    for _ in range(5):
        one.world = two.world = routes
        one.open(f"/portal/{h.connection.id}/connection")
        two.open(f"/portal/{FOREIGN}/connection")

        assert CANARY.mail in one.page
        assert OTHER.mail not in one.page
        assert OTHER.mail in two.page
        assert CANARY.mail not in two.page


def test_what_the_pages_keep_of_a_person_lies_below_the_connection_or_ends_by_itself(
    h: Environment,
) -> None:  # S9
    browser = signed_in(h)
    browser.open(f"/portal/{h.connection.id}/connection")
    browser.post(
        f"/portal/{h.connection.id}/do/choose-mails", form_token=browser.form_token, morning="yes"
    )
    browser.post(f"/portal/{h.connection.id}/do/trial-mail", form_token=browser.form_token)

    items = [
        item
        for item in h.wiring.aws.sync_items.scan()
        if item.pk.startswith(("PORTAL-", "ALLOWANCE#"))
        or item.sk.startswith(("PREFERENCES#", "LOG#sign-in"))
    ]
    assert {item.sk.partition("#")[0] for item in items} >= {"PREFERENCES", "LOG", "ALLOWANCE"}
    for item in items:
        assert item.pk == f"CONNECTION#{h.connection.id}" or item.expires_at
        assert CANARY.mail not in f"{item.pk} {item.sk}"
