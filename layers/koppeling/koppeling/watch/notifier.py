"""Warnings: a customer is told by mail when the link waits for a login, or soon will.

claim ──► write the mail, with a login link ──► send ──► note that it was told
  │ told before, or being told                    │ failed: the claim is given up

Each warning is told once. It is noted after it was sent, since a mail twice is better than a mail
lost: a process that dies between the two leaves a claim that ends by itself, and the next one
sends again. The claim keeps two functions that meet the same trouble at once from both telling.

A warning never harms the work that led to it: whatever fails here is reported, and tried again by
the next run or by the daily watch.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from koppeling.auth.session import TICKET_LIFE
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core import catalogue
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections
from koppeling.core.summary import Summary
from koppeling.core.text import cut

LANGUAGE = "nl"
EXPIRES = "exact-consent-expires-soon"
# Which login mends what; a warning with one of these codes carries the link to it
LOGIN_AT: Mapping[str, str] = {
    "exact-reconnect-needed": "exact",
    "milestones-reconnect-needed": "milestones",
    EXPIRES: "exact",
}
SUBJECT_LENGTH = 100  # what SNS takes


# So many other connections of a user are told in the run that found out; the rest by their own runs
AT_ONCE = 50


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One warning. It has no repr: its body holds a login link."""

    connection: ConnectionId
    subject: str
    body: str


class NotificationLog(Protocol):
    """What was told."""

    def claim(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        """Take a warning upon us; False when it was told, or is being told."""
        ...

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Note that it was told."""
        ...

    def release(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Leave it to whoever tries next."""
        ...


class Mailer(Protocol):
    """Sends mails."""

    def send(self, mail: Mail) -> None:
        """Send one."""
        ...


class Links(Protocol):
    """Makes login links."""

    def link(self, connection: ConnectionId, providers: tuple[str, ...], /) -> str:
        """Return the address at which a connection's administrator logs in."""
        ...


class Chains(Protocol):
    """What may be told of chains."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return it; None when this user never logged in."""
        ...


class KeyOf(Protocol):
    """Knows whose tokens a connection uses."""

    def __call__(self, provider: str, connection: Connection, /) -> TokenKey:
        """Return the key of its chain at a provider."""
        ...


class Notifier:
    """Tells customers what waits for them."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        *,
        log: NotificationLog,
        mailer: Mailer,
        login_links: Callable[[], Links],
        connections: Connections,
        chains: Chains,
        key_of: KeyOf,
        report: Callable[[Summary], Summary],
        now: Now,
    ) -> None:
        self._log = log
        self._mailer = mailer
        self._login_links = login_links
        self._connections = connections
        self._chains = chains
        self._key_of = key_of
        self._report = report
        self._now = now

    def send(self, connection: Connection, code: str, values: Mapping[str, str], once: str) -> bool:
        """Send one warning, unless it was told before; says whether a mail went out."""
        if not self._log.claim(connection.id, code, once):
            return False
        try:
            self._mailer.send(mail_of(connection, code, values, self._link(connection, code)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the work goes on
            self._log.release(connection.id, code, once)
            self._report(_summary("not-mailed", connection.id, f"{code} {type(error).__name__}"))
            return False
        self._log.mark_sent(connection.id, code, once)
        self._report(_summary("mailed", connection.id, code))
        return True

    def on_login_lost(self, connection_id: ConnectionId, code: str) -> None:
        """Tell every connection of an OAuth user that work waits for a login; the own one first.

        Of a user that never logged in nobody is told: that login link is sent by hand.
        """
        try:
            self._notify_login_lost(connection_id, code)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run ends as it would
            self._report(_summary("failed", connection_id, f"{code} {type(error).__name__}"))

    def on_chain_lost(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        """Tell one connection that its chain has ended, once for each login."""
        return self.send(connection, code, {}, facts.granted_at.isoformat())

    def _notify_login_lost(self, connection_id: ConnectionId, code: str) -> None:
        connection = self._connections.get(connection_id)
        if connection is None or code not in LOGIN_AT:
            return
        key = self._key_of(LOGIN_AT[code], connection)
        facts = self._chains.facts(key)
        if facts is None or not self._tell_of(facts, connection, code):
            return
        others = (
            other
            for other in self._connections.all()
            if other.id != connection_id and self._key_of(key.provider, other) == key
        )
        for _, other in zip(range(AT_ONCE), others, strict=False):
            self._tell_of(facts, other, code)

    def _tell_of(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        if facts.state is TokenState.RECONNECT:
            return self.on_chain_lost(facts, connection, code)
        # X22: refused twice although its chain looks well, and a refresh moves the grant: by day
        return self.send(connection, code, {}, today(self._now()).isoformat())

    def _link(self, connection: Connection, code: str) -> str | None:
        provider = LOGIN_AT.get(code)
        return None if provider is None else self._login_links().link(connection.id, (provider,))


def _summary(outcome: str, connection: ConnectionId, detail: str) -> Summary:
    return Summary("warning", outcome, connection, detail=detail)


def mail_of(connection: Connection, code: str, values: Mapping[str, str], link: str | None) -> Mail:
    """Write a warning: what is wrong, how to mend it, and which administration it is about."""
    known = {"exact_user": connection.exact_user, **values}
    title = catalogue.title(code, LANGUAGE, known)
    text = catalogue.text(code, LANGUAGE, known).removeprefix(title).strip()
    # The catalogue marks the names of buttons, which a mail shows as they are
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
    """Return a text in the signs that a subject may have, letters without their accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())
