"""Daily watch over all token chains and connections, so that nothing ends or waits unnoticed.

once a day ──► one message for each chain that needs a look, and one for each connection

chain ──► no connection uses it? leave it
      ──► ended? notify its connections, once
      ──► unused for seven days? refresh it (X17, R30)
      ──► still unused and about to end? open a problem and notify, 21, 14, 7 and 2 days ahead
      ──► used again? close that problem

connection ──► blocked invoices are offered again, unseen documents are told

Each message is an invocation of its own: one that fails or takes its time keeps no other waiting. A
chain that is not due is never decrypted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from koppeling.auth.ports import LoginConnections, TokenChains
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Reauthorise
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems, Queue
from koppeling.core.problems import Problem, is_lost_login, login_subject
from koppeling.core.summary import Summary
from koppeling.watch.letters import EXPIRES
from koppeling.watch.messages import ConnectionRound, LoginRound
from koppeling.watch.notifier import Notifier


@dataclass(frozen=True, slots=True)
class WatchedChain:
    """A chain, what is known of it, and the connections that use it."""

    facts: ChainFacts
    connections: list[Connection]

    @property
    def subject(self) -> str:
        """The subject of its problems."""
        return login_subject(self.facts.key.provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWatch:
    """Keeps all token chains of a stack alive, and warns before one ends.

    `keep_alive` refreshes a chain that was unused for seven days and says whether it did. `looks`
    look after a connection. `reconnect` holds, by provider, the code that says that a login is
    needed.
    """

    chains: TokenChains
    keep_alive: Callable[[TokenKey], bool]
    connections: LoginConnections
    looks: Callable[[ConnectionId], Iterable[Summary]]
    problems: Problems
    notifier: Notifier
    queue: Queue
    reconnect: Mapping[str, str]
    now: Now

    def complete_index(self) -> Summary:
        """Note whose logins connections use that an earlier release saved (R40)."""
        return Summary("logins", "looked", counts={"noted": self.connections.complete_index()})

    def fan_out(self) -> Summary:
        """Queue what there is to look after today, the longest unused chain first."""
        logins = self.queue.send((each.as_message(), 0) for each in self._logins())
        connections = self.queue.send(
            (ConnectionRound(each.id).as_message(), 0) for each in self.connections.listed()
        )
        counts = {"logins": logins, "connections": connections}
        return Summary("watch", "queued", counts=counts)

    def handle(self, message: LoginRound | ConnectionRound) -> Iterator[Summary]:
        """Look after one login or one connection."""
        if isinstance(message, LoginRound):
            yield self.check_login(message.key)
        else:
            yield from self.looks(message.connection)

    def check_login(self, key: TokenKey) -> Summary:
        """Keep one chain alive, or tell the connections that use it."""
        facts = self.chains.facts(key)
        if facts is None:
            return Summary("watch", "gone")
        counts: Counter[str] = Counter()
        chain = WatchedChain(facts, self.connections.using(key))
        failure = ""
        if not chain.connections:
            counts["unused"] += 1
        elif self._is_alive(chain, counts):
            failure = self._refresh_if_idle(chain, counts)
            chain = WatchedChain(self._newest(facts), chain.connections)
            if self._is_alive(chain, counts):
                self._warn_of_expiry(chain, counts)
        return Summary("watch", "looked", detail=failure, counts=dict(counts))

    def _logins(self) -> Iterator[LoginRound]:
        now = self.now()
        for facts in sorted(self.chains.all_facts(), key=lambda each: each.granted_at):
            is_lost = facts.state is TokenState.RECONNECT
            if is_lost or facts.expiry_told or facts.is_idle(now):
                yield LoginRound(facts.key)

    def _is_alive(self, chain: WatchedChain, counts: Counter[str]) -> bool:
        """Say whether a chain still exists; otherwise notify its connections."""
        if chain.facts.state is not TokenState.RECONNECT:
            return True
        self._notify_lost(chain, counts)
        return False

    def _refresh_if_idle(self, chain: WatchedChain, counts: Counter[str]) -> str:
        """Refresh a chain that is due; returns the code of what kept it from being refreshed."""
        if not chain.facts.is_idle(self.now()):
            return ""
        try:
            counts["refreshed"] += self.keep_alive(chain.facts.key)
        except Reauthorise as lost:
            # The chain has ended, which its facts say from now on
            self.notifier.report(Summary("warning", "lost", detail=lost.code))
            return ""
        except Consequence as failure:
            return failure.code
        return ""

    def _notify_lost(self, chain: WatchedChain, counts: Counter[str]) -> None:
        """Notify that a login is needed; this replaces the warning that one will be needed."""
        counts["reconnect"] += 1
        newest = chain.facts
        code, once = self.reconnect[newest.key.provider], newest.granted_at.isoformat()
        for connection in chain.connections:
            self._open_lost(chain, connection, code)
        counts["told"] += self.notifier.on_login(newest.key, chain.connections, code, {}, once)
        if newest.expiry_told:
            self._close(chain)

    def _open_lost(self, chain: WatchedChain, connection: Connection, code: str) -> None:
        """Open the one problem of a login that ended, in place of those of an earlier release.

        That one opened it for each entity (R40). A paused connection would not tell otherwise.
        """
        values = {"exact_user": connection.exact_user}
        self.problems.open(Problem(connection.id, chain.subject, code, values))
        for problem in list(self.problems.opened(connection.id)):
            if problem.code == code and problem.subject != chain.subject:
                self.problems.close(connection.id, problem.subject, is_lost_login)

    def _warn_of_expiry(self, chain: WatchedChain, counts: Counter[str]) -> None:
        newest = chain.facts
        days = newest.told_ahead(self.now())
        if days is None or newest.key.provider != "exact":  # M11: no end is known elsewhere
            if newest.expiry_told:
                self._close(chain)
            return
        counts["expiring"] += 1
        if not newest.expiry_told:  # noted before the problems open: after a crash they still close
            self.chains.note_expiry(newest.key, told=True)
        values = {
            "until": today(newest.ends_at).isoformat(),
            "date": today(newest.granted_at).isoformat(),
        }
        once = f"{newest.granted_at.isoformat()}/{days}"
        for connection in chain.connections:
            self.problems.open(Problem(connection.id, chain.subject, EXPIRES, values))
        told = self.notifier.on_login(newest.key, chain.connections, EXPIRES, values, once)
        counts["told"] += told

    def _newest(self, facts: ChainFacts) -> ChainFacts:
        """Read the facts again after a refresh was tried; otherwise they are still current."""
        idle = facts.is_idle(self.now())
        return (self.chains.facts(facts.key) if idle else None) or facts

    def _close(self, chain: WatchedChain) -> None:
        for connection in chain.connections:
            self.problems.close(connection.id, chain.subject, _is_of_expiry)
        self.chains.note_expiry(chain.facts.key, told=False)


def _is_of_expiry(problem: Problem) -> bool:
    return problem.code == EXPIRES
