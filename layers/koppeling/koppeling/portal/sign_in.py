"""Signing in by a mailed link. Nobody learns from the answer whether an address is known.

    address typed ──► counted ──► queued, known or not ──► the watch: known? ──► link, mail
    link opened ──► page with a button ──► link used up, session begins, told in the log

Opening a link does not use it up, since mail scanners open links. The button does.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.people import Person, same_mail
from koppeling.core.ports import Allowances, Queue
from koppeling.portal.access import Access
from koppeling.portal.destination import own_path
from koppeling.portal.messages import SignInRequest
from koppeling.portal.ports import PortalSessions
from koppeling.portal.session import (
    PORTAL_SESSION_LIFE,
    SIGN_IN_LINK_LIFE,
    PortalSession,
    SignInLink,
    digest_of,
    new_secret,
)

WITHIN = timedelta(hours=1)
MOST_FOR_AN_ADDRESS = 5
MOST_FROM_A_SOURCE = 30
# RFC 5321: no address is longer
_LONGEST_MAIL = 254


@dataclass(frozen=True, slots=True)
class SignIn:
    """Takes somebody from an address to a session."""

    access: Access
    sessions: PortalSessions
    allowances: Allowances
    queue: Queue
    log: Log
    now: Now

    def ask(self, mail: str, source: str, leads_to: str) -> None:
        """Have a link mailed if the address is known; the work is the same when it is not."""
        address = same_mail(mail)
        if "@" not in address or len(address) > _LONGEST_MAIL:
            return
        limits = ((source, MOST_FROM_A_SOURCE), (address, MOST_FOR_AN_ADDRESS))
        if all(self._take(of, limit) for of, limit in limits):
            request = SignInRequest(mail=address, leads_to=own_path(leads_to))
            self.queue.send([(request.as_message(), 0)])

    def _take(self, of: str, limit: int) -> bool:
        hashed = hashlib.sha256(of.encode()).hexdigest()
        return self.allowances.take(f"sign-in/{hashed}", limit, WITHIN, self.now())

    def link(
        self, mail: str, *, leads_to: str = "", made_by: str = "", only: ConnectionId | None = None
    ) -> str:
        """Make a link for an address, and return the secret that goes into it."""
        secret = new_secret()
        ends_at = self.now() + SIGN_IN_LINK_LIFE
        link = SignInLink(digest_of(secret), same_mail(mail), ends_at, leads_to, made_by, only)
        self.sessions.add_link(link)
        return secret

    def invitation(self, secret: str) -> SignInLink | None:
        """Return a link that works; it stays as it is."""
        return self.sessions.link(digest_of(secret), self.now())

    def enter(self, secret: str) -> tuple[str, str] | None:
        """Use a link up; returns the id of the session, and where its reader goes.

        None when the link does not work, or this person belongs to no connection any more.
        """
        link = self.sessions.use_link(digest_of(secret), self.now())
        if link is None:
            return None
        session_id = new_secret()
        ends_at = self.now() + PORTAL_SESSION_LIFE
        session = PortalSession(digest_of(session_id), link.mail, ends_at, only=link.only)
        seen = list(self.access.all(session))
        if not seen:
            return None
        connections = tuple(connection.id for connection, _ in seen)
        self.sessions.begin(
            PortalSession(session.digest, session.mail, ends_at, connections, link.only)
        )
        for connection, person in seen:
            self.log.add(self._entry(connection, person, link))
        return session_id, link.leads_to

    def _entry(self, connection: Connection, person: Person, link: SignInLink) -> LogEntry:
        made_by: Mapping[str, str] = {"made_by": link.made_by} if link.made_by else {}
        return LogEntry(
            connection=connection.id,
            at=self.now(),
            kind=LogKind.SIGN_IN,
            what="signed-in-by-qics" if link.made_by else "signed-in",
            who=person.mail,
            role=person.role,
            values=made_by,
        )
