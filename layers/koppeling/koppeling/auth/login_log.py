"""What the log of a connection tells of its logins: that somebody logged in, and that one ended."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from koppeling.auth.token_pair import TokenKey
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.problems import login_subject

LOGGED_IN, LOGIN_LOST = "logged-in", "login-lost"

type OnChainLost = Callable[[TokenKey], object]
"""Takes note that a chain has ended."""


def login_entry(connection: ConnectionId, key: TokenKey, what: str, at: datetime) -> LogEntry:
    """Return the line for one connection; the user is that of the link, and no person of it."""
    subject = login_subject(key.provider)
    return LogEntry(connection, at, LogKind.LOGIN, what, subject=subject, values={"user": key.user})


def noted_nowhere(key: TokenKey) -> None:
    """Take no note."""
    del key


@dataclass(frozen=True, slots=True)
class LostLogins:
    """Tells the log of every connection of a user that its chain has ended."""

    using: Callable[[TokenKey], Iterable[Connection]]
    log: Log
    now: Now

    def note(self, key: TokenKey) -> None:
        """Write the lines; the chain ends once, so there is one for each connection.

        Never raises: what waits for the token is told that the login ended, with a line or without.
        """
        with suppress(Exception):
            for connection in self.using(key):
                self.log.add(login_entry(connection.id, key, LOGIN_LOST, self.now()))
