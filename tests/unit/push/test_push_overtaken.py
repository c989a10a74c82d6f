"""A delivery that is overtaken comes again, and leaves no problem closed that is still there."""

import json
from dataclasses import dataclass, replace

import pytest

from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import WhichProblems, every_problem
from koppeling.core.problems import Problem, inbox_subject, invoice_subject
from koppeling.push.decisions import SKIP
from koppeling.push.invoice import InboxDocument
from koppeling.push.job import PushOutcome
from koppeling.push.service import InvoicePusher
from tests.unit.fakes import FakeProblems
from tests.unit.push.world import KEY, NUMBER, FakeInbox, World, booked, decide, example, refused


@dataclass(slots=True)
class Overtaking(FakeProblems):
    """Problems beside which another delivery takes the invoice up, once."""

    world: World | None = None

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close those of a subject."""
        FakeProblems.close(self, connection, subject, which)
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


def test_a_booked_invoice_comes_again_when_another_delivery_moved_while_it_closed_problems() -> (
    None
):
    world = booked()
    problems = Overtaking(world.effects.happened, world=world)
    world.push = InvoicePusher(replace(world.push.ports, problems=problems))

    with pytest.raises(Retry):
        world.deliver()

    assert world.deliver().outcome is PushOutcome.ALREADY_BOOKED


@dataclass(slots=True)
class Correcting(FakeProblems):
    """Problems beside which a corrected copy is put in the inbox."""

    inbox: FakeInbox | None = None

    def open(self, problem: Problem) -> None:
        """Open a problem."""
        FakeProblems.open(self, problem)
        if self.inbox is not None:
            self.inbox.put(KEY, json.dumps(example()).encode())


def test_a_copy_is_not_refused_for_good_when_a_corrected_one_came_meanwhile() -> None:
    world = World()
    world.inbox.put(KEY, b"{")
    problems = Correcting(world.effects.happened, inbox=world.inbox)
    world.push = InvoicePusher(replace(world.push.ports, problems=problems))

    with pytest.raises(Retry):
        world.deliver()

    assert problems.codes() == ["invoice-not-valid"]
    problems.inbox = None
    world.offer()
    world.deliver_until_done()
    assert "invoice-not-valid" not in problems.codes()


def test_a_copy_that_is_wrong_in_another_way_by_now_is_looked_at_again() -> None:
    world = World()
    world.inbox.put(KEY, b"{")
    problems = Breaking(world.effects.happened, inbox=world.inbox, broken=b"[]")
    world.push = InvoicePusher(replace(world.push.ports, problems=problems))

    with pytest.raises(Retry):
        world.deliver()


@dataclass(slots=True)
class Breaking(FakeProblems):
    """Problems beside which a broken copy is put in the inbox and refused, once."""

    inbox: FakeInbox | None = None
    broken: bytes = b"{"

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close those of a subject, after the broken copy was delivered."""
        if self.inbox is not None and subject == inbox_subject(KEY):
            inbox, self.inbox = self.inbox, None
            inbox.put(KEY, self.broken)
            FakeProblems.open(self, Problem(connection, subject, "invoice-not-valid", {}))
        FakeProblems.close(self, connection, subject, which)


def test_an_older_copy_does_not_close_what_is_wrong_with_a_newer_one() -> None:
    world = World()
    world.offer()
    problems = Breaking(world.effects.happened, inbox=world.inbox)
    world.push = InvoicePusher(replace(world.push.ports, problems=problems))

    world.deliver_until_done()

    assert problems.codes() == ["invoice-not-valid"]


@dataclass(slots=True)
class Changing(FakeInbox):
    """An inbox in which every look finds a newer copy."""

    def document(self, key: str) -> InboxDocument | None:
        """Read a document."""
        self.puts += 1
        return FakeInbox.document(self, key)


def test_an_older_copy_changes_nothing_when_a_newer_one_was_put_meanwhile() -> None:
    world = booked()
    before = world.item()
    world.offer(example(description="Iets anders"))
    changing = Changing(world.inbox.objects)
    world.push = InvoicePusher(replace(world.push.ports, inbox=changing))

    with pytest.raises(Retry):
        world.deliver()

    assert world.item() == before
