from koppeling.core.connection import ConnectionSummary
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.requeue import Requeuer
from tests.unit.fakes import FakeQueue
from tests.unit.push.fakes import Effects, FakeBlockedInvoices

ACME = ConnectionId("acme")


class Bedroom:
    """What sleeps, and the queue into which it wakes."""

    def __init__(self, *waits: BlockedInvoice) -> None:
        self.waits = FakeBlockedInvoices(Effects())
        self.queue = FakeQueue()
        for wait in waits:
            self.waits.add(ACME, wait)
        self.waking = Requeuer(self.waits, self.queue)

    @property
    def woken(self) -> list[str]:
        return [body["key"] for body, _ in self.queue.sent]


def test_only_what_waits_for_a_changed_record_is_offered_again_and_only_once() -> None:
    room = Bedroom(
        BlockedInvoice("1", "acme/1.json", "accounts", "1068"),
        BlockedInvoice("2", "acme/2.json", "accounts", "1069"),
        BlockedInvoice("3", "acme/3.json", "vat_codes", "1068"),
    )

    assert room.waking.requeue(ACME, "accounts", {"1068", "7"}) == 1
    assert room.waking.requeue(ACME, "accounts", {"1068"}) == 0

    assert room.queue.sent == [({"key": "acme/1.json", "attempt": "0", "again": "yes"}, 0)]


def test_what_names_no_record_wakes_with_any_change_of_its_entity() -> None:
    room = Bedroom(BlockedInvoice("1", "acme/1.json", "cost_centers"))

    assert room.waking.requeue(ACME, "cost_centers", {"ADV"}) == 1


def test_without_a_changed_record_nothing_is_even_read() -> None:
    room = Bedroom(BlockedInvoice("1", "acme/1.json", "accounts"))

    assert room.waking.requeue(ACME, "accounts", ()) == 0
    assert room.woken == []


def test_once_a_day_everything_that_waits_is_offered() -> None:
    room = Bedroom(
        BlockedInvoice("1", "acme/1.json", "day"),
        BlockedInvoice("2", "acme/2.json", "accounts", "1"),
    )

    assert room.waking.requeue_connection(ACME) == 2
    assert sorted(room.woken) == ["acme/1.json", "acme/2.json"]


def test_the_invoices_of_a_paused_connection_sleep_on() -> None:
    room = Bedroom(BlockedInvoice("1", "acme/1.json", "day"))
    paused = BlockedInvoice("2", "paused/2.json", "day")
    room.waits.add(ConnectionId("paused"), paused)
    connections = [ConnectionSummary(ACME, paused=False, entities={})]
    connections.append(ConnectionSummary(ConnectionId("paused"), paused=True, entities={}))

    told = room.waking.requeue_all(connections)

    assert (told.outcome, told.counts) == ("offered", {"woken": 1})
    assert room.woken == ["acme/1.json"]
