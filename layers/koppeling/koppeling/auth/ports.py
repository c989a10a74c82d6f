"""What logins and token chains need of the world, and what a login answers."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from koppeling.auth.session import Attempt, LoggedInUser, Session, Ticket
from koppeling.auth.token_pair import ChainFacts, Grant, TokenKey, TokenPair
from koppeling.core.administration import Administration, Company
from koppeling.core.connection import Connection
from koppeling.core.errors import Reauthorise, Retry
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.ports import Connections


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """What a browser is shown next.

    `page` names its texts; a `code` of the catalogue brings texts of its own. `login` is the
    provider at which the button of the page starts a login. `redirect_to` is the login page to
    which the browser is sent. `session` is the id of a session that has just begun. `ask_anew` is
    the connection for which a new link may be asked for. There is no repr: `ticket`, `session` and
    `redirect_to` are secrets.
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
    ask_anew: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A login that is the agreed one, with the values that its page shows."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that is not the agreed one: the page that helps, or the code of the catalogue."""

    page: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class LoginSessions(Protocol):
    """Logins under way."""

    def is_used(self, ticket: Ticket) -> bool:
        """Say whether a ticket has opened a session."""

    def revoke(self, connection: ConnectionId, now: datetime) -> None:
        """Let every login link of a connection that was made until now work no more."""

    def revoked_at(self, connection: ConnectionId) -> datetime | None:
        """Return until when the links of a connection were revoked; None when none were."""

    def open_session(self, ticket: Ticket, session: Session) -> bool:
        """Use up a ticket for a session; False when it was used before."""

    def session(self, digest: str, now: datetime) -> Session | None:
        """Return a session that has not ended."""

    def begin(self, attempt: Attempt) -> None:
        """Store an attempt."""

    def end(self, digest: str, now: datetime) -> Attempt | None:
        """Return an attempt that has not ended, and end it: this works once."""

    def known(self, digest: str) -> Attempt | None:
        """Return an attempt, also one that has ended."""

    def note_connected(self, session: Session, provider: str) -> None:
        """Note that a login succeeded in a session."""

    def is_connected(self, session: Session, provider: str) -> bool:
        """Say whether a login succeeded in a session."""

    def put_aside(
        self, session: Session, provider: str, pair: "SealedPair", until: datetime
    ) -> None:
        """Keep the pair of a login that could not be judged yet."""

    def taken_up(self, session: Session, provider: str, now: datetime) -> "SealedPair | None":
        """Return that pair while it lasts."""

    def forget(self, session: Session, provider: str) -> None:
        """Keep it no longer."""


@dataclass(frozen=True, slots=True, repr=False)
class AppCredentials:
    """Who we are to a provider. There is no repr, so that no log can show it."""

    client_id: str
    client_secret: str
    redirect_uri: str | None = None


class Overtaken(Retry):
    """Another process has written a newer pair: ours is of no use any more."""


class HandOver(StrEnum):
    """What a pair came from that is handed on: a refresh, or a login."""

    REFRESH = "refresh"
    LOGIN = "login"


type SealedPair = dict[str, str]
"""A pair as a message carries it: encrypted as in the table."""


class TokenRelay(Protocol):
    """Hands a pair that could not be written on to another process."""

    def sealed(self, pair: TokenPair, hand_over: HandOver) -> SealedPair:
        """Return a pair as a message; raises Retry when KMS does not answer."""

    def send(self, sealed: SealedPair) -> None:
        """Send the message."""

    def opened(self, body: str) -> tuple[TokenPair, HandOver]:
        """Return the pair of a message; raises Fatal when it cannot be read."""


class TokenStore(Protocol):
    """The newest pair of each chain, and the lease on it."""

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the newest pair."""

    def prepare(self, key: TokenKey) -> None:
        """Fetch what saving needs."""

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease and return the newest pair; None while another process holds it."""

    def save(self, pair: TokenPair) -> None:
        """Write a pair and give the lease back, if its fencing number still holds it.

        A pair that follows the stored one is written whoever holds the lease: it is the newest.

        Raises:
            Overtaken: another process has written a newer pair.
        """


class FirstPairs(Protocol):
    """Where a chain begins, and what is known of it."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return the facts of a chain; None when this user never logged in."""

    def prepare(self, key: TokenKey) -> None:
        """Fetch what writing a pair needs."""

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a chain after a login.

        Raises:
            Overtaken: a later login has written a newer pair.
        """


class LoginTokens(FirstPairs, Protocol):
    """The tokens of logins; those of a login that could not be judged yet are kept sealed."""

    def sealed(self, pair: TokenPair) -> SealedPair:
        """Return a pair as it may be kept elsewhere; raises Retry without KMS."""

    def opened(self, sealed: SealedPair) -> TokenPair:
        """Return such a pair; raises Fatal when it cannot be read."""


class StoredTokens(TokenStore, FirstPairs, Protocol):
    """Everything that is done with stored tokens."""


class TokenChains(Protocol):
    """All token chains, without their tokens."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return the facts of a chain; None when this user never logged in."""

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return the facts of every chain."""

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note whether problems are open because a chain will expire."""


class LoginConnections(Connections, Protocol):
    """The connections, also by whose login they use."""

    def using(self, key: TokenKey) -> list[Connection]:
        """Return the connections that use a token chain."""

    def complete_index(self) -> int:
        """Note whose logins connections use, where that is missing; returns for how many."""


class Endpoint(Protocol):
    """Exchanges a refresh token for the next pair."""

    def prepare(self, key: TokenKey) -> None:
        """Fetch what the call needs, such as the credentials of our app."""

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Return the next pair; see `TokenEndpoint` in `auth.oauth` for what it raises."""


class ExactProbe(Protocol):
    """Exact, as far as a fresh token shows it. Its methods raise a Consequence."""

    def logged_in_user(self, token: str) -> LoggedInUser:
        """Return who logged in."""

    def administration(
        self, token: str, visitor: LoggedInUser, agreed: Division
    ) -> Administration | None:
        """Return the agreed administration; None when this consent does not reach it."""


class MilestonesProbe(Protocol):
    """QicsMilestones, as far as a fresh token shows it."""

    def companies(self, token: str, agreed: Collection[str]) -> Mapping[str, Company]:
        """Return those of the agreed companies, by number, that this user's role shows."""


@dataclass(frozen=True, slots=True, repr=False)
class FreshToken:
    """A token of this minute: when it is refused, another one would be as well.

    `reconnect` is the code of its provider for that. There is no repr, so that no log can show it.
    """

    access_token: str
    reconnect: str

    def token(self) -> str:
        """Return the token."""
        return self.access_token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - the port has it
        """Raise Reauthorise: there is no other token."""
        raise Reauthorise(self.reconnect, "a fresh token was refused")
