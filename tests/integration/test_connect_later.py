"""Logins that are judged later, links that were revoked, and a user that others use as well."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from koppeling.auth.session import JUDGED_WITHIN
from koppeling.auth.token_keys import keys_of
from koppeling.core.ids import ConnectionId
from tests.environment import Environment, environment
from tests.integration.browser import Browser
from tests.integration.test_connect import link
from tests.sandbox.common.faults import Fault

ME = "current/Me"


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=4) as built:
        yield built


def refresh_tokens(h: Environment) -> list[str]:
    """Return the refresh tokens that are stored, at Exact and at QicsMilestones."""
    pairs = [h.wiring.stores.tokens.get(key) for key in keys_of(h.connection)]
    return ["" if pair is None else pair.refresh_token for pair in pairs]


def unjudged(h: Environment, language: str = "nl") -> Browser:
    """Log in at Exact while it does not tell who logged in."""
    h.exact.faults.arm(Fault("500", endpoint=ME, times=100))
    browser = Browser(h, language=language)
    browser.open(link(h, "exact"))
    browser.press()
    browser.log_in()
    return browser


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_login_that_exact_cannot_confirm_is_kept_and_judged_by_the_button(
    h: Environment, language: str
) -> None:  # X18: the consent has ended the chain before it
    before = refresh_tokens(h)
    browser = unjudged(h, language)
    assert (browser.status, refresh_tokens(h)) == (503, before)
    assert ("bewaard" if language == "nl" else "is kept") in browser.text

    browser.press()
    assert (browser.status, browser.go_to) == (503, "")

    h.exact.faults.disarm()
    h.clock.advance(60)
    browser.press()
    assert browser.status == 200
    assert refresh_tokens(h)[0] not in {"", before[0]}
    h.clock.advance(900)
    assert h.pull().outcome == "done"


def test_a_kept_login_works_in_its_own_browser_once_and_for_as_long_as_its_token(
    h: Environment,
) -> None:
    browser = unjudged(h)
    h.exact.faults.disarm()
    stranger = Browser(h)
    stranger.open(link(h, "exact"))
    stranger.press()
    assert stranger.go_to

    h.clock.advance(JUDGED_WITHIN.total_seconds())
    browser.press()
    assert browser.go_to
    browser.log_in()
    assert browser.status == 200


def test_a_kept_pair_is_sealed_and_gone_once_it_was_judged(h: Environment) -> None:
    browser = unjudged(h)
    items = h.wiring.aws.sync_items
    (kept,) = [item for item in items.scan() if item.sk.startswith("PUT-ASIDE")]
    assert "refresh_token" not in str(kept.data)
    h.exact.faults.disarm()
    browser.press()
    (emptied,) = [item for item in items.scan() if item.sk.startswith("PUT-ASIDE")]
    assert emptied.data == {}


def test_a_revoked_link_opens_nothing_and_a_new_one_does(h: Environment) -> None:
    address = link(h, "exact")
    h.clock.advance(1)
    begun = Browser(h)
    begun.open(link(h, "exact"))
    begun.press()
    h.clock.advance(1)
    h.wiring.stores.logins.revoke(h.connection.id, h.clock.now())
    h.clock.advance(1)

    browser = Browser(h)
    browser.open(address)
    assert (browser.status, browser.title) == (410, "Deze link is ingetrokken")
    begun.log_in()
    assert begun.status == 403

    browser.open(link(h, "exact"))
    browser.press()
    browser.log_in()
    assert browser.status == 200


def test_a_login_at_milestones_that_hides_the_company_of_another_connection_is_refused(
    h: Environment,
) -> None:
    other = replace(h.connection, id=ConnectionId("beta"), company_id="99999")
    h.wiring.stores.connections.save(other)
    before = refresh_tokens(h)
    browser = Browser(h)
    browser.open(link(h, "milestones"))
    browser.press()
    browser.log_in()
    assert (browser.status, browser.title) == (403, "Deze gebruiker ziet niet alle bedrijven")
    assert "99999" in browser.text
    assert refresh_tokens(h) == before

    h.wiring.stores.connections.save(replace(other, milestones_tenant="another"))
    browser = Browser(h)
    browser.open(link(h, "milestones"))
    browser.press()
    browser.log_in()
    assert browser.status == 200
