"""What a login in the browser needs of the world, and what it answers."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from koppeling.auth.session import Attempt, LoggedInUser, Session, Ticket
from koppeling.auth.token_pair import ChainFacts, Grant, TokenKey, TokenPair
from koppeling.core.administration import Administration, Company
from koppeling.core.connection import Connection
from koppeling.core.errors import Reauthorise
from koppeling.core.ids import ConnectionId, Division


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """What a browser is shown next.

    `page` names its texts; a `code` of the catalogue brings texts of its own. `login` is the
    provider at which the button of the page begins a login. `redirect_to` is the login page to
    which the browser is passed on. `session` is the id of a session that has just begun. It has no
    repr: `ticket`, `session` and `redirect_to` are secrets.
    """

    page: str
    status: int = 200
    connection: Connection | None = None
    provider: str = ""
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
    login: str = ""
    ticket: str = ""
    session: str = ""
    redirect_to: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A login that is right: what to tell of it."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that is not the agreed one: the page that helps, or the code of the catalogue."""

    page: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Tickets(Protocol):
    """Reads tickets."""

    def read(self, text: str, connection: ConnectionId) -> Ticket | None:
        """Return a ticket of ours for this connection."""


class LoginSessions(Protocol):
    """Logins under way."""

    def is_used(self, ticket: Ticket) -> bool:
        """Say whether a ticket has opened a session."""

    def open_session(self, ticket: Ticket, session: Session) -> bool:
        """Use a ticket up for a session; False when it was used before."""

    def session(self, digest: str, now: datetime) -> Session | None:
        """Return a session that still lasts."""

    def begin(self, attempt: Attempt) -> None:
        """Keep an attempt."""

    def end(self, digest: str, now: datetime) -> Attempt | None:
        """Take an attempt that has come back, once."""

    def known(self, digest: str) -> Attempt | None:
        """Return an attempt whatever became of it."""


class TokenChains(Protocol):
    """The token chains."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what may be told of a chain; None when this user never connected."""

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return the facts of all chains."""

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note whether problems are open because a chain will end for want of use."""

    def prepare(self, key: TokenKey) -> None:
        """Fetch what sealing needs."""

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a chain after a login."""


class ExactProbe(Protocol):
    """Exact, as far as a fresh token shows it."""

    def logged_in_user(self, token: str) -> LoggedInUser:
        """Return who logged in."""

    def administration(
        self, token: str, visitor: LoggedInUser, agreed: Division
    ) -> Administration | None:
        """Return the agreed administration; None when this consent does not reach it."""


class MilestonesProbe(Protocol):
    """QicsMilestones, as far as a fresh token shows it."""

    def company(self, token: str, agreed: str) -> Company | None:
        """Return the agreed company; None when this user's role does not show it."""


class LoginVerifier(Protocol):
    """Decides whether a login is the agreed one, and keeps its tokens."""

    def prepare(self, connection: Connection) -> None:
        """Fetch what keeping a login needs."""

    def verify(self, connection: Connection, grant: Grant) -> Accepted | Refused:
        """Look around with a fresh token, and keep it if it is right."""


class LoginProvider(Protocol):
    """One provider of tokens, as a login meets it."""

    @property
    def verifier(self) -> LoginVerifier:
        """Return what decides about its logins."""

    def login_url(self, connection: Connection, state: str) -> str:
        """Return the login page for a connection."""

    def exchange(self, connection: Connection, code: str) -> Grant:
        """Exchange the code of a login for the first pair; see `oauth.exchange`."""


@dataclass(frozen=True, slots=True, repr=False)
class FreshToken:
    """A token of this minute: when it is refused, another one would be as well.

    `reconnect` is the code of its provider for that. It has no repr, so that no log can show it.
    """

    access_token: str
    reconnect: str

    def token(self) -> str:
        """Return it."""
        return self.access_token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - the port has it
        """Refuse to go on.

        Raises:
            Reauthorise: always.
        """
        raise Reauthorise(self.reconnect, "a fresh token was refused")
