"""The token pair of an OAuth user, and when it may be exchanged for the next one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# X17: an unused refresh token of Exact dies after 30 days
REFRESH_TOKEN_LIFE = timedelta(days=30)
# X17, R30: a chain that was unused for this long is refreshed to keep it alive
KEEP_ALIVE_AFTER = timedelta(days=7)
# DESIGN 6: people are warned so many days before an unused chain ends
TOLD_AHEAD = (21, 14, 7, 2)


class TokenState(StrEnum):
    """What is known of a chain: it works, its last refresh got no answer, or it has ended."""

    ACTIVE = "ACTIVE"
    UNCERTAIN = "UNCERTAIN"
    RECONNECT = "RECONNECT"


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Whose tokens these are: one chain per provider, OAuth user and host (X18).

    At QicsMilestones the host has the tenant before it, such as `acme@host`: one host serves all
    tenants, and their users may have the same name. The user is trimmed and in lower case, so that
    every spelling of one person is one chain.
    """

    provider: str
    user: str
    host: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "user", self.user.strip().lower())


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """What may be shown of a chain: no token, and nothing that leads to one.

    `expiry_told` says that problems are open because the chain will end for lack of use.
    """

    key: TokenKey
    state: TokenState
    granted_at: datetime
    ends_at: datetime
    expiry_told: bool = False

    def is_idle(self, now: datetime) -> bool:
        """Say whether the chain must be refreshed to keep it alive (X17)."""
        return now - self.granted_at >= KEEP_ALIVE_AFTER

    def told_ahead(self, now: datetime) -> int | None:
        """Return how many days ahead the latest warning that is due is; None while none is due."""
        left = self.ends_at - now
        return min((days for days in TOLD_AHEAD if left <= timedelta(days=days)), default=None)


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """What a token endpoint handed out. There is no repr, so that no log can show it.

    `at` is when it was read, for a grant that is judged later.
    """

    access_token: str
    refresh_token: str
    life: timedelta
    at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """The newest pair of a chain.

    `fencing` counts the leases on it. `generation` counts the refreshes: of two processes only the
    one that exchanged generation n holds its successor (X16). `connected_at` is when its user last
    logged in, as the store notes it; None when an earlier release stored that login.
    """

    key: TokenKey
    access_token: str
    refresh_token: str
    granted_at: datetime
    refresh_from: datetime
    state: TokenState = TokenState.ACTIVE
    fencing: int = 0
    generation: int = 0
    connected_at: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Say whether the access token may be used without a refresh."""
        return self.state is TokenState.ACTIVE and now < self.refresh_from

    def renewed(self, grant: Grant, now: datetime, rules: "ChainRules") -> "TokenPair":
        """Return the next pair; its life counts from the moment the grant was read (X15)."""
        return replace(
            self,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            granted_at=now,
            refresh_from=now + rules.usable(grant.life),
            state=TokenState.ACTIVE,
            generation=self.generation + 1,
        )


@dataclass(frozen=True, slots=True)
class ChainRules:
    """When a provider allows a refresh.

    It refuses one below the age of `earliest`; None means that it never does. A token is not used
    in the last `margin` of its life.
    """

    margin: timedelta
    earliest: timedelta | None = None

    def usable(self, life: timedelta) -> timedelta:
        """Return the age up to which a token is used, never below what the provider refuses."""
        return max(life - self.margin, self.earliest or timedelta())


# X14, X15: used up to 580 of its 600 s; refused before 570 s
EXACT_CHAIN = ChainRules(margin=timedelta(seconds=20), earliest=timedelta(seconds=570))
# M11: nothing is documented, so the life in the answer less a minute
MILESTONES_CHAIN = ChainRules(margin=timedelta(seconds=60))


class TooEarly(Exception):  # noqa: N818 - it names what the provider answered
    """The provider refused a refresh because the current access token still works (X23)."""
