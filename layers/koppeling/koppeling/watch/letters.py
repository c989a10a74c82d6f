"""Letters to the people of one connection: about a login, the first load, and a long pause."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from koppeling.auth.session import TICKET_LIFE
from koppeling.core import catalogue, rendering
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.letter import Letter, MailLink, MailList, Piece, quoted
from koppeling.core.mail import MailKind
from koppeling.core.people import Person
from koppeling.watch.postman import Reader

EXPIRES = "exact-consent-expires-soon"
FIRST_LOAD = "first-load-done"
PAUSED = "paused-for-a-week"
# The provider at which a login solves a problem; the mail carries a link to that login
LOGIN_AT: Mapping[str, str] = {
    "exact-reconnect-needed": "exact",
    "milestones-reconnect-needed": "milestones",
    EXPIRES: "exact",
}
KINDS: Mapping[str, MailKind] = {
    **dict.fromkeys(LOGIN_AT, MailKind.LOGIN),
    FIRST_LOAD: MailKind.FIRST_LOAD,
    PAUSED: MailKind.PAUSED,
}


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters.

    `login_link` makes the link of a login, which works once. Only who may decide gets it; where
    nobody may, everybody does, or the link would wait for ever.
    """

    portal_url: str
    login_link: Callable[[ConnectionId, tuple[str, ...]], str]

    def page(self, connection: ConnectionId, path: str) -> str:
        """Return the address of a page of a connection, to which one comes after signing in."""
        place = (self.portal_url, quote(connection, safe=""), path)
        return "/".join(part for part in place if part)

    def preferences(self, connection: ConnectionId) -> str:
        """Return the address of the page on which people choose their mails."""
        return self.page(connection, "connection")

    def letter(self, reader: Reader, code: str, values: Mapping[str, str]) -> Letter:
        """Return a letter to one person about a code."""
        write = {FIRST_LOAD: self._first_load, PAUSED: self._paused}.get(code)
        if write is not None:
            return write(reader.connections[0], reader.person, values)
        return self._login(reader, code, values)

    def _login(self, reader: Reader, code: str, values: Mapping[str, str]) -> Letter:
        """Tell of a login; it serves all connections of its user, so the link of one will do."""
        person, connection = reader.person, reader.connections[0]
        known = {"exact_user": quoted(connection.exact_user), **values}
        title = catalogue.title(code, person.language, known)
        pieces = (
            title,
            catalogue.body(code, person.language, known),
            *self._way_out(reader, code),
        )
        texts, count = rendering.load("mail/login", person.language), len(reader.connections)
        several = rendering.fill(texts["administrations"], {"count": str(count)})
        name = quoted(connection.administration_name) if count == 1 else several
        subject = f"{title.rstrip('.')} ({name})"
        return self._of(connection, person, subject, pieces)

    def _way_out(self, reader: Reader, code: str) -> Iterator[Piece]:
        person, connection, provider = reader.person, reader.connections[0], LOGIN_AT[code]
        texts = rendering.load("mail/login", person.language)
        if may_act(connection, person):
            yield MailLink(texts["reconnect"], self.login_link(connection.id, (provider,)))
            is_exact = provider == "exact"
            user = connection.exact_user if is_exact else connection.milestones_user
            days = str(TICKET_LIFE.days)
            yield rendering.fill(texts["log_in_as"], {"user": quoted(user), "days": days})
        else:
            yield rendering.fill(texts["who_can"], {"names": deciders(connection)})
        yield texts["about"]
        about = reader.connections
        yield MailList(
            tuple(f"{quoted(each.administration_name)} ({each.division})" for each in about)
        )

    def _first_load(
        self, connection: Connection, person: Person, values: Mapping[str, str]
    ) -> Letter:
        del values
        texts, name = _texts("first-load", connection, person)
        pieces: tuple[Piece, ...] = (
            rendering.fill(texts["done"], name),
            texts["next"],
            MailLink(texts["look"], self.page(connection.id, "")),
        )
        return self._of(connection, person, rendering.fill(texts["subject"], name), pieces)

    def _paused(self, connection: Connection, person: Person, values: Mapping[str, str]) -> Letter:
        texts, name = _texts("paused", connection, person)
        since = rendering.moment(values.get("since", ""), person.language)
        can = may_act(connection, person)
        who = rendering.fill(texts["who_can"], {"names": deciders(connection) or texts["qics"]})
        pieces: tuple[Piece, ...] = (
            rendering.fill(texts["paused"], {**name, "since": since}),
            texts["resume"] if can else who,
            MailLink(texts["look"], self.page(connection.id, "")),
        )
        return self._of(connection, person, rendering.fill(texts["subject"], name), pieces)

    def _of(
        self, connection: Connection, person: Person, subject: str, pieces: tuple[Piece, ...]
    ) -> Letter:
        return Letter(subject, pieces, person.language, self.preferences(connection.id))


def may_act(connection: Connection, person: Person) -> bool:
    """Say whether a letter asks this person to act: everybody, where nobody may decide."""
    return person.may_decide or not deciders(connection)


def deciders(connection: Connection) -> str:
    """Return the addresses of those who may decide, for a person who may only look."""
    return ", ".join(quoted(each.mail) for each in connection.everybody if each.may_decide)


def _texts(
    name: str, connection: Connection, person: Person
) -> tuple[Mapping[str, Any], dict[str, str]]:
    texts = rendering.load(f"mail/{name}", person.language)
    return texts, {"name": quoted(connection.administration_name)}
