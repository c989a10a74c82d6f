"""What a round leaves in the log of its connection: only what there is to tell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.errors import Consequence, Defer, Reauthorise, Reject, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import Page
from koppeling.pull.round_log import RoundLog
from tests.sandbox.common.clock import Clock
from tests.unit.portal.fakes import FakeLog
from tests.unit.pull.builders import a_connection, an_account
from tests.unit.pull.fakes import Ground, plenty_of_time

SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
ACME = ConnectionId("acme")
ENDPOINT = "sync/CRM/Accounts"


class Office:
    """One connection whose rounds are logged."""

    def __init__(self) -> None:
        self.log = FakeLog()
        self.ground = Ground(Clock(frozen_at=SLOT))
        self.ground.connections.add(a_connection(id=ACME))

    @property
    def pulls(self) -> PullDispatcher:
        """Return the pulls of accounts."""
        ground = self.ground
        return PullDispatcher(
            ACCOUNTS,
            connections=ground.connections,
            stores=ground.stores,
            queue=ground.queue,
            start=ground.start,
            now=ground.clock.now,
            spread_seconds=0,
            on_round=RoundLog(self.log, ground.clock.now).note,
        )

    def shows(self, *answers: Page | Consequence) -> None:
        """Let Exact answer this from now on."""
        self.ground.exact.answers = {ENDPOINT: list(answers)}

    def tick(self) -> None:
        """Let the message of a tick be carried out, a quarter after the last one."""
        self.ground.clock.advance(timedelta(minutes=15).total_seconds())
        slot = self.ground.clock.now().isoformat()
        self.pulls.handle_message({"connection": ACME, "slot": slot}, plenty_of_time())

    def told(self) -> list[tuple[str, Mapping[str, int]]]:
        """Return what the log has of each round."""
        return [(entry.what, entry.counts) for entry in self.log.entries]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_round_with_something_new_is_one_line_with_its_counts(office: Office) -> None:
    office.shows(Page([an_account(ID="a"), an_account(ID="b", Code="2")]))
    office.tick()

    assert office.log.entries == [
        LogEntry(
            ACME,
            SLOT + timedelta(minutes=15),
            LogKind.ROUND,
            "pulled",
            subject="accounts",
            counts={"created": 2},
        )
    ]


def test_a_round_without_anything_new_is_not_told(office: Office) -> None:
    office.shows(Page([]))
    for _ in range(3):
        office.tick()

    assert office.told() == []


def test_a_record_that_is_refused_is_told_once_however_often_it_is_tried(office: Office) -> None:
    office.shows(Page([an_account(ID="a")]))
    office.ground.milestones.fails = [Reject("milestones-rejected", message="no")] * 50
    office.tick()
    office.shows(Page([]))
    for _ in range(20):
        office.tick()

    assert office.told() == [("pulled", {"refused": 1})]


def test_what_stops_round_after_round_is_told_once_with_its_code(office: Office) -> None:
    office.shows(Reauthorise("exact-reconnect-needed"))
    for _ in range(3):
        office.tick()

    assert office.told() == [("stopped", {})]
    assert office.log.entries[0].values == {"code": "exact-reconnect-needed"}


def test_another_cause_is_told_again(office: Office) -> None:
    for code in ("exact-reconnect-needed", "exact-unavailable", "exact-reconnect-needed"):
        office.shows(Retry(code))
        office.tick()

    assert [what for what, _ in office.told()] == ["stopped"] * 3


def test_a_round_that_goes_on_later_tells_what_it_did(office: Office) -> None:
    office.shows(Page([an_account(ID="a")], "next"), Defer("pull-continues", SLOT, "time"))
    office.tick()

    assert office.told() == [("pulled", {"created": 1})]


def test_a_round_that_somebody_asked_for_is_told_also_when_nothing_was_new(office: Office) -> None:
    office.shows(Page([]))
    office.pulls.run(ACME, plenty_of_time())

    assert office.told() == [("pulled", {})]


def test_a_full_comparison_is_told_when_it_is_complete(office: Office) -> None:
    office.shows(Page([], "next"), Defer("pull-continues", SLOT, "time"))
    office.pulls.run(ACME, plenty_of_time(), full=True)
    office.shows(Page([]))
    office.tick()

    assert [what for what, _ in office.told()] == ["pulled", "compared"]


def test_a_preview_is_no_round(office: Office) -> None:
    office.shows(Page([an_account(ID="a")]))
    office.pulls.preview(ACME, plenty_of_time(), full=False)

    assert office.told() == []


def test_a_paused_connection_has_no_round(office: Office) -> None:
    ground = office.ground
    connection = ground.connections.get(ACME)
    assert connection is not None
    ground.connections.add(replace(connection, paused=True))
    office.tick()

    assert office.told() == []
