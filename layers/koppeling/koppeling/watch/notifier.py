"""Notifications: each of the people of a connection gets a mail about something that happened.

claim ──► a letter to each person ──► all of them have it ──► mark as sent
  │ sent before, or being sent   │ somebody has not: the claim is released, and tried again

Each notification reaches a person once. It is marked after it was sent, because a mail that comes
twice is better than none: when a process dies in between, its claim expires and the next process
sends the mail again. The claim keeps two functions from sending at the same time.

A notification never harms the work that led to it. A failure is reported and kept, and every look
of a quarter of an hour tries again. After three days it is given up, and that is reported too.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from koppeling.auth.ports import LoginConnections, TokenChains
from koppeling.auth.token_pair import TokenKey
from koppeling.core.clock import AMSTERDAM, Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import mail_digest
from koppeling.core.summary import Summary
from koppeling.watch.letters import KINDS, LOGIN_AT, PAUSED, Letters
from koppeling.watch.ports import DueMail, DueMails, NotificationLog
from koppeling.watch.postman import Delivery, Postman, Reader

type KeyOf = Callable[[str, Connection], TokenKey]
"""Returns the key of the token chain that a connection uses at a provider."""

_DIGEST_LENGTH = 32
# Nobody is woken by a mail that could not go out in the evening
_AGAIN = frozenset({Delivery.LATER, Delivery.HELD_BACK})
_FIRST_HOUR, _LAST_HOUR = 7, 20
# What could not be sent for so long is no news any more
_TRIED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Mails the people of connections, once for each occasion."""

    log: NotificationLog
    postman: Postman
    letters: Letters
    due: DueMails
    connections: LoginConnections
    chains: TokenChains
    key_of: KeyOf
    report: Callable[[Summary], Summary]
    now: Now

    def send(self, connection: Connection, code: str, values: Mapping[str, str], once: str) -> int:
        """Tell the people of one connection; returns how many mails went out."""
        due = DueMail(connection.id, code, once, values, self.now())
        return self._tell(connection.id, [connection], due)

    def on_login(
        self,
        key: TokenKey,
        connections: Iterable[Connection],
        code: str,
        values: Mapping[str, str],
        once: str,
    ) -> int:
        """Tell the people of all connections of a login; one who sees several gets one mail."""
        due = DueMail(login_id(key), code, once, values, self.now())
        return self._tell_users(key, connections, due)

    def on_login_lost(self, key: TokenKey, code: str, once: str) -> int:
        """Tell people that a login is needed; returns how many mails went out."""
        return self.on_login(key, self.connections.using(key), code, {}, once)

    def try_again(self) -> Summary:
        """Send what did not reach everybody, by day and as long as it is still true."""
        found = list(self.due.all()) if self._is_by_day() else []
        sent = 0
        for due in found:
            # First, since whoever sends it now and fails keeps it anew
            self.due.remove(due)
            connection = self.connections.get(due.connection)
            if self.now() - due.since >= _TRIED_FOR:
                self.report(_summary("given-up", due.connection, due.code))
            elif connection is not None:
                sent += self._send_again(due, connection)
        return Summary("mails", "looked", counts={"due": len(found), "sent": sent})

    def _send_again(self, due: DueMail, connection: Connection) -> int:
        """Send a mail if what it tells still holds: a login may have been made meanwhile."""
        if due.code not in LOGIN_AT:
            is_true = due.code != PAUSED or connection.paused
            return self._tell(connection.id, [connection], due) if is_true else 0
        key = self.key_of(LOGIN_AT[due.code], connection)
        facts, day = self.chains.facts(key), today(self.now()).isoformat()
        is_true = facts is not None and (
            due.once == day or due.once.startswith(facts.granted_at.isoformat())
        )
        if not is_true:
            return 0
        return self._tell_users(key, self.connections.using(key), due)

    def _tell_users(self, key: TokenKey, connections: Iterable[Connection], due: DueMail) -> int:
        """Send a letter about a login, of which the release before told each connection apart."""
        before = self.log.was_sent
        untold = [each for each in connections if not before(each.id, due.code, due.once)]
        if not untold:
            return 0
        return self._tell(login_id(key), untold, replace(due, connection=untold[0].id))

    def _tell(self, owner: ConnectionId, connections: list[Connection], due: DueMail) -> int:
        """Send a letter to each person whom this did not reach before."""
        before = self.log.claim(owner, due.code, due.once)
        if before is None:
            return 0
        reached, outcomes = set(before), list[Delivery]()
        try:
            for reader in self.postman.readers(connections, KINDS[due.code]):
                if mail_digest(reader.person.mail) not in reached:
                    outcomes.append(self._send_to(reader, due, reached))
        except Exception as error:  # noqa: BLE001 - a failing mail must not stop the work
            outcomes.append(Delivery.LATER)
            detail = f"{due.code} {type(error).__name__}"
            self.report(_summary("not-mailed", due.connection, detail))
        if not outcomes and not reached:
            # Whoever is named later still hears of it
            self.log.release(owner, due.code, due.once)
            self.report(_summary("nobody-to-tell", due.connection, due.code))
        elif _AGAIN.isdisjoint(outcomes):
            self.log.mark_sent(owner, due.code, due.once)
        else:
            self.log.release(owner, due.code, due.once, reached)
            self.due.add(due)
        sent = outcomes.count(Delivery.SENT)
        if sent:
            self.report(_summary("mailed", due.connection, due.code))
        return sent

    def _send_to(self, reader: Reader, due: DueMail, reached: set[str]) -> Delivery:
        kind = KINDS[due.code]
        letter = self.letters.letter(reader, due.code, due.values)
        about = [connection.id for connection in reader.connections]
        outcome = self.postman.deliver(letter.mail(reader.person.mail, kind), about)
        if outcome not in _AGAIN:
            reached.add(mail_digest(reader.person.mail))
        return outcome

    def _is_by_day(self) -> bool:
        return _FIRST_HOUR <= self.now().astimezone(AMSTERDAM).hour < _LAST_HOUR


def login_id(key: TokenKey) -> ConnectionId:
    """Return under what the mails about a login are kept: no connection can have such an id."""
    facts = f"{key.provider}\n{key.host}\n{key.user}"
    return ConnectionId(f"@login-{hashlib.sha256(facts.encode()).hexdigest()[:_DIGEST_LENGTH]}")


def _summary(outcome: str, connection: ConnectionId, detail: str) -> Summary:
    return Summary("warning", outcome, connection, detail=detail)
