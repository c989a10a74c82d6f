"""Admission: whether a login is the agreed one, seen with its fresh token, before it is kept.

Exact ends the chain of a user when the same user consents again (X18). So a login by somebody whose
chain we hold is kept under that user's name whatever else is wrong with it: the other connections
of that user would stop.
"""

from collections.abc import Callable, Collection

from koppeling.auth.ports import (
    Accepted,
    ExactProbe,
    MilestonesProbe,
    Refused,
    TokenChains,
)
from koppeling.auth.session import LoggedInUser
from koppeling.auth.token_pair import (
    REFRESH_TOKEN_LIFE,
    ChainRules,
    Grant,
    TokenKey,
    TokenPair,
    TokenState,
)
from koppeling.core.administration import Administration, DivisionFacts, same_name
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ports import Connections, Problems


class TokenKeeper:
    """Keeps the first pair of a chain, and closes the problems that a login mends."""

    def __init__(
        self,
        *,
        chains: TokenChains,
        connections: Connections,
        problems: Problems,
        now: Now,
    ) -> None:
        self._chains = chains
        self._connections = connections
        self._problems = problems
        self._now = now

    def holds(self, key: TokenKey) -> bool:
        """Say whether this user has a chain here, working or not."""
        return self._chains.facts(key) is not None

    def works(self, key: TokenKey) -> bool:
        """Say whether this user has a chain here that has not ended."""
        facts = self._chains.facts(key)
        return facts is not None and facts.state is not TokenState.RECONNECT

    def conflicting_user_name(self, connection: Connection, names: Collection[str]) -> str | None:
        """Return how another connection writes this person, who would be two chains then (X18)."""
        agreed = same_name(connection.exact_user)
        written = (
            same_name(other.exact_user)
            for other in self._connections.all()
            if other.exact_host == connection.exact_host
        )
        return next((name for name in written if name in names and name != agreed), None)

    def prepare(self, key: TokenKey) -> None:
        """Fetch what keeping needs: once the code is spent it would be too late.

        Raises:
            Retry: nothing can be kept at the moment.
        """
        self._chains.prepare(key)

    def keep(self, key: TokenKey, grant: Grant, rules: ChainRules) -> None:
        """Write a pair."""
        now = self._now()
        empty = TokenPair(key, "", "", granted_at=now, refresh_from=now)
        self._chains.connect(empty.renewed(grant, now, rules))

    def close_problems(self, codes: frozenset[str], shares: Callable[[Connection], bool]) -> None:
        """Close the problems with these codes of every connection that shares the user.

        What else stands under the same subject opens again at the next run, if it still holds.
        """
        for connection in filter(shares, self._connections.all()):
            for problem in list(self._problems.opened(connection.id)):
                if problem.code in codes:
                    self._problems.close(connection.id, problem.subject)


class ExactLoginVerifier:
    """Decides about logins at Exact: the agreed user, of the right kind, in the agreed books."""

    def __init__(
        self,
        keeper: TokenKeeper,
        probe: Callable[[str], ExactProbe],
        rules: ChainRules,
        *,
        mends: frozenset[str],
        now: Now,
    ) -> None:
        self._keeper = keeper
        self._probe = probe
        self._rules = rules
        self._mends = mends
        self._now = now

    def prepare(self, connection: Connection) -> None:
        """Fetch what keeping this login needs, before its code is spent."""
        self._keeper.prepare(_key_of(connection))

    def verify(self, connection: Connection, grant: Grant) -> Accepted | Refused:
        """Look around with a fresh token, and keep it if it is right, or if X18 asks for it.

        Raises:
            Consequence: Exact does not tell who logged in, or what they may see.
        """
        visits = self._probe(connection.exact_host)
        visitor = visits.logged_in_user(grant.access_token)
        admitted = False
        try:
            decision = self._decide(connection, visitor, visits, grant.access_token)
            admitted = isinstance(decision, Accepted)
            return decision
        finally:
            key = self._key(connection, visitor, admitted=admitted)
            if key is not None:
                self._keeper.keep(key, grant, self._rules)
                self._keeper.close_problems(self._mends, lambda other: _key_of(other) == key)

    def _decide(
        self, connection: Connection, visitor: LoggedInUser, visits: ExactProbe, token: str
    ) -> Accepted | Refused:
        agreed, came = connection.exact_user, visitor.user_name
        if same_name(agreed) not in visitor.names:
            return Refused("other-user", values={"agreed": agreed, "came": came})
        otherwise = self._keeper.conflicting_user_name(connection, visitor.names)
        if otherwise is not None:
            return Refused("two-names", values={"agreed": agreed, "otherwise": otherwise})
        if not visitor.may_book:
            return Refused("code", "exact-user-type-not-allowed", {"exact_user": came})
        found = visits.administration(token, visitor, connection.division)
        if found is None:
            values = {"division": _administration(connection), "exact_user": came}
            return Refused("code", "exact-division-not-accessible", values)
        return self._look_at(found, connection) or Accepted(
            {
                "number": str(found.number),
                "name": found.name.strip(),
                "user": came,
                "until": (self._now() + REFRESH_TOKEN_LIFE).isoformat(),
            }
        )

    def _look_at(self, found: Administration, connection: Connection) -> Refused | None:
        if same_name(found.name) != same_name(connection.administration_name):
            return Refused(
                "other-name",
                values={
                    "number": str(found.number),
                    "agreed": connection.administration_name,
                    "found": found.name.strip(),
                },
            )
        facts = DivisionFacts(found.status, found.blocking_status, None, self._now())
        if facts.is_open:
            return None
        values = {"division": _administration(connection), "state": facts.state}
        return Refused("code", "exact-division-blocked", values)

    def _key(
        self, connection: Connection, visitor: LoggedInUser, *, admitted: bool
    ) -> TokenKey | None:
        """Return under which user the pair is kept; None when it is not."""
        agreed = _key_of(connection)
        if admitted:
            return agreed
        keys = [TokenKey(agreed.provider, name, agreed.host) for name in visitor.names]
        # Where somebody is known by two: the one that works, and else the agreed one
        keys.sort(key=lambda key: (not self._keeper.works(key), key != agreed))
        return next((key for key in keys if self._keeper.holds(key)), None)


class MilestonesLoginVerifier:
    """Decides about logins at QicsMilestones: whether they show the agreed company.

    Its API cannot be asked who logged in, so another user who sees the company is admitted too, and
    the chain is kept under the agreed user.
    """

    def __init__(
        self,
        keeper: TokenKeeper,
        probe: MilestonesProbe,
        rules: ChainRules,
        *,
        host: str,
        mends: frozenset[str],
    ) -> None:
        self._keeper = keeper
        self._probe = probe
        self._rules = rules
        self._host = host
        self._mends = mends

    def prepare(self, connection: Connection) -> None:
        """Fetch what keeping this login needs, before its code is spent."""
        self._keeper.prepare(self._key_of(connection))

    def verify(self, connection: Connection, grant: Grant) -> Accepted | Refused:
        """Look around with a fresh token, and keep it if it shows the company (M13).

        Raises:
            Consequence: QicsMilestones does not tell what this user may see.
        """
        found = self._probe.company(grant.access_token, connection.company_id)
        if found is None:
            values = {"entity": "companies"}
            return Refused("code", "milestones-no-rights", values)
        key = self._key_of(connection)
        self._keeper.keep(key, grant, self._rules)
        self._keeper.close_problems(self._mends, lambda other: self._key_of(other) == key)
        values = {"number": found.id, "name": found.name, "user": connection.milestones_user}
        return Accepted(values)

    def _key_of(self, connection: Connection) -> TokenKey:
        return TokenKey("milestones", connection.milestones_user, self._host)


def _key_of(connection: Connection) -> TokenKey:
    return TokenKey("exact", connection.exact_user, connection.exact_host)


def _administration(connection: Connection) -> str:
    return f"{connection.administration_name} ({connection.division})"
