"""The messages of the round queue: one login, or one connection, for the watch to look after."""

import json
from dataclasses import dataclass

from koppeling.auth.token_pair import TokenKey
from koppeling.core.ids import ConnectionId

_ROUND = "round"


@dataclass(frozen=True, slots=True)
class LoginRound:
    """A token chain to keep alive, or whose users have to be told."""

    key: TokenKey

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        key = self.key
        return {_ROUND: "login", "provider": key.provider, "user": key.user, "host": key.host}


@dataclass(frozen=True, slots=True)
class ConnectionRound:
    """A connection whose invoices are looked after."""

    connection: ConnectionId

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        return {_ROUND: "connection", "connection": self.connection}


def round_of(body: str) -> LoginRound | ConnectionRound | None:
    """Parse a body; None for one that is no message of a round, such as a pair of tokens."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"round": "login", "provider": str(provider), "user": str(user), "host": str(host)}:
            return LoginRound(TokenKey(provider, user, host))
        case {"round": "connection", "connection": str(connection)}:
            return ConnectionRound(ConnectionId(connection))
        case _:
            return None
