"""Logins: which of a connection's token chains work, and for which a login is needed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from koppeling.auth.token_pair import TokenState
from koppeling.core.connection import Connection

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

NEVER = "NEVER"
EXPIRED = "EXPIRED"
# X17; QicsMilestones publishes no lifetime of a login (M11)
_KNOWN_LIFETIME = frozenset({"exact"})


@dataclass(frozen=True, slots=True)
class Login:
    """What is known of one login, without its tokens. `state` is NEVER before the first login."""

    provider: str
    user: str
    state: str
    granted_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def works(self) -> bool:
        """Say whether the link can go on with it."""
        return self.state not in {NEVER, EXPIRED, TokenState.RECONNECT}


def logins(stack: "Stack", connection: Connection) -> list[Login]:
    """Return the logins of a connection, in the order in which they are asked for."""
    found: list[Login] = []
    for provider, key in stack.token_keys(connection).items():
        facts = stack.stores.tokens.facts(key)
        if facts is None:
            found.append(Login(provider, key.user, NEVER))
            continue
        ends_at = facts.ends_at if provider in _KNOWN_LIFETIME else None
        is_over = ends_at is not None and ends_at <= stack.now()
        state = EXPIRED if is_over else facts.state.value
        found.append(Login(provider, key.user, state, facts.granted_at, ends_at))
    return found


def providers_to_ask(found: list[Login]) -> tuple[str, ...]:
    """Return where a login is needed; when all of them work, every one, to log in anew."""
    needed = tuple(login.provider for login in found if not login.works)
    return needed or tuple(login.provider for login in found)
