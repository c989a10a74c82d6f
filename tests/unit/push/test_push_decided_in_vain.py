"""What a person decides where nothing is left to decide, or two decide at once."""

from koppeling.push.decisions import CONFIRM, SKIP
from koppeling.push.job import PushOutcome
from koppeling.push.messages import TAKE_UP
from tests.unit.push.world import (
    booked,
    decide,
    refused,
)


def test_where_nothing_differs_there_is_nothing_to_agree_with() -> None:
    world = booked()

    decide(world, CONFIRM)

    assert not world.item().agreed


def test_of_two_decisions_of_one_moment_the_first_that_is_carried_out_holds() -> None:
    world = refused()
    decide(world, SKIP)
    same = world.item().decided

    result = world.deliver(retry=True, decision=TAKE_UP, decided_at=same)

    assert result.outcome is PushOutcome.SKIPPED
    assert world.item().is_skipped
