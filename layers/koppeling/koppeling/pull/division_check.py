"""The watch over an administration: before the first work of a day, and while it is closed.

looked today, and open? ──yes──► go on
        │ no
        ▼
known today by another pull? ──no──► ask Exact, keep it for all
        │
        ▼
closed ──► a state that is shown      moved ──► everything is read anew (X97)
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from koppeling.core.administration import DivisionFacts
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.errors import Fatal, Reject
from koppeling.core.ids import Division
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.pull.cursor import PullState, ReadMode

CLOSED = "exact-division-blocked"
OUT_OF_REACH = "exact-division-not-accessible"
MOVED = "exact-division-moved"


class KnownDivisions(Protocol):
    """What all pulls know of an administration."""

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        """Return what was last seen."""
        ...

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""
        ...


class DivisionSource(Protocol):
    """Exact, as far as it tells of administrations."""

    def division_facts(self) -> DivisionFacts | None:
        """Return what it tells now; None when this user does not see the administration."""
        ...


@dataclass(frozen=True, slots=True)
class DivisionCheck:
    """Looks at the administration of one connection."""

    connection: Connection
    facts: KnownDivisions
    exact: DivisionSource
    problems: Problems
    entity: str
    now: datetime

    def run(self, state: PullState) -> PullState:
        """Return the state with which a run may go on.

        Raises:
            Reject: the administration is closed; it is looked at again later.
            Fatal: this user does not see it.
        """
        if state.division_checked_on == today(self.now) and state.last_error not in (
            CLOSED,
            OUT_OF_REACH,
        ):
            return state
        facts = self._facts()
        if not facts.is_open:
            name = self.connection.administration_name
            raise Reject(CLOSED, facts.state, division=name, state=facts.state)
        return self._moved(state, facts)

    def _facts(self) -> DivisionFacts:
        host, division = self.connection.exact_host, self.connection.division
        known = self.facts.get(host, division)
        if known is not None and not known.is_old(self.now):
            return known
        seen = self.exact.division_facts()
        if seen is None:
            raise Fatal(
                OUT_OF_REACH,
                f"division {division} is not listed",
                division=str(division),
                exact_user=self.connection.exact_user,
            )
        self.facts.save(host, division, seen)
        return seen

    def _moved(self, state: PullState, facts: DivisionFacts) -> PullState:
        looked = replace(
            state,
            division_checked_on=today(self.now),
            division_moved_at=facts.moved or state.division_moved_at,
        )
        if not facts.has_moved_since(state.division_moved_at, state.division_checked_on):
            return looked
        values = {"division": self.connection.administration_name}
        subject = f"{self.entity}/division"
        self.problems.open(Problem(self.connection.id, subject, MOVED, values))
        return looked.restart(ReadMode.RESYNC)
