"""The login in the browser, in a real one, through the deployed stack and both login pages."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from koppeling.auth.token_keys import NO_TENANT
from koppeling.auth.token_pair import TokenKey
from koppeling.bootstrap import Wiring
from koppeling.core.connection import Connection
from tests.sandbox.connecting import company_connection
from tests.sandbox.exact_online.control import ExactControl
from tools.browser import browser as chromium
from tools.paths import STATE
from tools.stack.connect import EMULATOR_VARIABLES, wiring_of
from tools.stack.deployed import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

SCREENS = Path(os.environ.get("SCREENS") or STATE / "screens")
WIDE, PHONE = (1000, 900), (390, 800)
each_width = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


class Visit:
    """Somebody at a screen, with a link in hand."""

    def __init__(self, page: "Page", wiring: Wiring, connection: Connection, name: str) -> None:
        self.page = page
        self._wiring = wiring
        self._connection = connection
        self._name = name
        self._screens = 0

    def open_link(self, *providers: str) -> None:
        """Open the link of a mail."""
        self.page.goto(self._wiring.login_links.link(self._connection.id, providers))
        self.look()

    def press(self) -> None:
        """Press the button of our page, and be passed on to a login page."""
        self.page.get_by_role("button").click()
        self.page.wait_for_url("**/api/oauth2/**")
        self.look()

    def log_in(self, user: str = "", consent: str = "allow") -> None:
        """Log in and decide, and come back to our page."""
        name = user or self._connection.exact_user
        self.page.locator("input[name=user]").fill(name)
        self.page.locator("input[name=password]").fill(f"zandbak-{name.partition('@')[0]}")
        self.page.locator("button[value=login]").click()
        self.look()
        self.page.locator(f"button[value={consent}]").click()
        self.page.wait_for_url("**/callback**")
        self.look()

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.inner_text("main")

    def look(self) -> None:
        """Keep what the screen shows, and see that nothing sticks out of it."""
        self._screens += 1
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{self._name}-{self._screens}.png", full_page=True)
        widths = self.page.evaluate("[document.body.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


@pytest.fixture
def wiring(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    for name in EMULATOR_VARIABLES:
        monkeypatch.setenv(name, "")
    # Ten logins within a minute are of ten people, not of one who meets the limit (X34)
    ExactControl(stack.exact_url).clear_limits()
    made = wiring_of(stack)
    made.stores.connections.save(company_connection())
    return made


def visit(
    browser: "Browser", wiring: Wiring, name: str, size: tuple[int, int], *, script: bool = False
) -> Visit:
    """Sit down at a screen; without scripts, since no page of ours needs them."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="nl-NL", java_script_enabled=script
    )
    context.set_default_timeout(60_000)
    return Visit(context.new_page(), wiring, company_connection(), f"{name}-{width}")


def chains(wiring: Wiring) -> dict[str, object]:
    connection = company_connection()
    keys = (
        TokenKey("exact", connection.exact_user, connection.exact_host),
        TokenKey("milestones", connection.milestones_user, NO_TENANT),
    )
    facts = {key.provider: wiring.stores.tokens.facts(key) for key in keys}
    return {name: fact and fact.state for name, fact in facts.items()}


@each_width
def test_a_link_leads_through_both_login_pages_to_a_connection(
    browser: "Browser", wiring: Wiring, stack: Stack, size: tuple[int, int]
) -> None:
    somebody = visit(browser, wiring, "both", size, script=True)
    somebody.open_link("exact", "milestones")
    assert somebody.title == "Verbind Exact Online en QicsMilestones"

    somebody.press()
    assert somebody.page.url.startswith(stack.exact_url)
    somebody.log_in()
    assert "Exact Online is verbonden" in somebody.title
    assert "Veldhuis Advies B.V. (987654)" in somebody.text

    somebody.press()
    assert somebody.page.url.startswith(stack.milestones_url)
    somebody.log_in()
    assert "QicsMilestones is verbonden" in somebody.title
    assert "Je bent klaar" in somebody.text
    assert chains(wiring) == {"exact": "ACTIVE", "milestones": "ACTIVE"}


def test_the_login_is_kept_where_the_functions_find_it(
    browser: "Browser", wiring: Wiring, stack: Stack
) -> None:
    somebody = visit(browser, wiring, "found", WIDE, script=True)
    somebody.open_link("exact", "milestones")
    somebody.press()
    somebody.log_in()
    somebody.press()
    somebody.log_in()

    answer = stack.invoke("PullVatCodesFunction", {"connection": company_connection().id})
    assert answer["outcome"] == "done"


@each_width
def test_who_cancels_may_try_again_without_another_link(
    browser: "Browser", wiring: Wiring, size: tuple[int, int]
) -> None:
    somebody = visit(browser, wiring, "cancelled", size, script=True)
    somebody.open_link("exact")
    somebody.press()
    somebody.log_in(consent="deny")
    assert somebody.title == "Verbinden met Exact Online is niet gelukt"

    somebody.press()
    somebody.log_in()
    assert "Exact Online is verbonden" in somebody.title


@each_width
def test_another_user_reads_who_was_expected(
    browser: "Browser", wiring: Wiring, size: tuple[int, int]
) -> None:
    somebody = visit(browser, wiring, "other-user", size, script=True)
    somebody.open_link("exact")
    somebody.press()
    somebody.log_in("administratie@veldhuis.example")

    assert somebody.title == "Je bent ingelogd met een andere gebruiker"
    assert "koppeling@veldhuis.example" in somebody.text


def test_a_link_that_was_used_says_so_in_another_browser(
    browser: "Browser", wiring: Wiring
) -> None:
    address = wiring.login_links.link(company_connection().id, ("exact",))
    first = visit(browser, wiring, "used", WIDE, script=True)
    first.page.goto(address)
    first.press()
    second = visit(browser, wiring, "used-again", PHONE)
    answer = second.page.goto(address)

    assert answer is not None
    assert answer.status == 410
    assert second.page.inner_text("h1") == "Deze link is al gebruikt"


def test_nothing_needs_a_script(browser: "Browser", wiring: Wiring, stack: Stack) -> None:
    somebody = visit(browser, wiring, "no-script", PHONE)
    page = somebody.page
    page.goto(wiring.login_links.link(company_connection().id, ("milestones",)))
    page.get_by_role("button").click()
    page.wait_for_url(f"{stack.milestones_url}/**")

    assert page.title()


def test_no_secret_reaches_the_log_of_the_function(
    browser: "Browser", wiring: Wiring, stack: Stack
) -> None:
    somebody = visit(browser, wiring, "logged", WIDE, script=True)
    somebody.open_link("exact")
    somebody.press()
    somebody.log_in()
    code_and_state = somebody.page.url.partition("?")[2]
    lines = "\n".join(stack.log_lines("ConnectFunction"))

    assert "connect connected" in lines
    for part in code_and_state.split("&"):
        assert part.partition("=")[2] not in lines
    assert "ticket=" not in lines
    assert "@veldhuis" not in lines
