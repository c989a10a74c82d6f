"""X17, R26, R29, R30: an unused chain stays alive, and a lease covers the call alone."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from koppeling.auth.oauth import TOKEN_TIMEOUT
from koppeling.auth.token_chain import CALL_WITHIN, LEASE
from koppeling.auth.token_pair import (
    KEEP_ALIVE_AFTER,
    ChainFacts,
    ChainRules,
    Grant,
    TokenKey,
    TokenPair,
    TokenState,
)
from koppeling.aws.dynamodb import table
from koppeling.core.errors import Defer, Reauthorise, Retry
from tests.unit.auth.fakes import KEY, NOON, RECONNECT, FakeEndpoint, FakeStore, a_world

DAY = 86_400
WEEK = KEEP_ALIVE_AFTER.total_seconds()


@dataclass(slots=True)
class NotedStore:
    """A store that notes its calls. It can fail in `prepare`, or be slow to lease."""

    store: FakeStore
    order: list[str] = field(default_factory=list)
    fails: str = ""
    slow: Callable[[], object] = lambda: None

    def prepare(self, key: TokenKey) -> None:
        """Note the call, or fail."""
        self.order.append("seal")
        if self.fails == "seal":
            raise Retry("token-key-unavailable")
        self.store.prepare(key)

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the newest pair."""
        return self.store.get(key)

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease."""
        self.order.append("lease")
        pair = self.store.lease(key, now, length)
        self.slow()
        return pair

    def save(self, pair: TokenPair) -> None:
        """Save."""
        self.order.append("save")
        self.store.save(pair)


@dataclass(slots=True)
class NotedEndpoint:
    """An endpoint that notes its calls. It can fail in `prepare`."""

    endpoint: FakeEndpoint
    order: list[str] = field(default_factory=list)
    fails: str = ""

    def prepare(self, key: TokenKey) -> None:
        """Note the call, or fail."""
        self.order.append("app")
        if self.fails == "app":
            raise Retry("exact-unavailable")
        self.endpoint.prepare(key)

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Call."""
        self.order.append("call")
        return self.endpoint.refresh(key, refresh_token)


def test_a_chain_that_was_used_within_seven_days_is_left_alone() -> None:
    world = a_world()
    world.until(WEEK - 1)
    assert not world.chain().keep_alive()
    assert (world.endpoint.sent, world.store.leases) == ([], 0)


def test_a_chain_that_nobody_used_for_seven_days_is_refreshed_under_the_lease() -> None:
    world = a_world()
    world.until(WEEK)
    assert world.chain().keep_alive()
    assert world.endpoint.sent == ["refresh-0"]
    assert world.store.leases == 1
    assert world.stored().granted_at == world.clock.now()
    assert not world.chain().keep_alive()


def test_a_token_that_lives_for_weeks_is_refreshed_all_the_same() -> None:  # M11
    world = a_world()
    rules = ChainRules(margin=timedelta(seconds=60))
    long = Grant("access-0", "refresh-0", timedelta(days=60))
    world.store.pair = world.stored().renewed(long, NOON, rules)
    world.until(WEEK)
    assert world.stored().is_fresh(world.clock.now())
    assert world.chain(rules=rules).keep_alive()
    assert world.stored().access_token == "access-1"


def test_what_another_process_refreshed_meanwhile_is_not_refreshed_again() -> None:
    world = a_world()
    world.until(WEEK)
    world.store.lags_behind = world.stored()
    world.chain().token()
    assert world.chain().keep_alive()
    assert len(world.endpoint.sent) == 1


def test_a_chain_that_has_ended_is_not_called_for() -> None:
    world = a_world()
    world.until(WEEK)
    world.store.pair = replace(world.stored(), state=TokenState.RECONNECT)
    with pytest.raises(Reauthorise, match=RECONNECT):
        world.chain().keep_alive()
    assert world.endpoint.sent == []


def test_after_thirty_days_without_use_a_login_is_needed() -> None:
    world = a_world()
    world.until(31 * DAY)
    world.endpoint.answers = [Reauthorise(RECONNECT, "invalid_grant")]
    with pytest.raises(Reauthorise):
        world.chain().keep_alive()
    assert world.stored().state is TokenState.RECONNECT


def test_what_a_refresh_needs_is_fetched_before_the_lease_is_taken() -> None:
    """A slow answer of KMS or Secrets Manager must not use up the lease."""
    world = a_world()
    world.until(580)
    order: list[str] = []
    chain = world.chain_of(NotedStore(world.store, order), NotedEndpoint(world.endpoint, order))
    chain.token()
    assert order == ["seal", "app", "lease", "call", "save"]


def test_a_young_token_needs_nothing_to_be_fetched() -> None:
    world = a_world()
    world.until(579)
    world.chain().token()
    assert (world.store.prepared, world.endpoint.prepared_at) == (0, [])


@pytest.mark.parametrize("who", ["seal", "app"])
def test_what_cannot_be_fetched_puts_the_refresh_off_and_spends_no_token(who: str) -> None:
    world = a_world()
    world.until(580)
    store, endpoint = NotedStore(world.store, fails=who), NotedEndpoint(world.endpoint, fails=who)
    with pytest.raises(Retry):
        world.chain_of(store, endpoint).token()
    assert (world.endpoint.sent, world.store.lease_until) == ([], None)


def test_a_lease_that_grew_old_before_the_call_makes_none_and_is_given_back() -> None:  # DF23
    world = a_world()
    world.until(580)
    slow = NotedStore(world.store, slow=lambda: world.clock.advance(11))
    with pytest.raises(Defer, match="too old for a token call"):
        world.chain_of(slow, world.endpoint).token()
    assert world.endpoint.sent == []
    assert world.store.lease_until is None


def test_a_lease_that_was_taken_within_ten_seconds_is_young_enough() -> None:
    world = a_world()
    world.until(580)
    slow = NotedStore(world.store, slow=lambda: world.clock.advance(10))
    assert world.chain_of(slow, world.endpoint).token() == "access-1"
    assert timedelta(seconds=10) == CALL_WITHIN


def test_the_rest_of_the_lease_outlives_the_longest_call_and_the_saving_after_it() -> None:
    saving = (table.RETRIES + 1) * (table.CONNECT_SECONDS + table.READ_SECONDS)
    assert timedelta(seconds=sum(TOKEN_TIMEOUT) + saving) <= LEASE - CALL_WITHIN


@pytest.mark.parametrize(
    ("days_left", "ahead"),
    [(30, None), (21.1, None), (21, 21), (14.1, 21), (14, 14), (7, 7), (2.1, 7), (2, 2), (-3, 2)],
)
def test_people_are_warned_21_14_7_and_2_days_ahead(days_left: float, ahead: int | None) -> None:
    facts = ChainFacts(KEY, TokenState.ACTIVE, NOON, NOON + timedelta(days=30))
    moment = facts.ends_at - timedelta(days=days_left)
    assert facts.told_ahead(moment) == ahead
