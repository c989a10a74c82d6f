"""The daily look at the subscriptions of the webhook: what is missing is made, and nothing else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koppeling.core.connection import Connection, EntitySetting
from koppeling.core.errors import Consequence, Defer, Fatal, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.webhook.subscriptions import Subscription, Subscriptions
from tests.unit.pull.builders import a_connection

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
ADDRESS = "https://koppeling.example/exact/webhook"
BEFORE = "https://before.example/exact/webhook"
BOTH = [Subscription("Accounts", ADDRESS), Subscription("Items", ADDRESS)]


@dataclass(slots=True)
class FakeExact:
    """The subscriptions of one administration; what was noted; how often it was closed."""

    there: list[Subscription] = field(default_factory=list)
    error: Consequence | None = None
    made: list[Subscription] = field(default_factory=list)
    noted: list[tuple[ConnectionId, int, datetime]] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    def subscriptions(self) -> list[Subscription]:
        """Return what there is."""
        if self.error is not None:
            raise self.error
        return self.there

    def subscribe(self, wanted: Subscription) -> bool:
        """Make one, unless its topic has one."""
        if wanted.topic in {each.topic for each in self.there}:
            return False
        self.made.append(wanted)
        return True

    def note(self, connection: ConnectionId, division: int, until: datetime) -> None:
        """Note that Exact tells of an administration."""
        self.noted.append((connection, division, until))

    def look(self, **changes: Any) -> Summary:  # noqa: ANN401 - fields of a connection
        """Look after a connection."""
        connection = a_connection(id=ConnectionId("acme"), **changes)

        def opened(_connection: Connection) -> tuple[FakeExact, Any]:
            self.opened += 1
            return self, self._close

        return Subscriptions(ADDRESS, opened, self, lambda: NOW).look(connection)

    def _close(self) -> None:
        self.closed += 1


def test_the_first_look_makes_both_and_notes_the_administration_for_a_week() -> None:
    exact = FakeExact()

    summary = exact.look(division=987654)

    assert exact.made == BOTH
    assert exact.noted == [("acme", 987654, NOW + timedelta(days=8))]
    assert summary == Summary("subscriptions", "looked", "acme", counts={"subscribed": 2})
    assert exact.closed == 1


def test_what_is_there_is_left_as_it_is() -> None:
    exact = FakeExact(list(BOTH))

    assert exact.look() == Summary("subscriptions", "looked", "acme")
    assert exact.made == []
    assert len(exact.noted) == 1


def test_one_that_went_is_made_again() -> None:
    exact = FakeExact(BOTH[:1])

    exact.look()

    assert exact.made == BOTH[1:]


def test_an_entity_that_is_off_has_no_subscription() -> None:
    exact = FakeExact()

    exact.look(entities={"items": EntitySetting(enabled=False)})

    assert exact.made == BOTH[:1]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"paused": True}, "paused"),
        ({"started": False}, "paused"),
        (
            {"entities": {name: EntitySetting(enabled=False) for name in ("accounts", "items")}},
            "switched-off",
        ),
    ],
    ids=str,
)
def test_a_connection_that_is_not_pulled_costs_no_call(
    changes: dict[str, Any], outcome: str
) -> None:
    exact = FakeExact()

    assert exact.look(**changes) == Summary("subscriptions", outcome, "acme")
    assert (exact.opened, exact.noted) == (0, [])


def test_a_subscription_to_an_address_of_before_is_told_since_it_is_in_the_way() -> None:
    exact = FakeExact([Subscription("Accounts", BEFORE), BOTH[1]])

    assert exact.look().outcome == "other-address"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Fatal("exact-no-rights", "403"), "no-right"),
        (Retry("exact-unavailable", "500"), "exact-unavailable"),
        (Defer("exact-day-limit", NOW), "exact-day-limit"),
    ],
    ids=str,
)
def test_what_hinders_it_is_said_and_stops_nothing(error: Consequence, outcome: str) -> None:
    exact = FakeExact(error=error)

    assert exact.look() == Summary("subscriptions", outcome, "acme")
    assert (exact.noted, exact.closed) == ([], 1)
