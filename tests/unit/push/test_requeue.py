from koppeling.core.connection import Listed
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import Wait
from koppeling.push.requeue import Waking
from tests.unit.pull.fakes import FakeQueue
from tests.unit.push.around import FakeWaits
from tests.unit.push.fakes import Effects

ACME = ConnectionId("acme")


class Bedroom:
    """What sleeps, and the queue into which it wakes."""

    def __init__(self, *waits: Wait) -> None:
        self.waits = FakeWaits(Effects())
        self.queue = FakeQueue()
        for wait in waits:
            self.waits.add(ACME, wait)
        self.waking = Waking(self.waits, self.queue)

    @property
    def woken(self) -> list[str]:
        return [body["key"] for body, _ in self.queue.sent]


def test_only_what_waits_for_a_changed_record_is_offered_again_and_only_once() -> None:
    room = Bedroom(
        Wait("1", "acme/1.json", "accounts", "1068"),
        Wait("2", "acme/2.json", "accounts", "1069"),
        Wait("3", "acme/3.json", "vat_codes", "1068"),
    )

    assert room.waking.wake(ACME, "accounts", {"1068", "7"}) == 1
    assert room.waking.wake(ACME, "accounts", {"1068"}) == 0

    assert room.queue.sent == [({"key": "acme/1.json", "attempt": "0", "again": "yes"}, 0)]


def test_what_names_no_record_wakes_with_any_change_of_its_entity() -> None:
    room = Bedroom(Wait("1", "acme/1.json", "cost_centers"))

    assert room.waking.wake(ACME, "cost_centers", {"ADV"}) == 1


def test_without_a_changed_record_nothing_is_even_read() -> None:
    room = Bedroom(Wait("1", "acme/1.json", "accounts"))

    assert room.waking.wake(ACME, "accounts", ()) == 0
    assert room.woken == []


def test_once_a_day_everything_that_waits_is_offered() -> None:
    room = Bedroom(Wait("1", "acme/1.json", "day"), Wait("2", "acme/2.json", "accounts", "1"))

    assert room.waking.wake_all(ACME) == 2
    assert sorted(room.woken) == ["acme/1.json", "acme/2.json"]


def test_the_invoices_of_a_paused_connection_sleep_on() -> None:
    room = Bedroom(Wait("1", "acme/1.json", "day"))
    paused = Wait("2", "paused/2.json", "day")
    room.waits.add(ConnectionId("paused"), paused)
    connections = [Listed(ACME, paused=False, entities={})]
    connections.append(Listed(ConnectionId("paused"), paused=True, entities={}))

    told = room.waking.wake_everybody(connections)

    assert (told.outcome, told.counts) == ("offered", {"woken": 1})
    assert room.woken == ["acme/1.json"]
