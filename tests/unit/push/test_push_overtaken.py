"""A delivery that is overtaken while it applies a decision leaves no problem closed."""

from dataclasses import dataclass, replace

import pytest

from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import invoice_subject
from koppeling.push.decisions import SKIP
from koppeling.push.service import InvoicePusher
from tests.unit.fakes import FakeProblems
from tests.unit.push.world import NUMBER, World, decide, refused


@dataclass(slots=True)
class Overtaking(FakeProblems):
    """Problems beside which another delivery takes the invoice up, once."""

    world: World | None = None

    def close(self, connection: ConnectionId, subject: str) -> None:
        """Close all of a subject."""
        FakeProblems.close(self, connection, subject)
        if self.world is not None and subject == invoice_subject(NUMBER):
            world, self.world = self.world, None
            item = world.item()
            taken_up = item.to(item.state, world.clock.now(), skipped_copy="")
            world.outbox.move(item, taken_up)


def test_it_comes_again_when_another_delivery_took_the_invoice_up_meanwhile() -> None:
    world = refused()
    decide(world, SKIP)
    problems = Overtaking(world.effects.happened, world=world)
    world.push = InvoicePusher(replace(world.push.ports, problems=problems))

    with pytest.raises(Retry):
        world.deliver()
    world.deliver(retry=True)

    assert problems.codes() == ["debtor-not-found"]
