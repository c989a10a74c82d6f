"""What the pages need of the world."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from datetime import datetime
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.portal.session import PortalSession, SignInLink


class PeopleIndex(Protocol):
    """Which connections a person may belong to."""

    def connections_of(self, mail: str) -> list[ConnectionId]:
        """Return the connections of an address; a hint, which the connections themselves decide."""


class PortalSessions(Protocol):
    """Links that sign in, and the sessions that they opened."""

    def add_link(self, link: SignInLink) -> None:
        """Keep a link."""

    def link(self, digest: str, now: datetime) -> SignInLink | None:
        """Return a link that works; None for a used, expired or unknown one."""

    def use_link(self, digest: str, now: datetime) -> SignInLink | None:
        """Return a link that works, and use it up: this succeeds once."""

    def begin(self, session: PortalSession) -> None:
        """Keep a session."""

    def session(self, digest: str, now: datetime) -> PortalSession | None:
        """Return a session that has not ended."""

    def end(self, digest: str) -> None:
        """End a session."""
