"""Whether a login is the agreed one, judged with its fresh token before that is stored.

Exact ends the chain of a user when the same user consents again (X18). So a login by somebody whose
chain we hold is stored under that user's name whatever else is wrong with it: the other connections
of that user would stop otherwise.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from koppeling.auth.login_log import LOGGED_IN, login_entry
from koppeling.auth.ports import (
    Accepted,
    ExactProbe,
    LoginConnections,
    LoginTokens,
    MilestonesProbe,
    Overtaken,
    Refused,
    SealedPair,
)
from koppeling.auth.session import LoggedInUser, administration_of
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
from koppeling.core.log import Log
from koppeling.core.ports import Problems

type OnLogin = Callable[[Connection], object]
"""Does what follows on a login of a connection."""


def nothing_more(connection: Connection) -> None:
    """Do nothing more."""
    del connection


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """Stores the first pair of a provider's chains, and closes the problems that a login mends.

    `mends` are the codes of those problems; `key_of` tells whose chain a connection uses.
    """

    chains: LoginTokens
    connections: LoginConnections
    problems: Problems
    log: Log
    key_of: Callable[[Connection], TokenKey]
    rules: ChainRules
    mends: frozenset[str]
    now: Now
    on_login: OnLogin = nothing_more

    def conflicting_user_name(self, connection: Connection, names: Collection[str]) -> str | None:
        """Return another name by which another connection of this host knows the same person.

        One person under two names would be two chains, and each login would end the other (X18).
        """
        agreed, key = same_name(connection.exact_user), self.key_of(connection)
        others = (name for name in names if name != agreed)
        in_use = (name for name in others if self.connections.using(replace(key, user=name)))
        return next(in_use, None)

    def prepare(self, connection: Connection) -> None:
        """Fetch what storing needs, before the code is spent.

        Raises:
            Retry: nothing can be stored at the moment.
        """
        self.chains.prepare(self.key_of(connection))

    def keep(self, key: TokenKey, grant: Grant) -> None:
        """Store the first pair, and close the problems of every connection that uses this chain.

        Other problems under the same subject open again at the next run, if they still hold.
        Nothing is stored for a chain that no connection uses, such as that of an erased one.
        """
        users = self.connections.using(key)
        if not users:
            return
        with suppress(Overtaken):  # the chain goes on already, with this login or a later one
            self.chains.connect(self._first_pair(key, grant))
        for connection in users:
            for problem in list(self.problems.opened(connection.id)):
                if problem.code in self.mends:
                    self.problems.close(connection.id, problem.subject)
            self.log.add(login_entry(connection.id, key, LOGGED_IN, self.now()))
            self.on_login(connection)

    def sealed(self, connection: Connection, grant: Grant) -> SealedPair:
        """Return the grant of a login as it may be kept until the login can be judged.

        Raises:
            Retry: KMS does not answer.
        """
        return self.chains.sealed(self._first_pair(self.key_of(connection), grant))

    def opened(self, sealed: SealedPair) -> Grant:
        """Return such a grant."""
        pair = self.chains.opened(sealed)
        life = pair.refresh_from - pair.granted_at + self.rules.margin
        return Grant(pair.access_token, pair.refresh_token, life, at=pair.granted_at)

    def _first_pair(self, key: TokenKey, grant: Grant) -> TokenPair:
        at = grant.at or self.now()
        empty = TokenPair(key, "", "", granted_at=at, refresh_from=at)
        return empty.renewed(grant, at, self.rules)


@dataclass(frozen=True, slots=True)
class ExactLoginVerifier:
    """Decides about logins at Exact: the agreed user, of the right kind, in the agreed books."""

    keeper: TokenKeeper
    probe: Callable[[str], ExactProbe]
    now: Now

    def verify(self, connection: Connection, grant: Grant) -> Accepted | Refused:
        """Judge a login with its fresh token, and store that if it is right or X18 asks for it.

        Raises:
            Consequence: Exact does not tell who logged in, or what they may see.
        """
        probe = self.probe(connection.exact_host)
        user = probe.logged_in_user(grant.access_token)
        accepted = False
        try:
            decision = self._decide(connection, user, probe, grant.access_token)
            accepted = isinstance(decision, Accepted)
            return decision
        finally:
            agreed = self.keeper.key_of(connection)
            key = agreed if accepted else self._held_key(agreed, user)
            if key is not None:
                self.keeper.keep(key, grant)

    def _decide(
        self, connection: Connection, user: LoggedInUser, probe: ExactProbe, token: str
    ) -> Accepted | Refused:
        agreed, came = connection.exact_user, user.user_name
        if same_name(agreed) not in user.names:
            return Refused("other-user", values={"agreed": agreed, "came": came})
        otherwise = self.keeper.conflicting_user_name(connection, user.names)
        if otherwise is not None:
            return Refused("two-names", values={"agreed": agreed, "otherwise": otherwise})
        if not user.may_book:
            return Refused("code", "exact-user-type-not-allowed", {"exact_user": came})
        found = probe.administration(token, user, connection.division)
        if found is None:
            values = {"division": administration_of(connection), "exact_user": came}
            return Refused("code", "exact-division-not-accessible", values)
        return self._refusal(found, connection) or Accepted(
            {
                "number": str(found.number),
                "name": found.name.strip(),
                "user": came,
                "until": (self.now() + REFRESH_TOKEN_LIFE).isoformat(),
            }
        )

    def _refusal(self, found: Administration, connection: Connection) -> Refused | None:
        agreed = connection.administration_name
        if same_name(found.name) != same_name(agreed):
            values = {"number": str(found.number), "agreed": agreed, "found": found.name.strip()}
            return Refused("other-name", values=values)
        facts = DivisionFacts(found.status, found.blocking_status, None, self.now())
        if facts.is_open:
            return None
        values = {"division": administration_of(connection), "state": facts.state}
        return Refused("code", "exact-division-blocked", values)

    def _held_key(self, agreed: TokenKey, user: LoggedInUser) -> TokenKey | None:
        """Return the chain of this user that the login has replaced; None when we hold none."""
        keys = [TokenKey(agreed.provider, name, agreed.host) for name in user.names]
        held = [facts for key in keys if (facts := self.keeper.chains.facts(key))]
        # Two chains for one person: the one that works, else the agreed one
        held.sort(key=lambda facts: (facts.state is TokenState.RECONNECT, facts.key != agreed))
        return held[0].key if held else None


@dataclass(frozen=True, slots=True)
class MilestonesLoginVerifier:
    """Decides about logins at QicsMilestones: whether they show the agreed company.

    Its API does not tell who logged in. So another user who sees the company is accepted too, and
    the chain is stored under the agreed user.
    """

    keeper: TokenKeeper
    probe: MilestonesProbe

    def verify(self, connection: Connection, grant: Grant) -> Accepted | Refused:
        """Judge a login with its fresh token, and store that if it shows the company (M13).

        Other connections of this user would stop with a login that does not show their companies.

        Raises:
            Consequence: QicsMilestones does not tell what this user may see.
        """
        key = self.keeper.key_of(connection)
        others = [one for one in self.keeper.connections.using(key) if one.id != connection.id]
        agreed = {connection.company_id, *(other.company_id for other in others)}
        companies = self.probe.companies(grant.access_token, agreed)
        found = companies.get(connection.company_id)
        if found is None:
            return Refused("code", "milestones-no-rights", {"entity": "companies"})
        missing = sorted({other.company_id for other in others} - companies.keys())
        if missing:
            values = {"user": connection.milestones_user, "missing": ", ".join(missing)}
            return Refused("companies-missing", values=values)
        self.keeper.keep(key, grant)
        values = {"number": found.id, "name": found.name, "user": connection.milestones_user}
        return Accepted(values)
