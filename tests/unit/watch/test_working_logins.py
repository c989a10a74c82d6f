"""What says that a login ended is closed while the login works."""

import pytest

from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import TokenState
from koppeling.core.problems import Problem, login_subject
from koppeling.watch.working_logins import WorkingLogins
from tests.unit.watch.fakes import ACME, RECONNECT, Stack, a_stack

EXACT = key_of("exact", ACME)


def said_to_be_lost(state: TokenState | None) -> Stack:
    stack = a_stack(ACME)
    if state is not None:
        stack.put(EXACT, 3, state)
    stack.open(Problem(ACME.id, login_subject("exact"), RECONNECT["exact"]))
    stack.open(Problem(ACME.id, "accounts/connection", "exact-no-rights"))
    return stack


def look(stack: Stack) -> int:
    summary = WorkingLogins(stack.chains, key_of, stack).look(ACME)
    return summary.counts["closed"]


def test_a_problem_of_a_login_that_works_is_closed_and_no_other() -> None:
    stack = said_to_be_lost(TokenState.ACTIVE)

    assert look(stack) == 1

    assert stack.problems == {(ACME.id, "accounts/connection", "exact-no-rights")}


@pytest.mark.parametrize("state", [TokenState.RECONNECT, TokenState.UNCERTAIN, None])
def test_it_stays_open_while_the_login_ended_or_nobody_knows(state: TokenState | None) -> None:
    stack = said_to_be_lost(state)

    assert look(stack) == 0

    assert (ACME.id, "login/exact", RECONNECT["exact"]) in stack.problems
