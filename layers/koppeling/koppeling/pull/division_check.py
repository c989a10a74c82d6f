"""The administration, checked before the first pull of a day, and again while it is closed.

checked today, and open? ──yes──► go on
        │ no
        ▼
known today by another pull? ──no──► ask Exact, keep it for all
        │
        ▼
closed ──► a state that is shown      moved ──► everything is read again (X97)

A user who may read only `hrm/Divisions` does not see when it moved. After a move every cursor lies
above all new Timestamps, so the sync feeds are silent while the lists still change (R12).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from koppeling.core.administration import DivisionFacts
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.errors import Fatal, Reject
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.pull.cursor import PullState
from koppeling.pull.ports import KnownDivisions

CLOSED = "exact-division-blocked"
OUT_OF_REACH = "exact-division-not-accessible"
MOVED = "exact-division-moved"


@dataclass(frozen=True, slots=True)
class DivisionCheck:
    """Checks the administration of one connection.

    `ask_exact` returns what Exact says of it now; None when this user does not see it.
    `is_suspiciously_silent` says whether a move shows in what the pulls found (R12).
    """

    connection: Connection
    known: KnownDivisions
    ask_exact: Callable[[], DivisionFacts | None]
    problems: Problems
    entity: str
    now: datetime
    is_suspiciously_silent: Callable[[PullState], bool]

    def run(self, state: PullState) -> PullState:
        """Return the state with which a run may go on.

        Raises:
            Reject: the administration is closed; it is checked again later.
            Fatal: this user does not see it.
        """
        was_out = state.last_error in (CLOSED, OUT_OF_REACH)
        if state.division_checked_on == today(self.now) and not was_out:
            return state
        facts = self._facts()
        if not facts.is_open:
            name = self.connection.administration_name
            raise Reject(CLOSED, facts.state, division=name, state=facts.state)
        return self._checked(state, facts)

    def close_problem(self) -> None:
        """Close the problem of a move, once everything was read again."""
        self.problems.close(self.connection.id, self._subject)

    @property
    def _subject(self) -> str:
        return f"{self.entity}/division"

    def _facts(self) -> DivisionFacts:
        host, division = self.connection.exact_host, self.connection.division
        known = self.known.get(host, division)
        if known is not None and not known.is_old(self.now):
            return known
        seen = self.ask_exact()
        if seen is None:
            raise Fatal(
                OUT_OF_REACH,
                f"division {division} is not listed",
                division=str(division),
                exact_user=self.connection.exact_user,
            )
        self.known.save(host, division, seen)
        return seen

    def _checked(self, state: PullState, facts: DivisionFacts) -> PullState:
        checked = replace(
            state,
            division_checked_on=today(self.now),
            division_moved_at=facts.moved or state.division_moved_at,
        )
        has_moved = facts.has_moved_since(state.division_moved_at, state.division_checked_on)
        if not has_moved and not self.is_suspiciously_silent(state):
            return checked
        values = {"division": self.connection.administration_name}
        self.problems.open(Problem(self.connection.id, self._subject, MOVED, values))
        return checked.moved()
