"""Unknown outcomes are settled whatever lies in the inbox, and whoever forgot them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.core.summary import Summary
from koppeling.push.messages import InvoiceMessage, read_messages
from koppeling.push.outbox import State
from koppeling.push.settling import OVERDUE, Settler
from koppeling.push.worker import InvoiceWorker
from tests.unit.fakes import FakeQueue
from tests.unit.push.fakes import Lateness
from tests.unit.push.test_push_refusals import existing_entry
from tests.unit.push.world import CONNECTION, KEY, NUMBER, World, connection

NEVER, AT_ONCE = Lateness(None), Lateness(timedelta())
LATER = OVERDUE.total_seconds()


class Watched(World):
    """A world with the queue, the worker and the watch."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FakeQueue()
        self.settler = Settler(self.outbox, self.connections, self.queue, self.clock.now)
        self.reports: list[Summary] = []
        self.worker = InvoiceWorker(
            push=self.push.run,
            queue=self.queue,
            problems=self.problems,
            report=self._report,
            now=self.clock.now,
            random=Random(1),  # noqa: S311 - a seeded draw of pauses
        )

    def _report(self, summary: Summary) -> Summary:
        self.reports.append(summary)
        return summary

    def watch(self, look: Callable[[Settler], Summary] = Settler.settle_entries) -> int:
        """Let the watch look, and deliver what it sends; returns how many messages it sent."""
        sent = look(self.settler).counts["sent"]
        bodies, self.queue.sent = self.queue.sent, []
        for body, _ in bodies:
            self.worker.handle(json.dumps(body))
        return sent


def unknown(lateness: Lateness, call: str = "post_entry") -> Watched:
    """Return a world in which a call got no answer and its message is used up by a broken copy."""
    world = Watched()
    world.offer()
    world.books.loses[call] = [lateness]
    with pytest.raises(Retry):
        world.deliver()
    world.inbox.put(KEY, b'{"schema_version": ')
    world.deliver()
    world.clock.advance(LATER)
    world.books.calls.clear()
    return world


def test_an_entry_that_was_booked_is_found_while_its_document_cannot_be_read() -> None:
    world = unknown(AT_ONCE)

    assert world.watch() == 1

    assert (world.item().state, world.item().entry_number) == (State.ENTRY, "26700001")
    assert world.books.calls == ["entries_with_reference"]
    assert world.problems.codes() == ["invoice-not-valid"]
    assert read_messages(json.dumps(world.queue.sent[0][0])) == [InvoiceMessage(KEY)]


def test_an_entry_that_was_not_booked_waits_for_a_copy_that_can_be_read() -> None:
    world = unknown(NEVER)

    assert world.watch() == 1
    assert (world.item().state, world.queue.sent) == (State.UNKNOWN, [])
    world.clock.advance(60)
    assert world.watch() == 1

    assert world.item().state is State.INTENT
    assert "post_entry" not in world.books.calls
    assert world.watch() == 0
    world.offer()
    assert world.deliver_until_done().code == ""
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


def test_a_push_that_died_is_settled_too() -> None:
    world = Watched()
    world.offer()
    world.books.raises["post_entry"] = [MemoryError()]
    with pytest.raises(MemoryError):
        world.deliver()
    assert world.item().state is State.POSTING
    world.clock.advance(LATER)
    world.watch()
    world.clock.advance(3600)
    world.watch()

    assert world.item().state is State.INTENT


def test_a_request_that_another_delivery_overtakes_leaves_no_problem_behind() -> None:
    world = unknown(NEVER)
    world.watch()
    world.clock.advance(3600)
    by_hand = existing_entry(EntryDate="2026-10-30")
    world.books.entries.append(by_hand)

    def meanwhile() -> None:
        if world.problems.closed[-1:] == [f"invoice/{NUMBER}"] and by_hand in world.books.entries:
            world.books.entries.remove(by_hand)
            world.offer()
            world.deliver_until_done()

    world.problems.closed.clear()
    world.problems.happened = meanwhile
    world.watch()
    assert world.problems.codes() == ["entry-number-in-use"]
    assert world.item().state is State.DONE

    for body, _ in world.queue.sent:
        world.worker.handle(json.dumps(body))

    assert world.problems.codes() == []


def test_another_entry_under_the_number_is_named_without_the_document() -> None:
    world = unknown(NEVER)
    world.books.entries.append(existing_entry(EntryDate="2026-10-30"))
    world.watch()
    world.clock.advance(3600)
    world.watch()

    assert (world.item().state, world.item().code) == (State.REJECTED, "entry-number-in-use")
    assert world.queue.sent == []
    world.clock.advance(3600)
    assert world.watch() == 0


def test_a_request_that_fails_is_not_queued_again() -> None:
    world = unknown(AT_ONCE)
    world.books.raises["entries_with_reference"] = [Defer("exact-minute-limit", world.clock.now())]

    assert world.watch() == 1
    assert (world.reports[-1].outcome, world.queue.sent) == ("exact-minute-limit", [])
    world.outbox.overtaken = True
    world.watch()
    assert world.reports[-1].outcome == "invoice-in-progress"
    world.outbox.overtaken = False
    world.watch()
    assert world.item().state is State.ENTRY


def test_what_was_settled_meanwhile_costs_no_call() -> None:
    world = unknown(AT_ONCE)
    world.settler.settle_entries()
    world.watch()
    world.books.calls.clear()

    world.worker.handle(json.dumps(InvoiceMessage(KEY, settles=NUMBER).as_message()))

    assert world.books.calls == []
    assert world.reports[-1].outcome == "settled"


@pytest.mark.parametrize("paused", [True, False])
def test_nothing_is_sent_too_early_or_for_a_paused_connection(*, paused: bool) -> None:
    world = unknown(NEVER)
    if paused:
        world.connections.known[CONNECTION] = connection(paused=True)
    else:
        world.clock.freeze(world.clock.now() - timedelta(seconds=61))

    assert world.watch() == 0


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_an_upload_without_an_answer_gets_its_message_back_once_a_day(call: str) -> None:
    world = unknown(AT_ONCE, call)
    world.offer()

    assert world.watch() == 0
    assert world.watch(Settler.settle_uploads) == 1

    assert world.item().state is State.DONE
    assert world.settled_counts() == (1, 1, 1)
    assert world.watch(Settler.settle_uploads) == 0


def test_nobody_looks_for_a_file_of_an_entry_that_was_left_deleted() -> None:
    world = unknown(AT_ONCE, "post_attachment")
    world.offer()
    item = world.item()
    world.outbox.items[CONNECTION, NUMBER] = replace(item, skipped_entry=str(item.entry_id))

    assert world.watch(Settler.settle_uploads) == 0


def test_an_item_of_an_earlier_release_is_found_by_the_number_of_its_invoice() -> None:
    world = unknown(AT_ONCE)
    world.outbox.items[CONNECTION, NUMBER] = replace(world.item(), document_key="")

    world.watch()

    assert world.queue.sent[0][0]["key"] == KEY
