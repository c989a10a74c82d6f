"""Token chains of QicsMilestones, whose lifetimes and rotation are not public (M10, M11)."""

import pytest

from koppeling.auth.oauth import MILESTONES
from tests.environment import environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up
from tests.sandbox.common.faults import Fault


def test_milestones_refuses_a_token_once_and_gets_another() -> None:
    with environment(accounts=4) as h:
        h.milestones.faults.arm(Fault("401", endpoint="CustomerCompany"))

        assert h.pull().outcome == "done"

        assert len(h.milestones.journal.calls(lambda call: call.endpoint == "token")) == 1
        assert_all_is_well(h)


@pytest.mark.parametrize("expires_in", ["number", "text", "absent"])
@pytest.mark.parametrize("rotate", [True, False])
def test_milestones_tokens_are_stored_whatever_the_answer_says_of_them(
    expires_in: str,
    rotate: bool,  # noqa: FBT001 - a switch of the sandbox
) -> None:  # M10, M11
    with environment(accounts=4) as h:
        h.milestones.switches.turn({"expires_in": expires_in, "rotate_refresh_tokens": rotate})

        for number in range(3):
            h.exact.change_account("1068", City=f"Plaats {number}")
            assert h.next_tick().outcome == "done"

        assert_all_is_well(h)


def test_a_lost_token_answer_of_milestones_ends_in_a_login_there_and_loses_nothing() -> None:
    with environment(accounts=4) as h:
        h.clock.advance(3600)
        h.milestones.faults.arm(Fault("token-answer-lost"))

        outcomes = [h.next_tick().outcome for _ in range(3)]

        # The record after the first one meets the pause that follows a lost answer
        assert outcomes == ["token-busy"] + ["milestones-reconnect-needed"] * 2
        assert truth.troubles(h) == {"milestones-reconnect-needed"}
        h.log_in(MILESTONES)
        catch_up(h)
        assert_all_is_well(h)
