"""Problems of a login that works: nothing else may come by that would close them.

A delivery opens the problem when Exact refuses its token, and the next one that gets through closes
it. Where no invoice follows, and no pull met the refusal, it would stay open. Then the watch would
also leave that connection alone, as one that waits for a person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.auth.ports import TokenChains
from koppeling.auth.token_pair import TokenKey, TokenState
from koppeling.core.connection import Connection
from koppeling.core.ports import Problems
from koppeling.core.problems import LOST_LOGINS, is_lost_login
from koppeling.core.summary import Summary


@dataclass(frozen=True, slots=True)
class WorkingLogins:
    """Closes what says that a login ended while its chain of tokens is alive."""

    chains: TokenChains
    key_of: Callable[[str, Connection], TokenKey]
    problems: Problems

    def look(self, connection: Connection) -> Summary:
        """Look at one connection. If its login is refused again, the problem opens again."""
        closed = 0
        for problem in list(self.problems.opened(connection.id)):
            if is_lost_login(problem) and self._is_alive(LOST_LOGINS[problem.code], connection):
                self.problems.close(connection.id, problem.subject, is_lost_login)
                closed += 1
        return Summary("logins", "looked", connection.id, counts={"closed": closed})

    def _is_alive(self, provider: str, connection: Connection) -> bool:
        facts = self.chains.facts(self.key_of(provider, connection))
        return facts is not None and facts.state is TokenState.ACTIVE
