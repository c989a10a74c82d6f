"""A login that ended is one problem of the connection, however many entities it stops."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import Page
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection, an_account
from tests.unit.pull.fakes import Ground, plenty_of_time

SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
ACME = ConnectionId("acme")
EXACT, MILESTONES = "exact-reconnect-needed", "milestones-reconnect-needed"
AT_EXACT, AT_MILESTONES = ("login/exact", EXACT), ("login/milestones", MILESTONES)


@pytest.fixture
def ground() -> Ground:
    made = Ground(Clock(frozen_at=SLOT))
    made.connections.add(a_connection(id=ACME))
    return made


def run(ground: Ground, *answers: Page | Consequence) -> str:
    """Run while Exact answers this; returns the outcome."""
    ground.exact.answers = {"sync/CRM/Accounts": list(answers)}
    pulls = PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=0,
    )
    return pulls.run(ACME, plenty_of_time()).outcome


def lost(ground: Ground) -> Iterable[tuple[str, str]]:
    """Return what is open."""
    return sorted(ground.problems.open_ones)


def test_the_end_of_a_login_is_a_problem_of_that_login_until_a_run_gets_through(
    ground: Ground,
) -> None:
    assert run(ground, Reauthorise(EXACT, exact_user="jan")) == EXACT
    assert lost(ground) == [AT_EXACT]
    assert ground.problems.open_ones[AT_EXACT].values["exact_user"] == "jan"

    assert run(ground, Page([])) == "done"
    assert lost(ground) == []


def test_what_an_earlier_release_opened_for_the_entity_closes_as_well(ground: Ground) -> None:
    ground.problems.open(Problem(ACME, "accounts/connection", EXACT))  # R40
    run(ground, Reauthorise(EXACT))
    run(ground, Page([]))

    assert lost(ground) == []


def test_an_outage_in_between_does_not_say_that_the_login_works(ground: Ground) -> None:
    run(ground, Reauthorise(EXACT))
    run(ground, Retry("exact-unavailable"))
    assert AT_EXACT in lost(ground)

    run(ground, Page([]))
    assert lost(ground) == []


@pytest.mark.parametrize("code", ["token-busy", "token-overtaken", "token-key-unavailable"])
def test_a_run_that_asked_nobody_anything_says_nothing_of_the_login(
    ground: Ground, code: str
) -> None:
    run(ground, Reauthorise(EXACT))
    run(ground, Defer(code, SLOT, "busy"))
    assert lost(ground) == [AT_EXACT]

    run(ground, Page([]))
    assert lost(ground) == []


def test_a_run_without_a_word_from_qicsmilestones_says_nothing_of_that_login(
    ground: Ground,
) -> None:
    ground.problems.open(Problem(ACME, *AT_MILESTONES))
    run(ground, Retry("exact-unavailable"))
    run(ground, Page([]))
    assert lost(ground) == [AT_MILESTONES]

    run(ground, Retry("exact-unavailable"))
    run(ground, Page([an_account(ID="a")]))
    assert lost(ground) == []


def test_a_run_that_stopped_at_qicsmilestones_closes_it_once_it_gets_through(
    ground: Ground,
) -> None:
    run(ground, Reauthorise(MILESTONES))
    assert lost(ground) == [AT_MILESTONES]

    run(ground, Page([]))
    assert lost(ground) == []


def test_a_warning_that_a_login_will_end_is_left(ground: Ground) -> None:
    warning = Problem(ACME, "login/exact", "exact-consent-expires-soon")
    ground.problems.open(warning)
    run(ground, Reauthorise(EXACT))
    run(ground, Page([]))

    assert lost(ground) == [("login/exact", "exact-consent-expires-soon")]


def test_a_paused_connection_opens_nothing(ground: Ground) -> None:
    ground.connections.add(replace(a_connection(id=ACME), paused=True))
    run(ground, Reauthorise(EXACT))

    assert lost(ground) == []
