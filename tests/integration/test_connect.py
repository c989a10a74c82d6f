"""The login in the browser against both sandboxes: links, sessions, and logins that succeed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.auth.token_keys import NO_TENANT
from koppeling.auth.token_pair import TokenKey, TokenState
from koppeling.core.ids import ConnectionId
from tests.aws_stack import CONNECT_URL
from tests.environment import CALLBACK, Environment, environment
from tests.integration.browser import Browser

BOTH = ("exact", "milestones")


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=4) as built:
        yield built


def link(h: Environment, *providers: str, connection: str = "") -> str:
    made = ConnectionId(connection or h.connection.id)
    return h.wiring.login_links.link(made, providers or BOTH)


def invited(h: Environment, *providers: str) -> Browser:
    browser = Browser(h)
    browser.open(link(h, *providers))
    return browser


def token_calls(h: Environment) -> int:
    def is_token(path: str) -> bool:
        return path.endswith("oauth2/token")

    exact = h.exact.journal.calls(lambda call: is_token(call.path))
    return len(exact) + len(h.milestones.journal.calls(lambda call: is_token(call.path)))


def granted(h: Environment, provider: str, host: str) -> object:
    facts = h.wiring.stores.tokens.facts(TokenKey(provider, h.connection.exact_user, host))
    assert facts is not None
    return facts.granted_at, facts.state


def test_a_link_leads_through_both_logins_to_a_connection_that_works(h: Environment) -> None:
    h.exact.authority.revoke(h.connection.exact_user)
    h.clock.advance(900)
    browser = invited(h)
    assert (browser.status, browser.title) == (200, "Verbind Exact Online en QicsMilestones")

    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"
    assert "Veldhuis Advies B.V. (987654)" in browser.text
    assert "koppeling@veldhuis.example" in browser.text
    assert "op 24 december 2026" in browser.text

    browser.press()
    browser.log_in()
    assert (browser.status, browser.title) == (200, "QicsMilestones is verbonden")
    assert "Binnen een kwartier" in browser.text
    assert not browser.has_button
    now = h.clock.now().replace(microsecond=0)
    for provider, host in (
        (EXACT, h.connection.exact_host),
        (MILESTONES, NO_TENANT),
    ):
        assert granted(h, provider.name, host) == (now, TokenState.ACTIVE)
    assert h.pull().outcome == "done"


def test_a_link_for_one_login_ends_after_it(h: Environment) -> None:
    browser = invited(h, "milestones")
    browser.press()
    browser.log_in()

    assert browser.title == "QicsMilestones is verbonden"
    assert not browser.has_button


def test_a_paused_connection_says_so_at_the_end(h: Environment) -> None:
    h.change(paused=True)
    browser = invited(h, "exact")
    browser.press()
    browser.log_in()

    assert "staat nu op pauze" in browser.text


def test_the_pages_speak_english_to_who_asks_for_it(h: Environment) -> None:
    browser = Browser(h, language="en-GB,en;q=0.9")
    browser.open(link(h))

    assert browser.title == "Connect Exact Online and QicsMilestones"


def test_opening_a_link_does_not_use_it_up(h: Environment) -> None:
    address = link(h, "exact")
    for _ in range(5):
        scanner = Browser(h)
        scanner.open(address)
        assert scanner.cookies == {}

    browser = Browser(h)
    browser.open(address)
    browser.press()
    browser.log_in()

    assert browser.title == "Exact Online is verbonden"


def test_a_ticket_opens_one_session_whoever_presses_the_button(h: Environment) -> None:
    address = link(h)
    first, second, third = Browser(h), Browser(h), Browser(h)
    first.open(address)
    second.open(address)
    first.press()
    second.press()
    third.open(address)

    assert first.go_to
    assert (second.status, second.title) == (410, "Deze link is al gebruikt")
    assert (third.status, third.title) == (410, "Deze link is al gebruikt")
    assert second.cookies == third.cookies == {}


def test_who_presses_twice_or_goes_back_goes_on_in_the_same_session(h: Environment) -> None:
    browser = Browser(h)
    address = link(h)
    browser.open(address)
    page = browser.answer
    browser.press()
    cookies = dict(browser.cookies)

    browser.answer = page
    browser.press()
    assert browser.go_to
    assert browser.cookies == cookies

    browser.open(address)
    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"


def test_a_cookie_of_a_session_is_for_this_host_and_no_script(h: Environment) -> None:
    browser = invited(h)
    browser.press()
    (cookie,) = browser.answer["cookies"]

    assert cookie.startswith("__Host-login-")
    for part in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=1800"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "bend",
    [
        lambda url: url[:-1] + ("A" if url[-1] != "A" else "B"),
        lambda url: url.replace("/connect/veldhuis-advies-01", "/connect/another"),
        lambda url: url.partition("?")[0],
        lambda url: f"{url.partition('?')[0]}?ticket=e30.e30",
    ],
    ids=["forged", "other connection", "no ticket", "invented"],
)
def test_what_is_no_ticket_for_this_connection_opens_nothing(h: Environment, bend: object) -> None:
    assert callable(bend)
    h.wiring.stores.connections.save(replace(h.connection, id=ConnectionId("another")))
    browser = Browser(h)
    browser.open(bend(link(h)))

    assert (browser.status, browser.title) == (404, "Deze link werkt niet")
    assert h.connection.administration_name not in browser.text

    browser.post(f"{CONNECT_URL}/connect/{h.connection.id}", ticket="e30.e30")
    assert (browser.status, browser.cookies) == (404, {})


def test_a_link_to_a_connection_that_is_gone_opens_nothing(h: Environment) -> None:
    browser = Browser(h)
    browser.open(link(h, connection="gone"))

    assert browser.status == 404


def test_a_ticket_that_is_too_old_says_so(h: Environment) -> None:
    browser = invited(h)
    h.clock.advance(timedelta(days=14).total_seconds())
    browser.press()
    assert (browser.status, browser.title) == (410, "Deze link is verlopen")

    browser.open(link(h))
    assert browser.status == 200


def test_a_session_ends_after_half_an_hour(h: Environment) -> None:
    browser = invited(h)
    browser.press()
    browser.log_in()
    h.clock.advance(timedelta(minutes=30).total_seconds())
    browser.press()

    assert (browser.status, browser.title) == (403, "Je bent te lang weggeweest")


def test_a_session_opens_no_other_connection_and_no_other_login(h: Environment) -> None:
    h.wiring.stores.connections.save(replace(h.connection, id=ConnectionId("another")))
    browser = invited(h, "exact")
    browser.press()
    (session,) = browser.cookies.values()
    other = Browser(h)
    other.open(link(h, connection="another"))
    other.press()
    other.cookies = dict.fromkeys(other.cookies, session)

    other.post(f"{CONNECT_URL}/connect/another/exact")
    assert (other.status, other.go_to) == (403, "")
    browser.post(f"{CONNECT_URL}/connect/{h.connection.id}/milestones")
    assert (browser.status, browser.go_to) == (403, "")
    browser.post(f"{CONNECT_URL}/connect/{h.connection.id}/nowhere")
    assert (browser.status, browser.go_to) == (403, "")


def test_two_links_in_one_browser_do_not_get_in_each_others_way(h: Environment) -> None:
    h.wiring.stores.connections.save(replace(h.connection, id=ConnectionId("another")))
    browser = invited(h, "exact")
    browser.press()
    first = browser.answer
    browser.open(link(h, "exact", connection="another"))
    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"

    browser.answer = first
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"


def test_the_login_page_of_exact_is_asked_for_a_login_and_told_where_to_go_back(
    h: Environment,
) -> None:
    browser = invited(h)
    browser.press()

    assert "force_login=1" in browser.go_to  # X8
    assert "code_challenge" not in browser.go_to
    assert browser.go_to.startswith(h.settings.exact_base_url)
    assert CALLBACK.replace(":", "%3A").replace("/", "%2F") in browser.go_to
    assert len(browser.state) == 43  # 256 bits


def test_an_address_that_does_not_exist_gets_a_page_as_well(h: Environment) -> None:
    browser = Browser(h)
    browser.open(f"{CONNECT_URL}/somewhere")

    assert (browser.status, browser.title) == (404, "Deze pagina is er niet")
    assert browser.answer["headers"]["Cache-Control"] == "no-store"


def test_nothing_is_exchanged_before_somebody_comes_back(h: Environment) -> None:
    browser = invited(h)
    browser.press()

    assert token_calls(h) == 0


def test_a_connection_that_was_removed_while_somebody_logs_in_is_not_brought_back(
    h: Environment,
) -> None:
    browser = invited(h, "exact")
    browser.press()
    h.wiring.stores.connections.remove(h.connection.id)

    browser.log_in()

    assert (browser.status, token_calls(h)) == (403, 0)
    assert h.wiring.stores.connections.get(h.connection.id) is None
