"""Hands mails to people: who wants them, how many a day, and what becomes of each.

A person gets at most two mails a day. The second one is kept for a login that ended, so that it
never waits behind news. A mail counts only when it was taken, or when nobody knows: an answer of
SES that was lost may not bring the same mail every quarter of an hour.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.mail import Mailer, MailKind, MailNotTaken, OutgoingMail
from koppeling.core.people import Person, mail_digest, same_mail
from koppeling.core.preferences import MailChoice, MailPreferences
from koppeling.core.summary import Summary
from koppeling.watch.ports import MailAllowance


class Delivery(StrEnum):
    """What became of a mail: `later` may be tried again, `never` may not.

    `held-back`: this person got enough mails for today.
    """

    SENT = "sent"
    HELD_BACK = "held-back"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who gets a mail, and the connections that it is about."""

    person: Person
    connections: tuple[Connection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """Sends mails to the people of connections."""

    mailer: Mailer
    preferences: MailPreferences
    allowance: MailAllowance
    log: Log
    report: Callable[[Summary], Summary]
    now: Now

    def readers(self, connections: Iterable[Connection], kind: MailKind) -> list[Reader]:
        """Return the people of connections who get mails of a kind, each once."""
        found: dict[str, list[tuple[Person, Connection]]] = {}
        is_morning = kind is MailKind.MORNING
        choice = MailChoice.MORNING if is_morning else MailChoice.WARNINGS
        for connection in connections:
            for person in connection.everybody:
                if choice in self.preferences.wanted(connection.id, person.mail):
                    found.setdefault(same_mail(person.mail), []).append((person, connection))
        return [_reader(seats) for seats in found.values()]

    def deliver(self, mail: OutgoingMail, about: Iterable[ConnectionId]) -> Delivery:
        """Send a mail about connections, and tell it in the log of each."""
        connections = tuple(about)
        kind, day, digest = MailKind(mail.kind), today(self.now()), mail_digest(mail.to)
        if not self.allowance.take(digest, day, kind):
            return Delivery.HELD_BACK
        try:
            self.mailer.send(mail)
        except Exception as error:  # noqa: BLE001 - a failing mail must not stop the work
            if not (isinstance(error, MailNotTaken) and error.may_have_gone):
                self.allowance.give_back(digest, day, kind)
            return self._failed(error, connections, kind)
        for connection in connections:
            self._note(connection, mail)
        return Delivery.SENT

    def _failed(
        self, error: Exception, connections: tuple[ConnectionId, ...], kind: MailKind
    ) -> Delivery:
        """Report a mail that was not taken; only the reason of an adapter is known to be safe."""
        if isinstance(error, MailNotTaken):
            outcome = "undeliverable" if error.is_final else "not-mailed"
            self._report(outcome, connections, f"{kind} {error}")
            return Delivery.NEVER if error.is_final else Delivery.LATER
        self._report("not-mailed", connections, f"{kind} {type(error).__name__}")
        return Delivery.LATER

    def _note(self, connection: ConnectionId, mail: OutgoingMail) -> None:
        values = {"to": mail.to, "subject": mail.subject}
        entry = LogEntry(connection, self.now(), LogKind.MAIL, f"mailed-{mail.kind}", values=values)
        try:
            self.log.add(entry)
        except Exception as error:  # noqa: BLE001 - a missing line is better than a second mail
            self._report("not-noted", (connection,), type(error).__name__)

    def _report(self, outcome: str, connections: tuple[ConnectionId, ...], detail: str) -> None:
        for connection in connections:
            self.report(Summary("warning", outcome, connection, detail=detail))


def _reader(seats: list[tuple[Person, Connection]]) -> Reader:
    """Return a reader; where this person may decide comes first."""
    ordered = sorted(seats, key=lambda seat: not seat[0].may_decide)
    return Reader(ordered[0][0], tuple(connection for _, connection in ordered))
