"""A login at a provider that is slow ends with a page, before the HTTP API cuts off with JSON."""

import time
from collections.abc import Iterator

import pytest
import requests

from koppeling.auth.oauth import TOKEN_TIMEOUT
from koppeling.bootstrap.visit import VISIT_SECONDS, Visit, VisitSession
from tests.environment import Environment, environment
from tests.integration.browser import Browser
from tests.integration.test_connect import invited
from tests.sandbox.common.faults import Fault

# What a browser waits for in these tests, and how long the provider takes
PATIENCE, SLOW = 1.5, 4.0
API_SECONDS = 30


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=4) as built:
        built.wiring.visit = Visit(PATIENCE)
        yield built


def logged_in(h: Environment, *providers: str, language: str = "nl-NL") -> tuple[Browser, float]:
    """Log in at the last of some providers, and return the page and how long it took to come."""
    browser = invited(h, *providers)
    browser.language = language
    browser.press()
    begun: list[float] = []
    user = h.connection.exact_user if providers == ("exact",) else h.connection.milestones_user
    browser.walk(user, meanwhile=lambda: begun.append(time.monotonic()))
    return browser, time.monotonic() - begun[0]


@pytest.mark.parametrize(
    ("language", "title", "advice"),
    [
        ("nl-NL", "Exact Online geeft op dit moment geen antwoord", "opnieuw inloggen"),
        ("en", "Exact Online does not answer at the moment", "log in again"),
    ],
)
def test_a_slow_exact_ends_in_a_page_that_says_what_to_do(
    h: Environment, language: str, title: str, advice: str
) -> None:
    h.exact.faults.arm(Fault("slow", "current/Me", options={"seconds": SLOW}))

    browser, seconds = logged_in(h, "exact", language=language)

    assert (browser.status, browser.title) == (503, title)
    assert advice in browser.text
    assert browser.answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert seconds < SLOW


def test_a_slow_list_of_administrations_ends_in_a_page(h: Environment) -> None:
    h.exact.faults.arm(Fault("slow", "system/", times=9, options={"seconds": SLOW}))

    browser, seconds = logged_in(h, "exact")

    assert browser.status == 503
    assert seconds < SLOW


def test_a_slow_qicsmilestones_ends_in_a_page(h: Environment) -> None:
    h.milestones.faults.arm(Fault("slow", "Company", options={"seconds": SLOW}))

    browser, seconds = logged_in(h, "milestones")

    assert (browser.status, browser.title) == (
        503,
        "QicsMilestones geeft op dit moment geen antwoord",
    )
    assert seconds < SLOW


def test_who_is_quick_is_not_cut_off(h: Environment) -> None:
    browser, _ = logged_in(h, "exact")

    assert browser.status == 200


def test_a_page_comes_before_the_api_gives_up_also_after_the_slowest_token_call() -> None:
    assert sum(TOKEN_TIMEOUT) < VISIT_SECONDS < API_SECONDS - 3


def test_timeouts_together_fit_in_what_is_left_and_no_call_begins_without_time() -> None:
    now = [100.0]
    visit = Visit(25.0, lambda: now[0])

    assert visit.bounded(10.0, 15.0) == (10.0, 15.0)
    now[0] += 17.0
    assert visit.bounded(10.0, 15.0) == (4.0, 4.0)
    now[0] += 7.6
    with pytest.raises(requests.Timeout):
        VisitSession(visit).get("http://127.0.0.1:9/", timeout=(1.0, 1.0))
    visit.begin()
    assert visit.bounded(10.0, 15.0) == (10.0, 15.0)
