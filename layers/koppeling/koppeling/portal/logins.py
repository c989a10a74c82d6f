"""How both logins of a connection are doing, by its open problems: no token is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koppeling.core.connection import Connection
from koppeling.core.problems import Problem

EXACT, MILESTONES = "exact", "milestones"
_ENDED = {"exact-reconnect-needed": EXACT, "milestones-reconnect-needed": MILESTONES}
_ENDS_SOON = {"exact-consent-expires-soon": EXACT}


class LoginStanding(StrEnum):
    """How a login is doing."""

    CONNECTED = "connected"
    ENDS_SOON = "ends-soon"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ShownLogin:
    """One login: of whom, since when it needs attention, and when it ends as far as that is known.

    The consent at Exact is prolonged at every round: it has no end as long as the link runs.
    """

    provider: str
    user: str
    standing: LoginStanding = LoginStanding.CONNECTED
    since: datetime | None = None
    until: datetime | None = None


def login_states(connection: Connection, problems: Iterable[Problem]) -> tuple[ShownLogin, ...]:
    """Return both logins of a connection; the worst that is known of each counts."""
    users = {EXACT: connection.exact_user, MILESTONES: connection.milestones_user}
    found = {provider: ShownLogin(provider, user) for provider, user in users.items()}
    for problem in problems:
        if provider := _ENDED.get(problem.code):
            found[provider] = ShownLogin(
                provider, users[provider], LoginStanding.ENDED, _first(found[provider], problem)
            )
            continue
        provider = _ENDS_SOON.get(problem.code)
        if provider and found[provider].standing is LoginStanding.CONNECTED:
            until = _moment(problem.values.get("until", ""))
            found[provider] = ShownLogin(
                provider, users[provider], LoginStanding.ENDS_SOON, problem.since, until
            )
    return tuple(found.values())


def _first(known: ShownLogin, problem: Problem) -> datetime | None:
    """Return since when a login has ended: an earlier release told it once for every entity."""
    known_since = known.since if known.standing is LoginStanding.ENDED else None
    return min((each for each in (known_since, problem.since) if each), default=None)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
