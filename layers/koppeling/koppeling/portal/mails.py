"""The mails that people ask for on the pages: a link to sign in, a test, a link to log in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koppeling.core import rendering
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.letter import Letter, MailLink, quoted
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
class AskedMails:
    """Sends them. A link is made when its mail is sent, so that none ever lies in a queue.

    `sign_in_link` makes one of an address and where it leads to, `login_link` one of a connection
    and the systems to log in at, `page` is the address of a page of a connection.
    """

    access: Access
    sign_in_link: Callable[[str, str], str]
    login_link: Callable[[ConnectionId, tuple[str, ...]], str]
    page: Callable[[str, str], str]
    mailer: Mailer
    queue: Queue

    def send(self, asked: MailRequest) -> Summary:
        """Send a mail to whom it is for, if there is such a person."""
        sent = 0
        try:
            for mail in self._mails(asked):
                self.mailer.send(mail)
                sent += 1
        except MailNotTaken as failure:
            if failure.is_final or sent or asked.tries >= _TRIES:
                return _summary("not-mailed", asked)
            self.queue.send([(asked.again().as_message(), TRIED_AGAIN_SECONDS)])
            return _summary("later", asked)
        return _summary("mailed" if sent else "unknown", asked)

    def _mails(self, asked: MailRequest) -> Iterator[OutgoingMail]:
        match asked:
            case SignInRequest():
                person = self.access.somebody(asked.mail)
                if person is not None:
                    yield sign_in_mail(person, self.sign_in_link(person.mail, asked.leads_to))
            case TrialMailRequest():
                connection = self._connection(asked.connection)
                person = None if connection is None else connection.person(asked.mail)
                if connection is not None and person is not None:
                    yield trial_mail(person, connection, self.page(connection.id, ""))
            case LoginLinkRequest():
                yield from self._login_links(asked)
            case _:
                raise TypeError(asked.kind)

    def _login_links(self, asked: LoginLinkRequest) -> Iterator[OutgoingMail]:
        connection = self._connection(asked.connection)
        providers = tuple(asked.providers.split())
        if connection is None:
            return
        for person in connection.everybody:
            if person.may_decide:
                link = self.login_link(connection.id, providers)
                yield login_link_mail(person, connection, link)

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
