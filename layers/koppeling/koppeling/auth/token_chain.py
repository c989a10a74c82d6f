"""A token that may be used now: one chain, one refresh at a time, saved before it is used.

read ──fresh──► use
  │ not fresh
  ▼
prepare: fetch what the call and saving need, so that the lease covers those two alone
  ▼
lease (with a fencing number; the lease answers with the newest pair)
  │ lost: wait a little, read again
  ▼
fresh by now? ──yes──► use
  │ no
  ▼
refresh ──► save ──► use
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from koppeling.auth.login_log import OnChainLost, noted_nowhere
from koppeling.auth.ports import Endpoint, TokenStore
from koppeling.auth.token_pair import (
    KEEP_ALIVE_AFTER,
    ChainRules,
    TokenKey,
    TokenPair,
    TokenState,
    TooEarly,
)
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry, Uncertain

# R26: longer than the longest token call (10 s to connect, 10 s to answer) and saving after it
LEASE = timedelta(seconds=45)
# The call must begin this soon after the lease, so that call and saving fit in what is left of it
CALL_WITHIN = timedelta(seconds=10)
# R26: wait this long for a refresh by another process, then put the work back on the queue
PATIENCE_SECONDS = 10
# No problem is opened for this code: nobody has to do anything
BUSY = "token-busy"
# X21: the single retry after a lost answer waits this long, in any worker
LOST_PAUSE = timedelta(seconds=60)
# X23: "too early" means that the current token works; refresh again after this
TOO_EARLY_PAUSE = timedelta(seconds=30)


@dataclass(slots=True, repr=False, eq=False)
class TokenChain:
    """The access tokens of one OAuth user; `reconnect` is the code for a chain that has ended.

    Each method raises:
        Reauthorise: there is no chain, or it has ended.
        Defer: another process is refreshing and takes long.
        Retry: the provider cannot be reached.
    """

    key: TokenKey
    store: TokenStore
    endpoint: Endpoint
    rules: ChainRules
    reconnect: str
    now: Now
    pause: Callable[[float], None]
    on_lost: OnChainLost = noted_nowhere
    _held: TokenPair | None = field(default=None, init=False)
    # The threads of a run share a chain: the second waits for the refresh by the first
    _one_at_a_time: Lock = field(default_factory=Lock, init=False)

    def token(self) -> str:
        """Return an access token that may be used now."""
        with self._one_at_a_time:
            if self._held is None or not self._held.is_fresh(self.now()):
                self._held = self._fresh(self._read())
            return self._held.access_token

    def renewed(self, refused: str) -> str:
        """Return another token after the provider refused one (X22).

        Raises:
            Defer: the provider does not allow a refresh yet (X14), so the work waits for it.
        """
        with self._one_at_a_time:
            self._held = self._after_refusal(self._read(), refused)
            return self._held.access_token

    def connected_at(self) -> datetime | None:
        """Return when the user last logged in; None when an earlier release stored that.

        It calls no provider. A login of the last minutes may not show yet, while a token of before
        it is in use.
        """
        with self._one_at_a_time:
            if self._held is None or not self._held.is_fresh(self.now()):
                self._held = self._read()
            return self._held.connected_at

    def keep_alive(self) -> bool:
        """Refresh a chain that was unused for seven days; return whether it was due (X17)."""
        with self._one_at_a_time:
            pair = self._read()
            if self.now() - pair.granted_at < KEEP_ALIVE_AFTER:
                return False
            # As if it had been refused: refresh even if it has weeks to live (M11)
            self._held = self._fresh(pair, refused=pair.access_token)
            return True

    def _after_refusal(self, pair: TokenPair, refused: str) -> TokenPair:
        if pair.access_token != refused:
            return pair
        earliest = pair.granted_at + (self.rules.earliest or timedelta())
        if self.now() < earliest:
            raise Defer(BUSY, pair.refresh_from, "token refused before it may be refreshed")
        return self._fresh(pair, refused)

    def _read(self) -> TokenPair:
        pair = self.store.get(self.key)
        if pair is None or pair.state is TokenState.RECONNECT:
            raise Reauthorise(self.reconnect, "no working chain", exact_user=self.key.user)
        return pair

    def _fresh(self, pair: TokenPair, refused: str | None = None) -> TokenPair:
        prepared = False
        for _ in range(PATIENCE_SECONDS):
            if pair.is_fresh(self.now()) and pair.access_token != refused:
                return pair
            if not prepared:
                self.store.prepare(self.key)
                self.endpoint.prepare(self.key)
                prepared = True
            taken_at = self.now()
            leased = self.store.lease(self.key, taken_at, LEASE)
            if leased is not None:
                return self._under_lease(leased, refused, taken_at)
            self.pause(1.0)
            pair = self._read()
        raise Defer(BUSY, self.now() + LEASE, "another process is refreshing")

    def _under_lease(self, pair: TokenPair, refused: str | None, taken_at: datetime) -> TokenPair:
        if pair.state is TokenState.RECONNECT:
            self.store.save(pair)
            raise Reauthorise(self.reconnect, "no working chain", exact_user=self.key.user)
        if pair.is_fresh(self.now()) and pair.access_token != refused:
            self.store.save(pair)
            return pair
        if self.now() - taken_at > CALL_WITHIN:
            # DF23: the call could outlast the lease, and another process could spend the same token
            self.store.save(pair)
            raise Defer(BUSY, self.now(), "the lease was too old for a token call")
        return self._refreshed(pair)

    def _refreshed(self, pair: TokenPair) -> TokenPair:
        if pair.state is TokenState.UNCERTAIN and self.now() < pair.refresh_from:
            self.store.save(pair)
            raise Defer(BUSY, pair.refresh_from, "a token call got no answer a moment ago")
        try:
            grant = self.endpoint.refresh(self.key, pair.refresh_token)
        except TooEarly:
            # Exact says that this token works, so the refresh whose answer was lost never happened
            later = self.now() + TOO_EARLY_PAUSE
            usable = replace(pair, refresh_from=later, state=TokenState.ACTIVE)
            self.store.save(usable)
            return usable
        except Uncertain as lost:
            raise self._unanswered(pair, lost) from lost
        except Reauthorise as ended:
            self._end(pair)
            raise Reauthorise(ended.code, ended.detail, exact_user=self.key.user) from ended
        except (Retry, Fatal):
            self.store.save(pair)
            raise
        renewed = pair.renewed(grant, self.now(), self.rules)
        self.store.save(renewed)
        return renewed

    def _unanswered(self, pair: TokenPair, lost: Uncertain) -> Consequence:
        """Store that a refresh got no answer: the old token may be tried once more (X21)."""
        if pair.state is TokenState.UNCERTAIN:
            self._end(pair)
            return Reauthorise(self.reconnect, lost.detail, exact_user=self.key.user)
        later = self.now() + LOST_PAUSE
        self.store.save(replace(pair, state=TokenState.UNCERTAIN, refresh_from=later))
        return Retry(lost.code, lost.detail)

    def _end(self, pair: TokenPair) -> None:
        self.store.save(replace(pair, state=TokenState.RECONNECT))
        self.on_lost(self.key)
