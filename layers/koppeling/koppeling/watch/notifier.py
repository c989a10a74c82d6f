"""Notifications: a customer gets a mail when the link needs a login, or soon will.

claim ──► write the mail, with a login link ──► send ──► mark as sent
  │ sent before, or being sent                    │ failed: the claim is released

Each notification is sent once, for each login that is lost. It is marked after it was sent, because
a mail that comes twice is better than none: when a process dies in between, its claim expires and
the next process sends the mail again. The claim keeps two functions from sending at the same time.

A notification never harms the work that led to it. A failure is reported, and the next run or the
daily watch tries again.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from koppeling.auth.ports import LoginConnections, TokenChains
from koppeling.auth.session import TICKET_LIFE
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core import catalogue
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.core.text import cut
from koppeling.watch.ports import NotificationLog

type KeyOf = Callable[[str, Connection], TokenKey]
"""Returns the key of the token chain that a connection uses at a provider."""

LANGUAGE = "nl"
EXPIRES = "exact-consent-expires-soon"
# The provider at which a login solves a problem; the mail carries a link to that login
LOGIN_AT: Mapping[str, str] = {
    "exact-reconnect-needed": "exact",
    "milestones-reconnect-needed": "milestones",
    EXPIRES: "exact",
}
SUBJECT_LENGTH = 100  # what SNS takes
# How many other connections of the user the run notifies; the rest is left to their own runs
AT_ONCE = 50


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One mail. It has no repr, because its body holds a login link."""

    connection: ConnectionId
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Mails customers when the link needs a login."""

    log: NotificationLog
    send_mail: Callable[[Mail], None]
    login_link: Callable[[ConnectionId, tuple[str, ...]], str]
    connections: LoginConnections
    chains: TokenChains
    key_of: KeyOf
    report: Callable[[Summary], Summary]
    now: Now

    def send(
        self, connection: Connection, code: str, values: Mapping[str, str], idempotency_key: str
    ) -> bool:
        """Send a notification unless it was sent before; returns whether a mail went out."""
        if not self.log.claim(connection.id, code, idempotency_key):
            return False
        try:
            self.send_mail(mail_of(connection, code, values, self._link(connection, code)))
        except Exception as error:  # noqa: BLE001 - a failing mail must not stop the work
            self.log.release(connection.id, code, idempotency_key)
            self.report(_summary("not-mailed", connection.id, f"{code} {type(error).__name__}"))
            return False
        self.log.mark_sent(connection.id, code, idempotency_key)
        self.report(_summary("mailed", connection.id, code))
        return True

    def on_login_lost(self, connection_id: ConnectionId, code: str) -> None:
        """Notify a connection, and then the others of its OAuth user, that a login is needed.

        A user that never logged in gets no mail: somebody sends that first login link by hand.
        """
        try:
            self._notify_login_lost(connection_id, code)
        except Exception as error:  # noqa: BLE001 - the run goes on as it would without a mail
            self.report(_summary("failed", connection_id, f"{code} {type(error).__name__}"))

    def on_chain_lost(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        """Notify one connection that its chain has ended, once for each login."""
        return self.send(connection, code, {}, facts.granted_at.isoformat())

    def _notify_login_lost(self, connection_id: ConnectionId, code: str) -> None:
        connection = self.connections.get(connection_id)
        if connection is None or code not in LOGIN_AT:
            return
        key = self.key_of(LOGIN_AT[code], connection)
        facts = self.chains.facts(key)
        if facts is None or not self._notify(facts, connection, code):
            return
        others = (other for other in self.connections.using(key) if other.id != connection_id)
        for other in islice(others, AT_ONCE):
            self._notify(facts, other, code)

    def _notify(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        if facts.state is TokenState.RECONNECT:
            return self.on_chain_lost(facts, connection, code)
        # X22: refused twice although the chain looks well. Each refresh moves `granted_at`, so the
        # day limits the mails
        return self.send(connection, code, {}, today(self.now()).isoformat())

    def _link(self, connection: Connection, code: str) -> str | None:
        provider = LOGIN_AT.get(code)
        return None if provider is None else self.login_link(connection.id, (provider,))


def _summary(outcome: str, connection: ConnectionId, detail: str) -> Summary:
    return Summary("warning", outcome, connection, detail=detail)


def mail_of(connection: Connection, code: str, values: Mapping[str, str], link: str | None) -> Mail:
    """Return the mail: what is wrong, how to solve it, and which administration it is about."""
    known = {"exact_user": connection.exact_user, **values}
    title = catalogue.title(code, LANGUAGE, known)
    text = catalogue.text(code, LANGUAGE, known).removeprefix(title).strip()
    # A mail has no markup, so the marks around the names of buttons go
    parts = [title, text.replace("*", "")]
    if link is not None:
        parts.append(f"Opnieuw verbinden:\n{link}")
        parts.append(
            f"Log in als {_user(connection, code)}. De link werkt één keer en verloopt na"
            f" {TICKET_LIFE.days} dagen."
        )
    name, number = connection.administration_name, connection.division
    parts.append(f"Administratie: {name} ({number})\nKoppeling: {connection.id}")
    subject = f"{title.rstrip('.')} ({connection.administration_name})"
    return Mail(connection.id, cut(_ascii(subject), SUBJECT_LENGTH), "\n\n".join(parts) + "\n")


def _user(connection: Connection, code: str) -> str:
    exact = LOGIN_AT.get(code) == "exact"
    return connection.exact_user if exact else connection.milestones_user


def _ascii(text: str) -> str:
    """Return a text in ASCII, as a subject must be: letters lose their accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())
