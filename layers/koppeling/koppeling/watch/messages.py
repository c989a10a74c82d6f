"""The messages of the watch: a login, a connection or a person to look after."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.auth.token_pair import TokenKey
from koppeling.core.ids import ConnectionId
from koppeling.watch.ports import MorningReader

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


@dataclass(frozen=True, slots=True)
class LostLoginRound:
    """A login that a run found lost; `once` tells this loss from the next one."""

    key: TokenKey
    code: str
    once: str

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        login = LoginRound(self.key).as_message()
        return {**login, _ROUND: "lost-login", "code": self.code, "once": self.once}


@dataclass(frozen=True, slots=True)
class FirstLoadRound:
    """A connection of which an entity was read to its end for the first time."""

    connection: ConnectionId

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        return {_ROUND: "first-load", "connection": self.connection}


@dataclass(frozen=True, slots=True)
class MorningRound:
    """A person for whom something waited this morning, by the digest of the address."""

    reader: MorningReader

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        reader = self.reader
        connections = " ".join(reader.connections)
        return {_ROUND: "morning", "person": reader.digest, "connections": connections}


type Round = LoginRound | ConnectionRound | LostLoginRound | FirstLoadRound | MorningRound
"""Something to look after in an invocation of its own."""


def round_of(body: str) -> Round | None:
    """Parse a body; None for one that is no message of a round, such as a pair of tokens."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found: Round | None = None
    match message:
        case {"round": "connection", "connection": str(connection)}:
            found = ConnectionRound(ConnectionId(connection))
        case {"round": "first-load", "connection": str(connection)}:
            found = FirstLoadRound(ConnectionId(connection))
        case {"round": "morning", "person": str(person), "connections": str(listed)}:
            connections = tuple(ConnectionId(each) for each in listed.split())
            found = MorningRound(MorningReader(person, connections))
        case {"provider": str(provider), "user": str(user), "host": str(host)}:
            found = _of_login(message, TokenKey(provider, user, host))
        case _:
            pass
    return found


def _of_login(message: Mapping[str, Any], key: TokenKey) -> Round | None:
    match message:
        case {"round": "login"}:
            return LoginRound(key)
        case {"round": "lost-login", "code": str(code), "once": str(once)}:
            return LostLoginRound(key, code, once)
        case _:
            return None
