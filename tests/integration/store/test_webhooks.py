"""Which administrations Exact tells of, and the last message about each connection."""

from datetime import timedelta

import pytest

from koppeling.aws.dynamodb.privacy import TableEraser
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.aws.dynamodb.webhooks import WebhookStore
from koppeling.core.ids import ConnectionId
from tests.integration.store.conftest import NOW
from tests.sandbox.common.clock import Clock

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)


@pytest.fixture
def store(items: type[SyncItem], clock: Clock) -> WebhookStore:
    return WebhookStore(items, clock.now)


def test_the_connections_of_an_administration_are_found_until_their_note_ends(
    store: WebhookStore, clock: Clock
) -> None:
    store.note(ACME, 98, NOW + WEEK)
    store.note(OTHER, 98, NOW + WEEK + WEEK)
    store.note(OTHER, 987, NOW + WEEK)

    assert store.connections_of(98) == [ACME, OTHER]
    clock.advance(WEEK.total_seconds() + 1)
    assert store.connections_of(98) == [OTHER]
    assert store.connections_of(9) == []


def test_only_the_first_message_of_its_time_counts(store: WebhookStore, clock: Clock) -> None:
    assert store.is_first(ACME, "accounts", "a", NOW + MINUTE)
    assert not store.is_first(ACME, "accounts", "b", NOW + MINUTE)
    assert store.is_first(ACME, "items", "b", NOW + MINUTE)
    assert store.is_first(OTHER, "accounts", "b", NOW + MINUTE)
    clock.advance(60)
    assert store.is_first(ACME, "accounts", "b", NOW + 2 * MINUTE)


def test_the_last_message_counts_no_second_time(store: WebhookStore, clock: Clock) -> None:
    assert store.is_first(ACME, "accounts", "a", NOW + MINUTE)
    clock.advance(3600)

    assert not store.is_first(ACME, "accounts", "a", clock.now() + MINUTE)


def test_a_message_of_which_nothing_came_may_be_the_first_again(store: WebhookStore) -> None:
    store.is_first(ACME, "accounts", "a", NOW + MINUTE)

    store.withdraw(ACME, "accounts")

    assert store.is_first(ACME, "accounts", "a", NOW + MINUTE)


def test_both_are_erased_with_their_connection_and_with_no_other(
    store: WebhookStore, items: type[SyncItem], tokens: type[TokenItem]
) -> None:
    for connection in (ACME, OTHER):
        store.note(connection, 98, NOW + WEEK)
        store.is_first(connection, "accounts", "a", NOW + MINUTE)

    TableEraser(items, tokens).erase(ACME)

    assert store.connections_of(98) == [OTHER]
    assert store.is_first(ACME, "accounts", "a", NOW + MINUTE)
    assert not store.is_first(OTHER, "accounts", "b", NOW + MINUTE)


def test_both_leave_by_themselves(store: WebhookStore, items: type[SyncItem]) -> None:
    store.note(ACME, 98, NOW + WEEK)
    store.is_first(ACME, "accounts", "a", NOW + MINUTE)

    assert all(item.expires_at for item in items.scan())
