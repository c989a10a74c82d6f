"""The mails that people ask for on the pages: a link to sign in, a test, a link to log in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koppeling.core import rendering
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.letter import Letter, MailLink, quoted
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.mail import Mailer, MailNotTaken, OutgoingMail
from koppeling.core.people import Person
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.portal.access import Access
from koppeling.portal.messages import (
    LoginLinkRequest,
    MailRequest,
    SignInRequest,
    TrialMailRequest,
)
from koppeling.portal.session import SIGN_IN_LINK_LIFE

# The queue itself would bring a message back after more than an hour
TRIED_AGAIN_SECONDS = 30
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Mailing:
    """A mail, and the lines that tell of it in the logs of connections."""

    mail: OutgoingMail
    lines: tuple[LogEntry, ...]


@dataclass(frozen=True, slots=True)
class AskedMails:
    """Sends them. A link is made when its mail is sent, so that none ever lies in a queue.

    Each is told in the log of every connection that it is about, without its link.

    `sign_in_link` makes one of an address and where it leads to, `login_link` one of a connection
    and the systems to log in at, `page` is the address of a page of a connection.
    """

    access: Access
    sign_in_link: Callable[[str, str], str]
    login_link: Callable[[ConnectionId, tuple[str, ...]], str]
    page: Callable[[str, str], str]
    mailer: Mailer
    queue: Queue
    log: Log
    now: Now

    def send(self, asked: MailRequest) -> Summary:
        """Send a mail to whom it is for, if there is such a person."""
        sent, noted = 0, True
        try:
            for each in self._mails(asked):
                self.mailer.send(each.mail)
                sent += 1
                noted &= self._is_noted(each)
        except MailNotTaken as failure:
            if failure.is_final or sent or asked.tries >= _TRIES:
                return _summary("not-mailed", asked)
            self.queue.send([(asked.again().as_message(), TRIED_AGAIN_SECONDS)])
            return _summary("later", asked)
        if not noted:
            return _summary("not-noted", asked)
        return _summary("mailed" if sent else "unknown", asked)

    def _is_noted(self, mailing: _Mailing) -> bool:
        try:
            for line in mailing.lines:
                self.log.add(line)
        except Exception:  # noqa: BLE001 - a missing line is better than a second mail
            return False
        return True

    def _line(self, connection: Connection, what: str, person: Person, who: str = "") -> LogEntry:
        """Return a line; nobody knows `who` typed an address on a page before signing in."""
        role = person.role if who else ""
        told = {"to": person.mail}
        return LogEntry(connection.id, self.now(), LogKind.MAIL, what, who, role, values=told)

    def _mails(self, asked: MailRequest) -> Iterator[_Mailing]:
        match asked:
            case SignInRequest():
                seats = list(self.access.seats(asked.mail))
                if seats:
                    _, reader = seats[0]
                    link = self.sign_in_link(reader.mail, asked.leads_to)
                    lines = (self._line(each, "mailed-sign-in", who) for each, who in seats)
                    yield _Mailing(sign_in_mail(reader, link), tuple(lines))
            case TrialMailRequest():
                connection = self._connection(asked.connection)
                person = None if connection is None else connection.person(asked.mail)
                if connection is not None and person is not None:
                    mail = trial_mail(person, connection, self.page(connection.id, ""))
                    line = self._line(connection, "mailed-test", person, person.mail)
                    yield _Mailing(mail, (line,))
            case LoginLinkRequest():
                yield from self._login_links(asked)
            case _:
                raise TypeError(asked.kind)

    def _login_links(self, asked: LoginLinkRequest) -> Iterator[_Mailing]:
        connection = self._connection(asked.connection)
        providers = tuple(asked.providers.split())
        if connection is None:
            return
        for person in connection.everybody:
            if person.may_decide:
                link = self.login_link(connection.id, providers)
                line = self._line(connection, "mailed-login-link", person)
                yield _Mailing(login_link_mail(person, connection, link), (line,))

    def _connection(self, name: str) -> Connection | None:
        return self.access.connections.get(ConnectionId(name))


def sign_in_mail(person: Person, link: str) -> OutgoingMail:
    """Return the mail with a link that signs in."""
    minutes = str(int(SIGN_IN_LINK_LIFE.total_seconds()) // 60)
    return _mail("sign-in", person, link, {"minutes": minutes})


def trial_mail(person: Person, connection: Connection, page: str) -> OutgoingMail:
    """Return the mail that shows that mail arrives."""
    return _mail("trial", person, page, {"administration": quoted(connection.administration_name)})


def login_link_mail(person: Person, connection: Connection, link: str) -> OutgoingMail:
    """Return the mail with a link to log in at both systems, or at one of them."""
    return _mail(
        "login-link", person, link, {"administration": quoted(connection.administration_name)}
    )


def _mail(kind: str, person: Person, link: str, values: dict[str, str]) -> OutgoingMail:
    texts = rendering.load(f"portal/{kind}-mail", person.language)
    first, *others = [rendering.fill(line, values) for line in texts["text"]]
    button = MailLink(rendering.fill(texts["button"], {}), link)
    letter = Letter(rendering.fill(texts["subject"], {}), (first, button, *others), person.language)
    return letter.mail(person.mail, kind)


def _summary(outcome: str, asked: MailRequest) -> Summary:
    return Summary("warning", outcome, detail=asked.kind)
