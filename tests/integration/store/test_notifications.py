"""Which warnings were told: each claimed by one process, and never lost."""

from datetime import timedelta

import pytest
from pynamodb.exceptions import UpdateError

from koppeling.aws.dynamodb.notifications import CLAIM, NotificationStore
from koppeling.aws.dynamodb.table import SyncItem, epoch, sync_items
from koppeling.core.ids import ConnectionId
from tests.integration.store.conftest import NOW, REGION
from tests.sandbox.common.clock import Clock

ACME = ConnectionId("acme")
GONE = "exact-reconnect-needed"


def test_a_warning_is_claimed_by_one_process(items: type[SyncItem], clock: Clock) -> None:
    first, second = NotificationStore(items, clock.now), NotificationStore(items, clock.now)
    assert first.claim(ACME, GONE, "once") is not None
    assert second.claim(ACME, GONE, "once") is None


def test_what_was_told_is_never_claimed_again(items: type[SyncItem], clock: Clock) -> None:
    store = NotificationStore(items, clock.now)
    store.claim(ACME, GONE, "once")
    store.mark_sent(ACME, GONE, "once")
    clock.advance(timedelta(days=30).total_seconds())
    assert store.claim(ACME, GONE, "once") is None


def test_other_connections_codes_and_occasions_stand_apart(
    items: type[SyncItem], clock: Clock
) -> None:
    store = NotificationStore(items, clock.now)
    store.claim(ACME, GONE, "once")
    assert store.claim(ConnectionId("beta"), GONE, "once") is not None
    assert store.claim(ACME, "milestones-reconnect-needed", "once") is not None
    assert store.claim(ACME, GONE, "again") is not None


def test_a_claim_that_a_dead_process_left_behind_ends_by_itself(
    items: type[SyncItem], clock: Clock
) -> None:
    """A mail twice is better than a mail lost."""
    store = NotificationStore(items, clock.now)
    store.claim(ACME, GONE, "once")
    clock.advance(CLAIM.total_seconds())
    assert store.claim(ACME, GONE, "once") is None
    clock.advance(1)
    assert store.claim(ACME, GONE, "once") is not None


def test_a_claim_that_is_given_up_is_free_at_once(items: type[SyncItem], clock: Clock) -> None:
    store = NotificationStore(items, clock.now)
    store.claim(ACME, GONE, "once")
    store.release(ACME, GONE, "once")
    assert store.claim(ACME, GONE, "once") is not None


def test_who_was_reached_before_a_claim_was_given_up_is_known_to_the_next(
    items: type[SyncItem], clock: Clock
) -> None:
    store = NotificationStore(items, clock.now)
    assert store.claim(ACME, GONE, "once") == frozenset()
    store.release(ACME, GONE, "once", {"marit", "pim"})
    assert store.claim(ACME, GONE, "once") == frozenset({"marit", "pim"})


def test_what_the_release_before_told_is_known(items: type[SyncItem], clock: Clock) -> None:
    store = NotificationStore(items, clock.now)
    assert not store.was_sent(ACME, GONE, "once")
    store.claim(ACME, GONE, "once")
    assert not store.was_sent(ACME, GONE, "once")
    store.mark_sent(ACME, GONE, "once")
    assert store.was_sent(ACME, GONE, "once")


def test_it_is_forgotten_after_a_year(items: type[SyncItem], clock: Clock) -> None:
    NotificationStore(items, clock.now).claim(ACME, GONE, "once")
    item = items.get("CONNECTION#acme", f"WARNING#{GONE}#once")
    assert item.expires_at == epoch(NOW + timedelta(days=365))


def test_an_error_of_the_table_is_not_taken_for_a_warning_that_was_told(
    aws: None, clock: Clock
) -> None:
    del aws
    store = NotificationStore(sync_items("not-there", REGION), clock.now)
    with pytest.raises(UpdateError):
        store.claim(ACME, GONE, "once")
