"""Daily watch over all token chains, so that none ends unnoticed.

chain ──► no connection uses it? leave it
      ──► ended? notify its connections, once
      ──► unused for seven days? refresh it (X17, R30)
      ──► still unused and about to end? open a problem and notify, 21, 14, 7 and 2 days ahead
      ──► used again? close that problem

A chain whose refresh fails does not stop the others. A chain that is not due is never decrypted.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from koppeling.auth.ports import LoginConnections, TokenChains
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core.clock import Deadline, Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Reauthorise
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.watch.notifier import EXPIRES, KeyOf, Notifier

# R2: one token call and the writes around it
CHAIN_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class WatchedChain:
    """A chain, what is known of it, and the connections that use it."""

    facts: ChainFacts
    connections: list[Connection]

    @property
    def subject(self) -> str:
        """The subject of its problems."""
        return f"login/{self.facts.key.provider}"


@dataclass(slots=True)
class _Counts:
    """What this run did, and how often each error code occurred."""

    done: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def add_failure(self, code: str) -> None:
        self.done["failed"] += 1
        self.failures[code] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWatch:
    """Keeps all token chains of a stack alive, and warns before one ends.

    `keep_alive` refreshes a chain that was unused for seven days and says whether it did.
    `reconnect` holds, by provider, the code that says that a login is needed.
    """

    chains: TokenChains
    keep_alive: Callable[[TokenKey], bool]
    connections: LoginConnections
    key_of: KeyOf
    problems: Problems
    notifier: Notifier
    reconnect: Mapping[str, str]
    now: Now

    def run(self, deadline: Deadline) -> Summary:
        """Check every chain that is in use, the longest unused first."""
        users = self._users()
        counts = _Counts()
        self._complete_index(counts)
        outcome = "done"
        for facts in sorted(self.chains.all_facts(), key=lambda each: each.granted_at):
            if not deadline.allows_call(CHAIN_SECONDS):
                outcome = "time-ran-out"
                break
            counts.done["chains"] += 1
            if facts.key in users:
                self._check(WatchedChain(facts, users[facts.key]), counts)
            else:
                counts.done["unused"] += 1
        detail = " ".join(f"{code} {count}" for code, count in sorted(counts.failures.items()))
        return Summary("watch", outcome, detail=detail, counts=dict(counts.done))

    def _complete_index(self, counts: _Counts) -> None:
        """Note whose logins connections use that an earlier release saved (R40)."""
        try:
            self.connections.complete_index()
        except Exception as error:  # noqa: BLE001 - without it every connection is read, as before
            counts.add_failure(type(error).__name__)

    def _users(self) -> dict[TokenKey, list[Connection]]:
        found: dict[TokenKey, list[Connection]] = {}
        for connection in self.connections.all():
            for provider in self.reconnect:
                found.setdefault(self.key_of(provider, connection), []).append(connection)
        return found

    def _check(self, chain: WatchedChain, counts: _Counts) -> None:
        try:
            if self._refresh_if_idle(chain, counts):
                self._warn_of_expiry(chain, counts)
            else:
                self._notify_lost(chain, counts)
        except Exception as error:  # noqa: BLE001 - one chain must not stop the others
            counts.add_failure(type(error).__name__)

    def _refresh_if_idle(self, chain: WatchedChain, counts: _Counts) -> bool:
        """Refresh a chain that is due; returns whether the chain still exists."""
        if chain.facts.state is TokenState.RECONNECT:
            return False
        if not chain.facts.is_idle(self.now()):
            return True
        try:
            if self.keep_alive(chain.facts.key):
                counts.done["refreshed"] += 1
        except Reauthorise:
            return False
        except Consequence as failure:
            counts.add_failure(failure.code)
        return True

    def _notify_lost(self, chain: WatchedChain, counts: _Counts) -> None:
        """Notify that a login is needed; this replaces the warning that one will be needed."""
        counts.done["reconnect"] += 1
        newest = self._newest(chain.facts)
        code = self.reconnect[newest.key.provider]
        for connection in chain.connections:
            if self.notifier.on_chain_lost(newest, connection, code):
                counts.done["told"] += 1
        if newest.expiry_told:
            self._close(chain)

    def _warn_of_expiry(self, chain: WatchedChain, counts: _Counts) -> None:
        newest = self._newest(chain.facts)
        days = newest.told_ahead(self.now())
        if days is None or newest.key.provider != "exact":  # M11: no end is known elsewhere
            if newest.expiry_told:
                self._close(chain)
            return
        counts.done["expiring"] += 1
        if not newest.expiry_told:  # noted before the problems open: after a crash they still close
            self.chains.note_expiry(newest.key, told=True)
        values = {
            "until": today(newest.ends_at).isoformat(),
            "date": today(newest.granted_at).isoformat(),
        }
        idempotency_key = f"{newest.granted_at.isoformat()}/{days}"
        for connection in chain.connections:
            self.problems.open(Problem(connection.id, chain.subject, EXPIRES, values))
            if self.notifier.send(connection, EXPIRES, values, idempotency_key):
                counts.done["told"] += 1

    def _newest(self, facts: ChainFacts) -> ChainFacts:
        """Read the facts again after a refresh was tried; otherwise they are still current."""
        idle = facts.is_idle(self.now())
        return (self.chains.facts(facts.key) if idle else None) or facts

    def _close(self, chain: WatchedChain) -> None:
        for connection in chain.connections:
            self.problems.close(connection.id, chain.subject)
        self.chains.note_expiry(chain.facts.key, told=False)
