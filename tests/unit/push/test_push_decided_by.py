"""Who decided about an invoice, and why: kept with it, and told in the log of the connection."""

import json

import pytest

from koppeling.core.log import LogKind
from koppeling.push.decider import LONGEST_REASON, Decider
from koppeling.push.deciding import DecisionSender
from koppeling.push.messages import InvoiceMessage, read_messages
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import HISTORY
from tests.unit.fakes import FakeQueue
from tests.unit.push.telling_fakes import FakeFolder
from tests.unit.push.world import CONNECTION, KEY, NUMBER, World, refused

MARIT = Decider("marit@veldhuis.example", "decide", "Met de hand geboekt")


def sender(world: World, queue: FakeQueue) -> DecisionSender:
    return DecisionSender(
        world.outbox,
        world.problems,
        world.inbox,  # type: ignore[arg-type] # decisions read documents alone
        queue,
        world.clock.now,
    )


def deliver(world: World, queue: FakeQueue) -> None:
    """Deliver what was sent, as the queue does."""
    for body, _ in queue.sent:
        (message,) = read_messages(json.dumps(body))
        world.push.run(message)
    queue.sent.clear()


def test_a_skipped_invoice_says_who_skipped_it_and_why() -> None:
    world, queue = refused(), FakeQueue()
    sender(world, queue).skip(CONNECTION, NUMBER, MARIT)

    deliver(world, queue)

    (decision,) = world.item().decisions
    assert (decision.what, decision.by, decision.role) == ("skipped", MARIT.by, MARIT.role)
    assert decision.reason == "Met de hand geboekt"
    assert decision.at == world.clock.now().replace(microsecond=0)


def test_the_log_of_the_connection_has_a_line_for_each_decision() -> None:
    world, queue = refused(), FakeQueue()
    sender(world, queue).skip(CONNECTION, NUMBER, MARIT)

    deliver(world, queue)

    (line,) = world.log.entries
    assert (line.connection, line.kind, line.what) == (CONNECTION, LogKind.DECISION, "skipped")
    assert (line.who, line.role, line.reason) == (MARIT.by, "decide", "Met de hand geboekt")
    assert (line.subject, line.values["invoice"]) == (f"invoice/{NUMBER}", NUMBER)


def test_a_decision_that_is_delivered_twice_is_kept_and_told_once() -> None:
    world, queue = refused(), FakeQueue()
    sender(world, queue).skip(CONNECTION, NUMBER, MARIT)
    queue.sent *= 2

    deliver(world, queue)

    assert len(world.item().decisions) == len(world.log.entries) == 1


def test_an_entry_that_was_linked_is_named() -> None:
    world, queue = refused(), FakeQueue()
    sender(world, queue).adopt(CONNECTION, NUMBER, "26709999", MARIT)

    deliver(world, queue)

    (decision,) = world.item().decisions
    assert (decision.what, decision.entry) == ("linked", "26709999")
    assert world.log.entries[0].values["entry_number"] == "26709999"


def test_who_offers_an_invoice_again_is_kept_too() -> None:
    world, queue, folder = refused(), FakeQueue(), FakeFolder()
    folder.put(KEY)
    offers = InvoiceOffers(world.outbox, world.problems, folder, queue, world.clock.now)
    offers.offer_all(offers.found(CONNECTION), MARIT)

    deliver(world, queue)

    assert [(each.what, each.by) for each in world.item().decisions] == [("offered", MARIT.by)]


def test_a_message_of_an_earlier_release_says_what_was_decided_and_no_more() -> None:
    world = refused()
    world.clock.advance(60)
    world.deliver(retry=True, decision="take-up", decided_at=world.clock.now().isoformat())

    (decision,) = world.item().decisions
    assert (decision.what, decision.by, decision.reason) == ("offered", "", "")


def test_an_invoice_remembers_its_latest_decisions() -> None:
    world = refused()
    for _ in range(HISTORY + 3):
        world.clock.advance(60)
        world.deliver(retry=True, decision="take-up", decided_at=world.clock.now().isoformat())

    decisions = world.item().decisions
    assert len(decisions) == HISTORY
    assert decisions[-1].at == world.clock.now().replace(microsecond=0)


@pytest.mark.parametrize("reason", ["Café * [x] {y}", "\n<b>", "x" * 600])
def test_a_reason_is_any_text_and_stands_in_no_message_about_the_message(reason: str) -> None:
    decider = Decider("marit@veldhuis.example", "decide", reason)
    message = InvoiceMessage(KEY, reason=decider.reason)

    assert len(decider.reason) <= LONGEST_REASON
    assert decider.reason[:3] == reason.strip()[:3]
    assert decider.reason not in repr(message)
    assert decider.reason not in repr(decider)
