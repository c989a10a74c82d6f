"""Two processes with one chain of tokens, stopped at any moment (DF9, DF23, DF24, R26 to R29)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from koppeling.auth.oauth import ANEW_WITHIN_SECONDS, EXACT, TOKEN_TIMEOUT, TokenEndpoint
from koppeling.auth.token_chain import LEASE, TokenChain
from koppeling.auth.token_pair import EXACT_CHAIN, Grant, TokenKey, TokenPair, TokenState
from koppeling.aws.dynamodb.table import CONNECT_SECONDS, READ_SECONDS, RETRIES
from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry
from tests.environment import Environment, environment
from tests.integration.effects import CrashError

TOKEN = "oauth2/token"
OLD_ENOUGH = 900
LEASE_OVER = LEASE.total_seconds() + 1


def nothing() -> None:
    """Do nothing."""


@dataclass(slots=True)
class Interrupted:
    """The token endpoint, with something that happens just before or just after its call."""

    endpoint: TokenEndpoint
    before: Callable[[], object] = nothing
    after: Callable[[], object] = nothing

    def prepare(self, key: TokenKey) -> None:
        """Fetch nothing: the credentials are at hand."""

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Return the next pair."""
        self.before()
        grant = self.endpoint.refresh(key, refresh_token)
        self.after()
        return grant


@dataclass(slots=True)
class Users:
    """The chain of one OAuth user of Exact, and the processes that use it."""

    env: Environment

    @property
    def key(self) -> TokenKey:
        """The key of the chain."""
        return TokenKey(EXACT.name, self.env.connection.exact_user, self.env.connection.exact_host)

    def process(
        self, before: Callable[[], object] = nothing, after: Callable[[], object] = nothing
    ) -> TokenChain:
        """Return the chain as a fresh process has it."""
        h = self.env
        endpoint = h.wiring.clients.endpoint(EXACT)
        return TokenChain(
            self.key,
            store=h.wiring.stores.tokens,
            endpoint=Interrupted(endpoint, before, after),
            rules=EXACT_CHAIN,
            reconnect=EXACT.reconnect,
            now=h.clock.now,
            pause=h.clock.advance,
        )

    def stored(self) -> TokenPair:
        """Return the stored pair."""
        pair = self.env.wiring.stores.tokens.get(self.key)
        assert pair is not None
        return pair

    def calls(self) -> list[tuple[int, datetime]]:
        """Return the token calls: their status and their moment."""
        calls = self.env.exact.journal.calls(lambda call: call.endpoint == TOKEN)
        return [(call.status, datetime.fromisoformat(call.at)) for call in calls]


@contextmanager
def users() -> Iterator[Users]:
    """Build an environment whose tokens are due for a refresh."""
    with environment(accounts=4) as h:
        h.clock.advance(OLD_ENOUGH)
        yield Users(h)


def test_who_asks_while_another_refreshes_waits_and_makes_no_call() -> None:  # DF9
    with users() as world:
        met: list[Consequence] = []

        def ask() -> None:
            with pytest.raises(Defer) as waiting:
                world.process().token()
            met.append(waiting.value)

        token = world.process(before=ask).token()

        assert [consequence.code for consequence in met] == ["token-busy"]
        assert [status for status, _ in world.calls()] == [200]
        assert world.process().token() == token


def test_who_lost_its_lease_in_the_middle_ends_no_chain() -> None:  # DF23, DF24, X24
    with users() as world:
        quicker: list[str] = []

        def let_another_go_first() -> None:
            world.env.clock.advance(LEASE_OVER)
            quicker.append(world.process().token())

        slow = world.process(before=let_another_go_first)
        with pytest.raises(Retry, match="token-overtaken"):
            slow.token()

        assert world.stored().state is TokenState.ACTIVE
        assert slow.token() == quicker[0]
        assert [status for status, _ in world.calls()] == [200, 401]


def test_the_token_that_is_sent_is_the_one_read_under_the_lease() -> None:  # DF24
    with users() as world:
        warm = world.process()
        warm.token()
        world.env.clock.advance(OLD_ENOUGH)
        newest = world.process().token()

        assert warm.token() == newest

        world.env.clock.advance(OLD_ENOUGH)
        warm.token()
        assert {status for status, _ in world.calls()} == {200}


def test_a_crash_between_the_answer_and_saving_shows_as_a_login_within_one_tick() -> None:  # R29
    with users() as world:

        def crash() -> None:
            raise CrashError("between the answer and saving")

        with pytest.raises(CrashError):
            world.process(after=crash).token()
        world.env.clock.advance(LEASE_OVER)

        with pytest.raises(Reauthorise):
            world.process().token()

        assert world.stored().state is TokenState.RECONNECT
        assert [status for status, _ in world.calls()] == [200, 401]


def test_a_crash_before_the_call_costs_a_lease_and_nothing_else() -> None:
    with users() as world:

        def crash() -> None:
            raise CrashError("before the call")

        with pytest.raises(CrashError):
            world.process(before=crash).token()
        with pytest.raises(Defer):
            world.process().token()
        world.env.clock.advance(LEASE_OVER)

        world.process().token()

        assert [status for status, _ in world.calls()] == [200]


def test_no_two_refreshes_come_within_570_seconds_whoever_asks_and_when() -> None:  # R27, DF7
    with users() as world:
        random = Random(1)  # noqa: S311 - it draws moments, not secrets
        processes = [world.process() for _ in range(4)]

        for _ in range(300):
            world.env.clock.advance(random.choice((1, 9, 60, 200, 569, 571)))
            random.choice(processes).token()

        statuses, moments = zip(*world.calls(), strict=True)
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert set(statuses) == {200}
        assert min(gaps) >= timedelta(seconds=570)


def test_the_lease_outlives_the_longest_token_call_and_the_saving_after_it() -> None:  # R26, DF23
    saving = (CONNECT_SECONDS + READ_SECONDS) * (1 + RETRIES)

    assert timedelta(seconds=sum(TOKEN_TIMEOUT) + saving) < LEASE
    # A call with credentials that were read anew begins a little later
    assert timedelta(seconds=ANEW_WITHIN_SECONDS + sum(TOKEN_TIMEOUT) + saving) < LEASE
