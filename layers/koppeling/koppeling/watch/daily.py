"""Watch: once a day every token chain is looked at, so that none ends unnoticed.

chain ──► no connection uses it? leave it
      ──► ended? tell its connections, if they were not told
      ──► unused for seven days? refresh it (X17, R30)
      ──► still unused, and its end is near? a problem and a mail, 21, 14, 7 and 2 days ahead
      ──► used again? close that problem

A chain whose refresh fails stops no other, and none is opened that needs no refresh.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core.clock import Deadline, Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Reauthorise
from koppeling.core.ports import Connections, Problems
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.watch.notifier import EXPIRES, KeyOf

# R2: a token call, and what surrounds it
CHAIN_SECONDS = 40.0


class Chains(Protocol):
    """What may be told of chains."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return it for one."""
        ...

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return it for all."""
        ...

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note whether problems are open because a chain will end."""
        ...


class Chain(Protocol):
    """A chain that can be refreshed."""

    def keep_alive(self) -> bool:
        """Refresh it when nobody used it for seven days."""
        ...


class Warnings(Protocol):
    """Tells customers what waits for them."""

    def send(self, connection: Connection, code: str, values: Mapping[str, str], once: str) -> bool:
        """Send one warning, unless it was told before."""
        ...

    def on_chain_lost(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        """Tell one connection that its chain has ended."""
        ...


@dataclass(frozen=True, slots=True)
class WatchedChain:
    """A chain, what is known of it, and the connections that use it."""

    facts: ChainFacts
    connections: list[Connection]

    @property
    def subject(self) -> str:
        """Return under which subject its problems stand."""
        return f"login/{self.facts.key.provider}"


@dataclass(slots=True)
class _Counts:
    """What a day's watch did, and the codes of what went wrong."""

    done: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


class DailyWatch:
    """Looks after all chains of a stack."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        *,
        chains: Chains,
        open_chain: Callable[[TokenKey], Chain],
        connections: Connections,
        key_of: KeyOf,
        problems: Problems,
        notifier: Warnings,
        reconnect: Mapping[str, str],
        now: Now,
    ) -> None:
        self._chains = chains
        self._open_chain = open_chain
        self._connections = connections
        self._key_of = key_of
        self._problems = problems
        self._notifier = notifier
        self._reconnect = reconnect
        self._now = now

    def run(self, deadline: Deadline) -> Summary:
        """Look after every chain that is used, the longest unused first."""
        users = self._users()
        counts = _Counts()
        outcome = "done"
        for facts in sorted(self._chains.all_facts(), key=lambda each: each.granted_at):
            if not deadline.allows_call(CHAIN_SECONDS):
                outcome = "time-ran-out"
                break
            counts.done["chains"] += 1
            if facts.key in users:
                self._look_after(WatchedChain(facts, users[facts.key]), counts)
            else:
                counts.done["unused"] += 1
        detail = " ".join(f"{code} {count}" for code, count in sorted(counts.failures.items()))
        return Summary("watch", outcome, detail=detail, counts=dict(counts.done))

    def _users(self) -> dict[TokenKey, list[Connection]]:
        found: dict[TokenKey, list[Connection]] = {}
        for connection in self._connections.all():
            for provider in self._reconnect:
                found.setdefault(self._key_of(provider, connection), []).append(connection)
        return found

    def _look_after(self, chain: WatchedChain, counts: _Counts) -> None:
        try:
            if self._is_alive(chain, counts):
                self._look_ahead(chain, counts)
            else:
                self._tell_gone(chain, counts)
        except Exception as error:  # noqa: BLE001 - whatever one chain meets, the others go on
            counts.done["failed"] += 1
            counts.failures[type(error).__name__] += 1

    def _is_alive(self, chain: WatchedChain, counts: _Counts) -> bool:
        """Refresh a chain if it is due, and say whether there still is one."""
        if chain.facts.state is TokenState.RECONNECT:
            return False
        if not chain.facts.is_idle(self._now()):
            return True
        try:
            if self._open_chain(chain.facts.key).keep_alive():
                counts.done["refreshed"] += 1
        except Reauthorise:
            return False
        except Consequence as later:
            counts.done["failed"] += 1
            counts.failures[later.code] += 1
        return True

    def _tell_gone(self, chain: WatchedChain, counts: _Counts) -> None:
        """Tell that a login is needed; a warning that it soon would be is over with that."""
        counts.done["reconnect"] += 1
        provider = chain.facts.key.provider
        newest = self._newest(chain.facts)
        for connection in chain.connections:
            if self._notifier.on_chain_lost(newest, connection, self._reconnect[provider]):
                counts.done["told"] += 1
        if newest.expiry_told:
            self._close(chain)

    def _look_ahead(self, chain: WatchedChain, counts: _Counts) -> None:
        newest = self._newest(chain.facts)
        days = newest.told_ahead(self._now())
        if days is None or newest.key.provider != "exact":  # M11: elsewhere no end is known
            if newest.expiry_told:
                self._close(chain)
            return
        counts.done["expiring"] += 1
        if not newest.expiry_told:  # noted first: what is open must be found again
            self._chains.note_expiry(newest.key, told=True)
        values = {
            "until": today(newest.ends_at).isoformat(),
            "date": today(newest.granted_at).isoformat(),
        }
        once = f"{newest.granted_at.isoformat()}/{days}"
        for connection in chain.connections:
            self._problems.open(Problem(connection.id, chain.subject, EXPIRES, values))
            if self._notifier.send(connection, EXPIRES, values, once):
                counts.done["told"] += 1

    def _newest(self, facts: ChainFacts) -> ChainFacts:
        """Return what is known after a refresh; nothing of the others has changed since."""
        idle = facts.is_idle(self._now())
        return (self._chains.facts(facts.key) if idle else None) or facts

    def _close(self, chain: WatchedChain) -> None:
        for connection in chain.connections:
            self._problems.close(connection.id, chain.subject)
        self._chains.note_expiry(chain.facts.key, told=False)
