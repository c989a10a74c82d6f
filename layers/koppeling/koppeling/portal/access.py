"""Who is signed in, and what this person may see now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person, Role
from koppeling.core.ports import Connections
from koppeling.portal.page import NoSuchPage
from koppeling.portal.ports import PeopleIndex, PortalSessions
from koppeling.portal.session import PortalSession, digest_of

# As the schema of a configuration has it: no other text is worth a read
_ID = re.compile("[a-z0-9][a-z0-9_-]{2,63}")


@dataclass(frozen=True, slots=True)
class Access:
    """Reads sessions, and the rights of who signed in: each time from the connection itself."""

    sessions: PortalSessions
    people: PeopleIndex
    connections: Connections
    now: Now

    def session(self, session_id: str) -> PortalSession | None:
        """Return the session of a cookie; None when there is none or it has ended."""
        if not session_id:
            return None
        return self.sessions.session(digest_of(session_id), self.now())

    def enter(self, session: PortalSession, connection_id: str) -> tuple[Connection, Person]:
        """Return a connection, and who this person is there.

        Raises:
            NoSuchPage: there is no such connection, or it is not this person's (S8).
        """
        found = _ID.fullmatch(connection_id)
        connection = self.connections.get(ConnectionId(connection_id)) if found else None
        person = None if connection is None else person_of(session, connection)
        if connection is None or person is None:
            raise NoSuchPage(connection_id)
        return connection, person

    def all(self, session: PortalSession) -> Iterator[tuple[Connection, Person]]:
        """Return every connection that a session may see now."""
        named = [session.only] if session.only else self.people.connections_of(session.mail)
        for connection in self.connections.several(named):
            person = person_of(session, connection)
            if person is not None:
                yield connection, person

    def seats(self, mail: str) -> Iterator[tuple[Connection, Person]]:
        """Return the connections that know an address, and who has it there."""
        for connection in self.connections.several(self.people.connections_of(mail)):
            person = connection.person(mail)
            if person is not None:
                yield connection, person


def person_of(session: PortalSession, connection: Connection) -> Person | None:
    """Return who a session is at a connection; None when it may not see it."""
    if session.only is None:
        return connection.person(session.mail)
    if session.only != connection.id:
        return None
    # A colleague of Qics helps out, on this connection alone
    return Person(session.mail, Role.DECIDE)
