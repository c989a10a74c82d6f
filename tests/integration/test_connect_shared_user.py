"""A login by a user whose chain serves other connections too (X18), and the problems it closes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from koppeling.auth.token_pair import TokenKey
from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogKind
from koppeling.core.problems import Problem
from tests.environment import Environment, environment
from tests.integration.browser import Browser
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.users import GROUP_USER, GROUP_USER_NAME

OTHER = ConnectionId("veldhuis-advies-02")


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=4) as built:
        yield built


def share(h: Environment, **changes: object) -> Connection:
    """Write a second connection of the same user, and return it."""
    other = replace(h.connection, id=OTHER, **changes)  # type: ignore[arg-type] # any field
    h.wiring.stores.connections.save(other)
    return other


def log_in(h: Environment, connection: Connection, user: str = "") -> Browser:
    browser = Browser(h)
    browser.open(h.wiring.login_links.link(connection.id, ("exact",)))
    browser.press()
    browser.log_in(user)
    return browser


def runs(h: Environment, connection: str) -> str:
    """Pull for a connection in a fresh process, after its token has grown old."""
    h.clock.advance(900)
    pulls = h.another().pulls
    return pulls.run(ConnectionId(connection), Deadline(lambda: 100_000)).outcome


def test_a_login_for_the_wrong_administration_does_not_stop_the_others_of_that_user(
    h: Environment,
) -> None:
    other = share(h, administration_name="Something else B.V.")
    browser = log_in(h, other)
    assert browser.status == 403

    assert runs(h, h.connection.id) == "done"


def test_a_login_of_the_wrong_user_does_not_stop_that_users_own_connections(h: Environment) -> None:
    other = share(h, exact_user="administratie@veldhuis.example")
    browser = log_in(h, other, "koppeling@veldhuis.example")
    assert browser.title == "Je bent ingelogd met een andere gebruiker"

    assert runs(h, h.connection.id) == "done"
    facts = h.wiring.stores.tokens.facts(TokenKey("exact", other.exact_user, other.exact_host))
    assert facts is None


def test_a_login_whose_administration_could_not_be_read_stops_nobody(h: Environment) -> None:
    other = share(h)
    h.exact.faults.arm(Fault("500", endpoint="system/Divisions"))
    browser = log_in(h, other)
    assert browser.status == 503

    assert runs(h, h.connection.id) == "done"


def test_one_person_who_is_written_in_two_ways_does_not_get_two_chains_that_end_each_other(
    h: Environment,
) -> None:
    h.change(exact_user=GROUP_USER_NAME.lower())
    assert log_in(h, h.connection, GROUP_USER).title == "Exact Online is verbonden"
    other = share(h, exact_user=GROUP_USER)

    browser = log_in(h, other, GROUP_USER)

    assert browser.status == 403
    assert browser.title == "Deze gebruiker staat op twee manieren in de instellingen"
    assert GROUP_USER_NAME.lower() in browser.text
    assert runs(h, h.connection.id) == "done"

    share(h, exact_user=f" {GROUP_USER_NAME} ")
    browser.press()
    browser.log_in(GROUP_USER)
    assert browser.title == "Exact Online is verbonden"
    assert runs(h, h.connection.id) == runs(h, other.id) == "done"


def test_of_two_chains_of_one_person_a_refused_login_keeps_the_one_that_works(
    h: Environment,
) -> None:
    h.change(exact_user=GROUP_USER)
    log_in(h, h.connection, GROUP_USER)
    h.change(exact_user=GROUP_USER_NAME)
    log_in(h, h.connection, GROUP_USER)
    other = share(h, exact_user=GROUP_USER)
    assert runs(h, other.id) == "exact-reconnect-needed"

    assert log_in(h, other, GROUP_USER).status == 403

    assert runs(h, h.connection.id) == "done"


def test_a_login_by_one_serves_both(h: Environment) -> None:
    other = share(h)
    h.exact.authority.revoke(h.connection.exact_user)
    assert runs(h, h.connection.id) == runs(h, other.id) == "exact-reconnect-needed"

    browser = log_in(h, other)
    assert browser.title == "Exact Online is verbonden"

    assert runs(h, h.connection.id) == runs(h, other.id) == "done"


def test_a_login_closes_what_waited_for_it_with_every_connection_of_the_user(
    h: Environment,
) -> None:
    other = share(h)
    stranger = replace(h.connection, id=ConnectionId("stranger"), exact_user="x@elders.example")
    h.wiring.stores.connections.save(stranger)
    problems = h.wiring.stores.problems
    for connection in (h.connection, other, stranger):
        problems.open(Problem(connection.id, "accounts/connection", "exact-reconnect-needed"))
        problems.open(Problem(connection.id, "login/exact", "exact-consent-expires-soon"))
        problems.open(Problem(connection.id, "items/x", "duplicate-code"))

    log_in(h, other)

    left = {
        connection.id: sorted(problem.code for problem in problems.opened(connection.id))
        for connection in (h.connection, other, stranger)
    }
    assert left == {
        h.connection.id: ["duplicate-code"],
        OTHER: ["duplicate-code"],
        "stranger": ["duplicate-code", "exact-consent-expires-soon", "exact-reconnect-needed"],
    }


def test_a_first_login_that_is_refused_leaves_no_chain(h: Environment) -> None:
    user = "directie@veldhuis.example"
    h.change(exact_user=user, administration_name="Something else B.V.")
    browser = log_in(h, h.connection)

    assert browser.title == "De naam van de administratie klopt niet"
    key = TokenKey("exact", user, h.connection.exact_host)
    assert h.wiring.stores.tokens.facts(key) is None


def test_a_login_that_ended_and_the_next_one_are_in_the_log_of_every_connection_of_the_user(
    h: Environment,
) -> None:
    other = share(h)
    h.pull()
    h.exact.authority.revoke(h.connection.exact_user)
    h.clock.advance(900)
    for _ in range(2):
        h.pull()
    log_in(h, other)

    for connection in (h.connection, other):
        page = h.wiring.stores.log.page(connection.id, kind=LogKind.LOGIN)
        assert [(entry.what, entry.subject) for entry in page.entries] == [
            ("logged-in", "login/exact"),
            ("login-lost", "login/exact"),
        ]
