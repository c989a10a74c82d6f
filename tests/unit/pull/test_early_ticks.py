"""A change in Exact makes the next tick come early: once a minute, and only where a tick would."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, override

import pytest

from koppeling.core.connection import EntitySetting
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.pull.webhook.early_ticks import EarlyTicks
from koppeling.pull.webhook.message import Change
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeQueue
from tests.unit.pull.builders import a_connection

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
ACME = ConnectionId("acme")
DIVISION = 987654
CHANGE = Change(DIVISION, "accounts", "first")


@dataclass(slots=True)
class FakeSubscribed:
    """The connections of administrations, and the last message for each of them."""

    clock: Clock
    known: dict[int, list[ConnectionId]] = field(default_factory=dict)
    last: dict[tuple[ConnectionId, str], tuple[str, datetime]] = field(default_factory=dict)
    looked: int = 0

    def connections_of(self, division: int) -> list[ConnectionId]:
        """Return the connections of an administration."""
        self.looked += 1
        return self.known.get(division, [])

    def is_first(self, connection: ConnectionId, entity: str, digest: str, until: datetime) -> bool:
        """Say whether a message is the first of its minute, and new."""
        before, ends = self.last.get((connection, entity), ("", NOON))
        if self.clock.now() < ends or digest == before:
            return False
        self.last[connection, entity] = (digest, until)
        return True

    def withdraw(self, connection: ConnectionId, entity: str) -> None:
        """Forget the last message."""
        del self.last[connection, entity]


@dataclass(slots=True)
class Ground:
    """Early ticks on fakes, with one connection that is pulled."""

    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOON))
    queue: FakeQueue = field(default_factory=FakeQueue)
    connections: FakeConnections = field(default_factory=FakeConnections)
    subscribed: FakeSubscribed = field(init=False)

    def __post_init__(self) -> None:
        """Let Exact tell of the administration of one connection."""
        self.subscribed = FakeSubscribed(self.clock, {DIVISION: [ACME]})
        self.connections.add(a_connection(id=ACME))

    def early_ticks(self) -> EarlyTicks:
        """Return them as a function that was just started has them."""
        return EarlyTicks(
            subscribed=self.subscribed,
            connections=self.connections,
            queues={"accounts": self.queue, "items": FakeQueue()},
            intervals={"accounts": 15, "items": 15},
            now=self.clock.now,
        )


def test_a_change_queues_an_ordinary_message_of_a_pull_a_minute_ahead() -> None:
    ground = Ground()

    summary = ground.early_ticks().take(CHANGE)

    slot = (NOON + timedelta(minutes=1)).isoformat()
    assert ground.queue.sent == [({"connection": "acme", "slot": slot}, 60)]
    assert (summary.outcome, summary.counts["queued"]) == ("queued", 1)


def test_a_thousand_changes_of_one_administration_are_one_early_tick() -> None:
    ground = Ground()
    ticks, another = ground.early_ticks(), ground.early_ticks()

    for n in range(1000):
        (ticks if n % 2 else another).take(replace(CHANGE, digest=str(n)))

    assert len(ground.queue.sent) == 1
    # One look for each process, and none for all that comes after
    assert ground.subscribed.looked == 2


def test_a_change_after_the_minute_is_an_early_tick_of_its_own() -> None:
    ground = Ground()
    ticks = ground.early_ticks()
    ticks.take(CHANGE)
    ground.clock.advance(61)

    ticks.take(replace(CHANGE, digest="second"))

    assert len(ground.queue.sent) == 2


def test_a_message_that_is_delivered_again_does_nothing_more() -> None:
    ground = Ground()
    for hours in (0, 1, 6):
        ground.clock.freeze(NOON + timedelta(hours=hours))
        ground.early_ticks().take(CHANGE)

    assert len(ground.queue.sent) == 1


def test_changes_of_accounts_and_of_items_are_apart() -> None:
    ground = Ground()
    ticks = ground.early_ticks()
    ticks.take(replace(CHANGE, entity="items"))

    ticks.take(CHANGE)

    assert len(ground.queue.sent) == 1


def test_every_connection_of_an_administration_gets_its_own() -> None:
    ground = Ground()
    ground.subscribed.known[DIVISION] = [ACME, ConnectionId("second")]
    ground.connections.add(a_connection(id=ConnectionId("second")))

    ground.early_ticks().take(CHANGE)

    assert [message["connection"] for message, _ in ground.queue.sent] == ["acme", "second"]


def test_an_administration_that_nobody_has_is_nothing() -> None:
    ground = Ground()

    summary = ground.early_ticks().take(replace(CHANGE, division=1))

    assert (ground.queue.sent, summary.outcome) == ([], "dropped")


def test_a_connection_that_is_gone_is_nothing() -> None:
    ground = Ground()
    ground.connections.known.clear()

    ground.early_ticks().take(CHANGE)

    assert ground.queue.sent == []


@pytest.mark.parametrize(
    "changes",
    [
        {"paused": True},
        {"started": False},
        {"entities": {"accounts": EntitySetting(enabled=False)}},
        {"entities": {"accounts": EntitySetting(interval_minutes=240)}},
    ],
    ids=str,
)
def test_a_connection_that_no_tick_would_pull_now_gets_none(changes: dict[str, Any]) -> None:
    ground = Ground()
    ground.connections.add(a_connection(id=ACME, **changes))

    ground.early_ticks().take(CHANGE)

    assert ground.queue.sent == []


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 5, 58, tzinfo=UTC),
        datetime(2026, 11, 24, 18, 59, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 22, 0, tzinfo=UTC),
    ],
)
def test_outside_the_window_nothing_is_queued(at: datetime) -> None:
    ground = Ground()
    ground.clock.freeze(at)

    summary = ground.early_ticks().take(CHANGE)

    assert (ground.queue.sent, summary.outcome) == ([], "closed")


class FullQueue(FakeQueue):
    """A queue that refuses at first."""

    @override
    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        raise Retry("queue-refused", "1 messages refused")


def test_a_message_that_could_not_be_queued_is_queued_when_exact_delivers_it_again() -> None:
    ground = Ground()
    ticks = ground.early_ticks()
    refusing = replace(ticks, queues={"accounts": FullQueue()})
    with pytest.raises(Retry):
        refusing.take(CHANGE)

    ticks.take(CHANGE)

    assert len(ground.queue.sent) == 1
