"""S13: a connection that is erased while somebody logs in for it."""

from tests.environment import environment
from tests.integration.browser import Browser
from tests.integration.test_erased import erase


def test_a_person_who_is_logging_in_meanwhile_is_told_and_nothing_is_stored() -> None:
    with environment(accounts=3) as h:
        browser = Browser(h)
        browser.open(h.wiring.login_links.link(h.connection.id, ("exact",)))
        browser.press()
        erase(h)
        browser.log_in()
        assert (browser.status, browser.title) == (403, "Je bent te lang weggeweest")
        assert list(h.wiring.stores.tokens.all_facts()) == []
        partition = f"CONNECTION#{h.connection.id}"
        assert [item.sk for item in h.wiring.aws.sync_items.query(partition)] == []
