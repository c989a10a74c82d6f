"""Logins: which of a connection's token chains work, and for which a login is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from koppeling.auth.token_pair import TokenKey, TokenState
from koppeling.cli.tasks.ports import Chains

NEVER = "NEVER"
EXPIRED = "EXPIRED"
_TELLS_AN_END = frozenset({"exact"})


@dataclass(frozen=True, slots=True)
class Login:
    """What is known of one login; it holds no token. `state` is NEVER without any login yet."""

    provider: str
    user: str
    state: str
    granted_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def works(self) -> bool:
        """Say whether the link can go on with it."""
        return self.state not in {NEVER, EXPIRED, TokenState.RECONNECT}


def logins(chains: Chains, keys: Mapping[str, TokenKey], now: datetime) -> list[Login]:
    """Return the logins of a connection, in the order in which they are asked for."""
    found: list[Login] = []
    for provider, key in keys.items():
        facts = chains.facts(key)
        if facts is None:
            found.append(Login(provider, key.user, NEVER))
            continue
        # X17; of QicsMilestones no life is public (M11), so none is shown
        ends_at = facts.ends_at if provider in _TELLS_AN_END else None
        is_over = ends_at is not None and ends_at <= now
        state = EXPIRED if is_over else facts.state.value
        found.append(Login(provider, key.user, state, facts.granted_at, ends_at))
    return found


def providers_to_ask(found: list[Login]) -> tuple[str, ...]:
    """Return where a login is needed; when all of them work, every one, for a login anew."""
    needed = tuple(login.provider for login in found if not login.works)
    return needed or tuple(login.provider for login in found)
