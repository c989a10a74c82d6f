"""Hands what a run found out to the watch, which alone writes to people.

    pull or push: a login is lost ──► claimed once ──► queued ──► watch: mails of all connections
    pull: an entity was read for the first time ──► queued ──► watch: was it the last one?

So no other function may send mail or sign a login link.
"""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.auth.ports import LoginConnections, TokenChains
from koppeling.auth.token_pair import ChainFacts, TokenState
from koppeling.core.clock import Now, today
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.watch.letters import LOGIN_AT
from koppeling.watch.messages import FirstLoadRound, LostLoginRound
from koppeling.watch.notifier import KeyOf, login_id
from koppeling.watch.ports import NotificationLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Queues for the watch what people have to hear of, once for each occasion."""

    log: NotificationLog
    queue: Queue
    connections: LoginConnections
    chains: TokenChains
    key_of: KeyOf
    report: Callable[[Summary], Summary]
    now: Now

    def on_login_lost(self, connection_id: ConnectionId, code: str) -> None:
        """Have the connections of an OAuth user told that a login is needed.

        A user that never logged in gets no mail: somebody sends that first login link by hand.
        """
        try:
            self._hand_over(connection_id, code)
        except Exception as error:  # noqa: BLE001 - the run goes on as it would without a mail
            detail = f"{code} {type(error).__name__}"
            self.report(Summary("warning", "failed", connection_id, detail=detail))

    def on_first_load(self, connection_id: ConnectionId) -> None:
        """Have it looked at whether everything of a connection was read for the first time."""
        try:
            self.queue.send([(FirstLoadRound(connection_id).as_message(), 0)])
        except Exception as error:  # noqa: BLE001 - likewise
            detail = f"first load {type(error).__name__}"
            self.report(Summary("warning", "failed", connection_id, detail=detail))

    def _hand_over(self, connection_id: ConnectionId, code: str) -> None:
        connection = self.connections.get(connection_id)
        if connection is None or code not in LOGIN_AT:
            return
        key = self.key_of(LOGIN_AT[code], connection)
        facts = self.chains.facts(key)
        if facts is None:
            return
        user, once = login_id(key), occasion(facts, self.now)
        handed = f"handed-over/{code}"
        if self.log.claim(user, handed, once) is None:
            return
        try:
            self.queue.send([(LostLoginRound(key, code, once).as_message(), 0)])
        except Exception:
            self.log.release(user, handed, once)
            raise
        self.log.mark_sent(user, handed, once)
        self.report(Summary("warning", "handed-over", connection_id, detail=code))


def occasion(facts: ChainFacts, now: Now) -> str:
    """Return what tells one loss of a login from the next.

    X22: a chain may be refused although it looks well. Each refresh moves `granted_at`, so then the
    day limits the mails.
    """
    if facts.state is TokenState.RECONNECT:
        return facts.granted_at.isoformat()
    return today(now()).isoformat()
