"""M20: how many calls QicsMilestones takes is not public, so a tenant may be strict."""

import time

from tests.contract.qics_milestones.caller import Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.busy import RETRY_AFTER_SECONDS


def test_what_comes_on_top_of_the_limit_of_a_second_is_refused_and_told_when_to_come_back(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.turn({"calls_per_second": 2})
    sandbox.clock.freeze(sandbox.clock.now())

    answers = [caller.call("GET", "Company") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
    sandbox.clock.advance(1)
    assert caller.call("GET", "Company").status_code == 200


def test_an_answer_takes_as_long_as_the_switch_says(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.turn({"latency_ms": 20})
    began = time.monotonic()

    caller.call("GET", "Company")

    assert time.monotonic() - began >= 0.02
