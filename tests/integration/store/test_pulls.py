"""Where pulls stand: the lease, the fencing number, and the conditional cursor (R9, X93)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, override

import pytest
from pynamodb.exceptions import UpdateError

from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key, sync_items
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, SyncTimestamp
from koppeling.pull.cursor import FeedCursor, PullState, ReadEnd
from koppeling.pull.pace import LearnedPace
from tests.integration.store.conftest import REGION
from tests.sandbox.common.clock import Clock

ACME = ConnectionId("acme")
LEASE = timedelta(seconds=180)
CURSOR = FeedCursor(
    cursor=SyncTimestamp(2**62),
    read_from=SyncTimestamp(5),
    resume="https://start.exactonline.nl/api/v1/1/sync/CRM/Accounts?$skiptoken=5L",
    highest=SyncTimestamp(9),
    began_at=datetime(2026, 11, 24, 6, 3, tzinfo=UTC),
    ends=(ReadEnd(datetime(2026, 11, 24, 6, tzinfo=UTC), SyncTimestamp(7)),),
)


def acquired(store: PullStore, clock: Clock, entity: str = "accounts") -> PullState:
    """Take the lease, which must be free."""
    state = store.acquire(ACME, entity, clock.now(), LEASE)
    if state is None:
        raise LookupError(entity)
    return state


class LaggingStore(PullStore):
    """A store of which the cheap reads show what was there before."""

    before: SyncItem | None = None

    @override
    def _found(self, connection: ConnectionId, entity: str, **options: Any) -> SyncItem | None:
        if options.get("consistent_read"):
            return super()._found(connection, entity, **options)
        return self.before


def test_a_read_that_lags_behind_a_release_takes_no_ended_run_for_one_at_work(
    items: type[SyncItem], clock: Clock
) -> None:
    store, lagging = PullStore(items), LaggingStore(items)
    state = acquired(store, clock)
    lagging.before = items.get(connection_key(ACME), "PULL#accounts")
    assert lagging.read(ACME, "accounts", clock.now()) is None

    store.release(ACME, "accounts", state)

    assert lagging.read(ACME, "accounts", clock.now()) == state


def test_who_read_what_lags_behind_gets_no_lease(items: type[SyncItem], clock: Clock) -> None:
    store, lagging = PullStore(items), LaggingStore(items)
    store.release(ACME, "accounts", acquired(store, clock))
    lagging.before = items.get(connection_key(ACME), "PULL#accounts")
    store.release(ACME, "accounts", acquired(store, clock).with_feed("accounts", CURSOR))

    seen = lagging.read(ACME, "accounts", clock.now())

    assert seen is not None
    assert store.acquire(ACME, "accounts", clock.now(), LEASE, seen=seen) is None


def test_a_pull_that_never_ran_starts_at_the_beginning(items: type[SyncItem], clock: Clock) -> None:
    assert acquired(PullStore(items), clock) == PullState(fencing=1)


def test_what_is_released_is_what_the_next_run_gets(items: type[SyncItem], clock: Clock) -> None:
    store = PullStore(items)
    state = acquired(store, clock).with_feed("accounts", CURSOR)
    state = PullState(state.fencing, state.feeds, date(2026, 11, 24), "exact-unavailable")
    store.release(ACME, "accounts", state)
    again = acquired(store, clock)
    assert again.fencing == state.fencing + 1
    assert (again.feeds, again.reviewed_on, again.last_error) == (
        {"accounts": CURSOR},
        date(2026, 11, 24),
        "exact-unavailable",
    )


def test_while_one_run_holds_the_lease_no_other_gets_it(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    state = acquired(store, clock)
    store.save(ACME, "accounts", state)
    clock.advance(LEASE.total_seconds())
    assert store.acquire(ACME, "accounts", clock.now(), LEASE) is None


def test_the_lease_of_one_entity_or_connection_is_no_obstacle_for_another(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    acquired(store, clock)
    assert acquired(store, clock, "items").fencing == 1
    assert store.acquire(ConnectionId("other"), "accounts", clock.now(), LEASE) is not None


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_can_write_no_more(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    slow = acquired(store, clock)
    clock.advance(LEASE.total_seconds() + 1)
    quick = acquired(store, clock).with_feed("accounts", CURSOR)
    store.save(ACME, "accounts", quick)
    for write in (store.save, store.release):
        with pytest.raises(Retry) as overtaken:
            write(ACME, "accounts", slow)
        assert overtaken.value.code == "pull-overtaken"
    store.release(ACME, "accounts", quick)
    assert acquired(store, clock).feeds == {"accounts": CURSOR}


def test_a_lease_is_not_taken_on_a_state_that_another_run_has_moved_since(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    store.release(ACME, "accounts", acquired(store, clock))
    seen = store.read(ACME, "accounts", clock.now())
    other = acquired(store, clock)
    assert store.read(ACME, "accounts", clock.now()) is None
    store.release(ACME, "accounts", other)

    assert store.acquire(ACME, "accounts", clock.now(), LEASE, seen=seen) is None

    newest = store.read(ACME, "accounts", clock.now())
    assert store.acquire(ACME, "accounts", clock.now(), LEASE, seen=newest) is not None


def test_an_empty_retry_set_is_known_until_a_run_ends_otherwise_or_not_at_all(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    store.release(ACME, "accounts", replace(acquired(store, clock), nothing_parked=True))
    assert store.peek(ACME, "accounts").nothing_parked
    running = acquired(store, clock)
    assert running.nothing_parked
    store.save(ACME, "accounts", running)
    assert not store.peek(ACME, "accounts").nothing_parked

    store.release(ACME, "accounts", running)
    acquired(store, clock)  # this run crashes at once
    clock.advance(LEASE.total_seconds() + 1)

    assert not store.peek(ACME, "accounts").nothing_parked
    assert not acquired(store, clock).nothing_parked


def test_an_error_of_the_table_is_not_taken_for_a_lost_lease(aws: None, clock: Clock) -> None:
    del aws
    store = PullStore(sync_items("not-there", REGION))
    with pytest.raises(UpdateError):
        store.acquire(ACME, "accounts", clock.now(), LEASE)
    with pytest.raises(UpdateError):
        store.save(ACME, "accounts", PullState(fencing=1))


def test_an_item_of_a_later_release_is_read_as_far_as_it_is_known(
    items: type[SyncItem], clock: Clock
) -> None:
    feed = {"cursor": 7, "read_from": 6, "from_the_future": 1}
    data = {"feeds": {"accounts": feed}, "from_the_future": 1}
    items(connection_key(ACME), "PULL#accounts", data=data, fencing=3).save()
    state = acquired(PullStore(items), clock)
    assert (state.fencing, state.feed("accounts").cursor) == (4, 7)


def test_every_item_says_which_form_it_has(items: type[SyncItem], clock: Clock) -> None:
    acquired(PullStore(items), clock)
    assert items.get(connection_key(ACME), "PULL#accounts").schema == 1


def test_a_pull_at_rest_fits_in_one_unit_with_the_largest_cursors(
    items: type[SyncItem], clock: Clock
) -> None:  # P6
    store, day = PullStore(items), date(2026, 11, 24)
    far = SyncTimestamp(2**62)
    feed = FeedCursor(cursor=far, read_from=far, highest=far)
    state = replace(
        acquired(store, clock),
        feeds=dict.fromkeys(("contacts", "addresses", "accounts"), feed),
        division_moved_at="2021-03-06|2021-03-06",
        reviewed_on=day,
        division_checked_on=day,
        caught_up_on=day,
        changed_on=day,
        compared_on=day,
    )
    store.release(ACME, "accounts", state)

    raw = items.get(connection_key(ACME), "PULL#accounts").serialize()

    assert sum(len(str(each)) for each in raw.items()) < 1024
    assert store.peek(ACME, "accounts") == state


def test_all_pulls_of_a_connection_are_read_at_once(items: type[SyncItem], clock: Clock) -> None:
    store = PullStore(items)
    for entity in ("accounts", "items"):
        store.release(ACME, entity, acquired(store, clock, entity))

    assert {name: state.fencing for name, state in store.all_of(ACME).items()} == {
        "accounts": 1,
        "items": 1,
    }
    assert store.all_of(ConnectionId("beta")) == {}


def test_what_a_first_load_learned_of_the_pace_is_kept_until_it_has_caught_up(
    items: type[SyncItem], clock: Clock
) -> None:
    store = PullStore(items)
    learned = LearnedPace(calls_a_minute=642, refused_at=755)
    store.release(ACME, "accounts", replace(acquired(store, clock), pace=learned))

    goes_on = acquired(store, clock)

    assert goes_on.pace == learned
    assert goes_on.caught_up(clock.now().date()).pace is None
