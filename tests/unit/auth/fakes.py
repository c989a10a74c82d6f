"""A token store and a token endpoint in memory, with the conditions of the real ones."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.auth.ports import Endpoint, TokenStore
from koppeling.auth.token_chain import TokenChain
from koppeling.auth.token_pair import EXACT_CHAIN, ChainRules, Grant, TokenKey, TokenPair, TooEarly
from koppeling.core.errors import Consequence, Reauthorise, Retry
from tests.sandbox.common.clock import Clock

KEY = TokenKey("exact", "koppeling@veldhuis.example", "start.exactonline.nl")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RECONNECT = "exact-reconnect-needed"
LIFE = timedelta(seconds=600)


@dataclass(slots=True)
class FakeStore:
    """One chain: its newest pair, the lease on it, and everything that was saved."""

    pair: TokenPair | None
    lease_until: datetime | None = None
    leases: int = 0
    saved: list[TokenPair] = field(default_factory=list)
    prepared: int = 0
    lags_behind: TokenPair | None = None

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the newest pair, or an older one while the store lags behind."""
        if self.pair is not None and self.pair.key != key:
            raise LookupError(key)
        return self.lags_behind or self.pair

    def prepare(self, key: TokenKey) -> None:
        """Note that a refresh was prepared."""
        if key != KEY:
            raise LookupError(key)
        self.prepared += 1

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease."""
        if self.pair is None or self.pair.key != key:
            raise LookupError(key)
        if self.lease_until is not None and self.lease_until >= now:
            return None
        self.leases += 1
        self.lease_until = now + length
        self.pair = replace(self.pair, fencing=self.pair.fencing + 1)
        return self.pair

    def save(self, pair: TokenPair) -> None:
        """Write a pair under its fencing number."""
        if self.pair is None or pair.fencing != self.pair.fencing:
            raise Retry("token-overtaken")
        self.pair, self.lease_until = pair, None
        self.saved.append(pair)


@dataclass(slots=True)
class FakeEndpoint:
    """Exact's token endpoint: single-use refresh tokens and no refresh before 570 s.

    `answers` are errors for the next calls. One that is `None` lets the call through.
    """

    clock: Clock
    current: str = "refresh-0"
    granted_at: datetime = NOON
    asked_at: list[datetime] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    prepared_at: list[datetime] = field(default_factory=list)
    answers: list[Exception | None] = field(default_factory=list)
    loses_answers: bool = False
    during: Callable[[], None] = lambda: None

    def prepare(self, key: TokenKey) -> None:
        """Note that a call was prepared."""
        if key != KEY:
            raise LookupError(key)
        self.prepared_at.append(self.clock.now())

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Exchange a refresh token."""
        if key != KEY:
            raise LookupError(key)
        self.asked_at.append(self.clock.now())
        self.sent.append(refresh_token)
        self.during()
        error = self.answers.pop(0) if self.answers else None
        if error is not None and not self.loses_answers:
            raise error
        grant = self._granted(refresh_token)
        if error is not None:
            raise error
        return grant

    def _granted(self, refresh_token: str) -> Grant:
        if self.clock.now() < self.granted_at + timedelta(seconds=570):
            raise TooEarly
        if refresh_token != self.current:
            raise Reauthorise(RECONNECT, "Old refresh token used.")
        number = len(self.sent)
        self.current, self.granted_at = f"refresh-{number}", self.clock.now()
        return Grant(f"access-{number}", self.current, LIFE)


@dataclass(slots=True)
class World:
    """One chain that was granted at noon, its store, its provider and the time."""

    clock: Clock
    store: FakeStore
    endpoint: FakeEndpoint

    def chain(
        self, pause: Callable[[float], None] | None = None, rules: ChainRules = EXACT_CHAIN
    ) -> TokenChain:
        """Return the chain as one more process holds it."""
        return self.chain_of(self.store, self.endpoint, pause, rules)

    def chain_of(
        self,
        store: TokenStore,
        endpoint: Endpoint,
        pause: Callable[[float], None] | None = None,
        rules: ChainRules = EXACT_CHAIN,
    ) -> TokenChain:
        """Return the chain of a process that has a store and an endpoint of its own."""
        return TokenChain(
            KEY,
            store=store,
            endpoint=endpoint,
            rules=rules,
            reconnect=RECONNECT,
            now=self.clock.now,
            pause=pause or self.clock.advance,
        )

    def stored(self) -> TokenPair:
        """Return the pair in the store."""
        if self.store.pair is None:
            raise LookupError(KEY)
        return self.store.pair

    def until(self, seconds: float) -> None:
        """Set the clock to so many seconds after the first grant."""
        self.clock.freeze(NOON + timedelta(seconds=seconds))


def a_world() -> World:
    """Build the usual world, at the moment of the grant."""
    clock = Clock(frozen_at=NOON)
    empty = TokenPair(KEY, "", "", granted_at=NOON, refresh_from=NOON)
    first = empty.renewed(Grant("access-0", "refresh-0", LIFE), NOON, EXACT_CHAIN)
    return World(clock, FakeStore(first), FakeEndpoint(clock))


def refused(world: World) -> Consequence:
    """Return the consequence of asking for a token."""
    with pytest.raises(Consequence) as caught:
        world.chain().token()
    return caught.value
