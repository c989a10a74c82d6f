"""The events of a pull, and what they ask for."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.pull.events import AskedUndo, Batch, Direct, Tick, pull_event, pull_message

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, 12, tzinfo=UTC)
SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


def test_a_tick_carries_the_moment_for_which_it_was_scheduled() -> None:
    event = {"tick": "accounts", "scheduled_at": "2026-11-24T06:03:00Z"}
    assert pull_event(event, NOW) == Tick(SLOT)


def test_a_moment_without_a_time_zone_is_utc() -> None:
    event = {"tick": "accounts", "scheduled_at": "2026-11-24T06:03:00"}
    assert pull_event(event, NOW) == Tick(SLOT)


@pytest.mark.parametrize("more", [{}, {"scheduled_at": "<aws.scheduler.scheduled-time>"}])
def test_a_tick_that_was_made_by_hand_is_one_of_now(more: dict[str, str]) -> None:
    assert pull_event({"tick": True, **more}, NOW) == Tick(NOW)


def test_an_event_that_names_a_connection_asks_for_that_one() -> None:
    assert pull_event({"connection": "acme"}, NOW) == Direct(ConnectionId("acme"))


@pytest.mark.parametrize("name", ["full", "dry_run"])
@pytest.mark.parametrize(("held", "meant"), [(True, True), (False, False), ("true", False)])
def test_an_event_asks_for_more_only_where_it_says_so_plainly(
    name: str, held: object, *, meant: bool
) -> None:
    plain = {"full": False, "dry_run": False}

    found = pull_event({"connection": "acme", name: held}, NOW)

    assert found == Direct(ACME, **plain | {name: meant})


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_event_asks_for_an_undo_only_where_it_says_so_plainly(*, dry_run: bool) -> None:
    event = {"connection": "acme", "undo": True, "dry_run": dry_run}

    assert pull_event(event, NOW) == AskedUndo(ACME, dry_run=dry_run)
    assert pull_event({**event, "undo": "true"}, NOW) == Direct(ACME, dry_run=dry_run)


def test_the_rest_of_an_undo_is_asked_for_by_a_message() -> None:
    body = json.dumps({"connection": "acme", "slot": SLOT.isoformat(), "undo": "yes"})

    assert pull_message(body)["undo"] == "yes"


def test_messages_of_the_queue_are_a_batch() -> None:
    assert pull_event({"Records": []}, NOW) == Batch()


@pytest.mark.parametrize("event", [{}, {"conection": "acme"}])
def test_another_event_is_refused_and_told_which_there_are(event: dict[str, Any]) -> None:
    with pytest.raises(Fatal, match="an event is") as refused:
        pull_event(event, NOW)
    assert refused.value.code == "message-unreadable"


@pytest.mark.parametrize("slot", ["2026-11-24T06:03:00+00:00", "2026-11-24T06:03:00Z"])
def test_a_message_has_a_connection_and_a_slot(slot: str) -> None:
    body = json.dumps({"connection": "acme", "slot": slot})
    assert pull_message(body) == {"connection": "acme", "slot": "2026-11-24T06:03:00+00:00"}


@pytest.mark.parametrize(("mark", "kept"), [("yes", {"compare": "yes"}), ("no", {}), (1, {})])
def test_a_message_may_ask_for_a_comparison(mark: object, kept: dict[str, str]) -> None:
    body = json.dumps({"connection": "acme", "slot": "2026-11-24T06:03:00Z", "compare": mark})
    plain = {"connection": "acme", "slot": "2026-11-24T06:03:00+00:00"}
    assert pull_message(body) == plain | kept


@pytest.mark.parametrize(("wish", "kept"), [("catch-up", True), ("full", True), ("all", False)])
def test_a_message_may_be_what_a_person_asks_for(wish: str, *, kept: bool) -> None:
    body = json.dumps({"connection": "acme", "slot": "2026-11-24T06:03:00Z", "by_hand": wish})
    assert pull_message(body).get("by_hand") == (wish if kept else None)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "acme",
        "[]",
        "null",
        "{}",
        '{"connection": "acme"}',
        '{"slot": "2026-11-24T06:03:00Z"}',
        '{"connection": "acme", "slot": "yesterday"}',
        '{"connection": "acme", "slot": null}',
        "[" * 100_000,
    ],
)
def test_a_message_that_cannot_be_read_is_refused_at_once(body: str) -> None:
    with pytest.raises(Fatal) as refused:
        pull_message(body)
    assert refused.value.code == "message-unreadable"
