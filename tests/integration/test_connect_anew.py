"""A login page that was opened once more, and a link that works no more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person, Role
from tests.environment import CALLBACK, Environment, environment
from tests.integration.browser import Browser
from tests.integration.test_portal import Postbox, delivered

MARIT = Person("marit@veldhuis.example", Role.DECIDE)
BOTH = ("exact", "milestones")


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        built.change(people=(MARIT, Person("pim@veldhuis.example")))
        yield built


def link(h: Environment, *providers: str) -> str:
    return h.wiring.login_links.link(ConnectionId(h.connection.id), providers or BOTH)


def test_a_reload_after_the_first_login_says_it_succeeded_and_leads_to_the_second(
    h: Environment,
) -> None:
    browser = Browser(h)
    browser.open(link(h))
    browser.press()
    state = browser.state
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"

    browser.back(state=state, code="whatever")

    assert browser.title == "Exact Online is verbonden"
    assert "Ga verder bij QicsMilestones" in browser.text
    browser.press()
    browser.log_in()
    assert browser.title == "QicsMilestones is verbonden"

    browser.back(state=state, code="whatever")
    assert "Je bent klaar" in browser.text
    assert not browser.has_button


def test_another_browser_is_told_nothing_of_that(h: Environment) -> None:
    browser = Browser(h)
    browser.open(link(h))
    browser.press()
    state = browser.state
    browser.log_in()
    other = Browser(h)
    other.open(f"{CALLBACK}?state={state}&code=whatever")

    assert other.title == "Deze inlog herkennen we niet"


def test_who_has_an_old_link_has_a_new_one_mailed_to_who_may_decide(h: Environment) -> None:
    browser, postbox = Browser(h), Postbox()
    old = link(h, "exact")
    h.clock.advance(timedelta(days=14).total_seconds())
    browser.open(old)
    assert browser.title == "Deze link is verlopen"
    browser.press()

    assert browser.title == "Er is een nieuwe link onderweg"
    assert MARIT.mail not in browser.text
    assert delivered(h, postbox) == ["mailed"]
    (mail,) = postbox.mails
    assert (mail.to, mail.kind) == (MARIT.mail, "login-link")
    anew = Browser(h)
    anew.open(next(word for word in mail.text.split() if word.startswith("https://")))
    assert anew.title == "Verbind Exact Online"


def test_new_links_are_few_and_the_answer_is_the_same_for_a_connection_that_is_none(
    h: Environment,
) -> None:
    browser, postbox = Browser(h), Postbox()
    address = f"https://koppeling.example/connect/{h.connection.id}/new-link"
    for _ in range(5):
        browser.post(address, providers="exact milestones elders")
    known = browser.page
    browser.post("https://koppeling.example/connect/nergens/new-link")
    unknown = browser.page
    browser.post("https://koppeling.example/connect/@/new-link")

    assert known == unknown == browser.page
    assert delivered(h, postbox) == ["mailed"] * 3 + ["unknown"]
    assert {mail.to for mail in postbox.mails} == {MARIT.mail}
