"""A pull that a person asks for on the pages."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.pull.by_hand import CATCH_UP, FULL, HandPulls
from koppeling.pull.cursor import ReadMode
from koppeling.pull.dispatch import LEASE, PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.prepared_run import PreparedRun, RunRequest
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeQueue
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import Ground, plenty_of_time

AT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
ACME = ConnectionId("acme")


@dataclass(slots=True)
class FakePresses:
    """When each button was last pressed."""

    clock: Clock
    until: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def is_first(self, connection: ConnectionId, what: str, within: timedelta) -> bool:
        """Note a press."""
        now = self.clock.now()
        if now < self.until.get((connection, what), now):
            return False
        self.until[connection, what] = now + within
        return True


def hand_pulls(clock: Clock) -> tuple[HandPulls, dict[str, FakeQueue]]:
    queues = {entity: FakeQueue() for entity in ENTITIES}
    return HandPulls(queues, FakePresses(clock), clock.now), queues


def a_ground() -> Ground:
    ground = Ground(Clock(frozen_at=AT))
    ground.connections.add(a_connection(id=ACME))
    return ground


def pulls(ground: Ground) -> PullDispatcher:
    return PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=600,
    )


def message(wish: str = CATCH_UP) -> dict[str, str]:
    return {"connection": "acme", "slot": AT.isoformat(), "by_hand": wish}


def test_what_is_asked_for_goes_to_the_queue_of_each_entity_at_once() -> None:
    asking, queues = hand_pulls(Clock(frozen_at=AT))
    off = {"items": EntitySetting(enabled=False)}

    asked = asking.ask(a_connection(id=ACME, entities=off), ["projects", "items", "vat_codes"])

    assert asked == ["vat_codes", "projects"]
    assert queues["vat_codes"].sent == [(message(), 0)]
    assert queues["items"].sent == queues["accounts"].sent == []


def test_two_presses_within_a_minute_are_one_pull() -> None:
    clock = Clock(frozen_at=AT)
    asking, queues = hand_pulls(clock)
    connection = a_connection(id=ACME)

    first, second = (asking.ask(connection, ["accounts"]) for _ in range(2))
    clock.advance(61)
    third = asking.ask(connection, ["accounts"])

    assert (first, second, third) == (["accounts"], [], ["accounts"])
    assert len(queues["accounts"].sent) == 2


def test_a_comparison_is_asked_for_although_a_pull_was_a_moment_ago() -> None:
    asking, queues = hand_pulls(Clock(frozen_at=AT))
    connection = a_connection(id=ACME)
    asking.ask(connection, ["accounts"])

    assert asking.ask(connection, ["accounts"], full=True) == ["accounts"]
    assert [body["by_hand"] for body, _ in queues["accounts"].sent] == [CATCH_UP, FULL]


def test_it_is_done_however_long_the_message_lay_in_the_queue() -> None:
    ground = a_ground()
    ground.clock.advance(3600)

    assert pulls(ground).handle_message(message(), plenty_of_time()).outcome == "done"


def test_a_comparison_reads_everything() -> None:
    ground = a_ground()
    pulls(ground).run(ACME, plenty_of_time())
    modes: list[ReadMode] = []

    def noted(request: RunRequest) -> PreparedRun:
        modes.append(request.state.read_mode)
        return ground.start(request)

    dispatcher = replace(pulls(ground), start=noted)
    for wish in (CATCH_UP, FULL):
        dispatcher.handle_message(message(wish), plenty_of_time())

    assert modes == [ReadMode.INCREMENTAL, ReadMode.FULL]


def test_while_another_run_is_at_work_it_waits_for_a_minute() -> None:
    ground = a_ground()
    ground.states.acquire(ACME, "accounts", AT, LEASE)

    summary = pulls(ground).handle_message(message(), plenty_of_time())

    assert summary.outcome == "busy"
    assert ground.queue.sent == [(message(), 60)]


def test_it_does_not_wait_for_ever() -> None:
    ground = a_ground()
    ground.clock.advance(3600)
    ground.states.acquire(ACME, "accounts", ground.clock.now(), LEASE)

    pulls(ground).handle_message(message(), plenty_of_time())

    assert ground.queue.sent == []
