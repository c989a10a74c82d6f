"""Every function with every event: what has to be done is done, not only answered.

On a stack of their own, with a small company: several of these events read all of its customers.
"""

from collections.abc import Iterator

import pytest

from tools.paths import STATE
from tools.stack.build import build
from tools.stack.cases import CASES, Case, Workplace
from tools.stack.cases.pulls import customer_changes
from tools.stack.connect import EMULATOR_VARIABLES, connect
from tools.stack.events import event_names
from tools.stack.invoke import invoke, variables_for
from tools.stack.runtime import run
from tools.stack.stack import local_stack

pytestmark = pytest.mark.e2e

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def at() -> Iterator[Workplace]:
    """Return a stack whose company is connected, and for which nothing has come in yet."""
    with (
        pytest.MonkeyPatch.context() as environment,
        local_stack(STATE / "test-events", accounts=40) as stack,
    ):
        for name in EMULATOR_VARIABLES:
            environment.setenv(name, "")
        connect(stack)
        yield Workplace.on(stack)


def test_every_event_is_used() -> None:
    assert {case.event for case in CASES} == set(event_names())


def test_every_function_is_run(at: Workplace) -> None:
    deployed = {name for name in at.stack.outputs if name.endswith("Function")}

    assert {case.function for case in CASES} == deployed


@every_case
def test_an_event_does_its_work_under_the_real_runtime_client(at: Workplace, case: Case) -> None:
    event = at.live(case.event)
    effect = case.prepare(at, event)

    outcome = invoke(at.stack, case.function, event)

    assert outcome.error is None, outcome.log
    assert effect(outcome.payload), (outcome.payload, outcome.log)


def test_a_function_that_calls_both_sandboxes_by_another_name_finds_its_logins(
    at: Workplace,
) -> None:
    """In a container this machine is called `host.docker.internal`."""
    event = at.live("pull_accounts_direct")
    effect = customer_changes(at, event)
    variables = {
        name: value.replace("//127.0.0.1:", "//localhost:")
        for name, value in variables_for(at.stack, "PullAccountsFunction").items()
    }

    outcome = run(build() / "PullAccountsFunction", event, variables)

    assert effect(outcome.payload), outcome.log


@every_case
def test_an_event_does_its_work_in_its_deployed_function_with_iam_enforced(
    at: Workplace, case: Case
) -> None:
    event = at.live(case.event)
    effect = case.prepare(at, event)

    answer = at.stack.invoke(case.function, event)

    assert effect(answer), answer
