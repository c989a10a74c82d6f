"""Logins in the browser: the ticket of a link, the session it opens, and one attempt in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from koppeling.core.administration import same_name
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

# A link waits in somebody's mailbox, over a holiday if need be
TICKET_LIFE = timedelta(days=14)
# Time to look up a password, to pass a second factor, and to try again
SESSION_LIFE = timedelta(minutes=30)
# S4: from the redirect to a login page until the callback
STATE_LIFE = timedelta(minutes=10)
# X13: the access token of a login lives for ten minutes, and judging it takes some of them
JUDGED_WITHIN = timedelta(minutes=8)
# S4: ids of sessions and attempts have 256 bits
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """An invitation to log in for one connection. Its `number` records that it was used."""

    connection: ConnectionId
    providers: tuple[str, ...]
    ends_at: datetime
    number: str
    issued_at: datetime | None = None

    def is_revoked(self, revoked_at: datetime | None) -> bool:
        """Say whether all links of this moment and before were revoked, this one among them."""
        # R40: a link of an earlier release lived for as long as any may
        issued_at = self.issued_at or self.ends_at - TICKET_LIFE
        return revoked_at is not None and issued_at <= revoked_at


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that opened a ticket. `digest` is the hash of the id in its cookie."""

    digest: str
    connection: ConnectionId
    providers: tuple[str, ...]
    ends_at: datetime

    def is_revoked(self, revoked_at: datetime | None) -> bool:
        """Say whether the link that opened it may be one of those that were revoked."""
        return revoked_at is not None and self.ends_at - SESSION_LIFE <= revoked_at

    def next_after(self, provider: str) -> str | None:
        """Return the login that follows this one; None when it was the last."""
        following = self.providers[self.providers.index(provider) + 1 :]
        return following[0] if following else None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One visit to a login page; `session` is the digest of the session it began in."""

    digest: str
    session: str
    connection: ConnectionId
    provider: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedInUser:
    """Who logged in at Exact, as `Me` tells."""

    user_name: str
    email: str
    current_division: int
    may_book: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a connection may know this user, as token chains are kept."""
        given = (same_name(self.user_name), same_name(self.email))
        return tuple(name for name in dict.fromkeys(given) if name)


def administration_of(connection: Connection) -> str:
    """Return the agreed administration as people read it: name and number."""
    return f"{connection.administration_name} ({connection.division})"
