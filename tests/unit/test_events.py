"""The events of both doors, and what they ask for."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.domain.errors import Fatal
from koppeling.domain.names import ConnectionId
from koppeling.domain.reconciliation import Period
from koppeling.events import (
    Batch,
    CheckUp,
    Daily,
    DeadLetterLook,
    Direct,
    Offer,
    Reconcile,
    Tick,
    offers,
    pull_event,
    pull_message,
    watch_event,
)

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, 12, tzinfo=UTC)
SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


def notification(*keys: str) -> str:
    """Return what S3 sends for these keys."""
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


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
    ],
)
def test_a_message_that_cannot_be_read_is_refused_at_once(body: str) -> None:
    with pytest.raises(Fatal) as refused:
        pull_message(body)
    assert refused.value.code == "message-unreadable"


def test_a_notification_of_the_inbox_offers_each_document_it_names() -> None:
    assert offers(notification("acme/1.json", "acme/2.json")) == [
        Offer("acme/1.json"),
        Offer("acme/2.json"),
    ]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("acme/Factuur+2026.json", "acme/Factuur 2026.json"),
        ("acme/a%2Bb.json", "acme/a+b.json"),
        ("acme/caf%C3%A9.json", "acme/café.json"),
    ],
)
def test_a_key_is_read_as_s3_writes_it(written: str, key: str) -> None:
    assert offers(notification(written)) == [Offer(key)]


def test_an_offer_that_waited_comes_back_as_it_was_queued() -> None:
    waiting = Offer("acme/Factuur 2026+1.json", attempt=3)
    assert offers(json.dumps(waiting.as_message())) == [waiting]


def test_the_test_message_of_a_new_notification_offers_nothing() -> None:
    assert offers('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbox"}') == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"key": "acme/1.json"}',
        '{"key": "acme/1.json", "attempt": "often"}',
        '{"Records": [{"s3": {"object": {}}}]}',
        '{"Records": [{"s3": {"object": {"key": 5}}}]}',
        '{"Records": 5}',
    ],
)
def test_what_is_no_notification_of_the_inbox_is_refused(body: str) -> None:
    with pytest.raises(Fatal) as refused:
        offers(body)
    assert refused.value.code == "message-unreadable"


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        ({"watch": "daily"}, Daily()),
        ({"watch": "dead-letters"}, DeadLetterLook()),
        ({"check": "acme"}, CheckUp(ACME)),
        ({"reconcile": "acme", "period": "2026-11"}, Reconcile(ACME, Period(2026, 11))),
        (
            {"reconcile": "acme", "period": "2026-11", "lines": True},
            Reconcile(ACME, Period(2026, 11), lines=True),
        ),
    ],
)
def test_the_watch_knows_what_it_is_asked(event: dict[str, Any], meant: object) -> None:
    assert watch_event(event) == meant


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, "daily"),
        ({"watch": "weekly"}, "dead-letters"),
        ({"reconcile": "acme"}, "write it as 2026-11"),
        ({"reconcile": "acme", "period": "november"}, "write it as 2026-11"),
    ],
)
def test_what_the_watch_does_not_know_is_told_with_what_there_is(
    event: dict[str, str], told: str
) -> None:
    with pytest.raises(Fatal, match=told):
        watch_event(event)
