"""Collects the findings of one check, and stops asking where that has become pointless.

look at an item ──► findings
     │ no login, a limit, a second outage      │ no right
     ▼                                         ▼
nothing more is asked of that system           nothing more is asked for that entity
     └──────────► one finding lists what was not looked at ◄──────────┘
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from koppeling.check.findings import Finding, Level
from koppeling.core import catalogue
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise
from koppeling.core.exact_rights import ExactRights

NOT_FINISHED = "check-not-finished"
NO_ANSWER = "check-no-answer"
SKIPPED = "check-skipped"
NO_RIGHTS = {"exact": "exact-no-rights", "milestones": "milestones-no-rights"}
# One outage may pass; after the second one the check goes on with the other system
MOST_OUTAGES = 2
_REFUSED = frozenset({"exact-no-rights", "exact-division-not-accessible", "milestones-no-rights"})
# A limit of one endpoint: the other endpoints of the system can still be asked
_OF_ONE_ENDPOINT = frozenset({"exact-error-budget"})


class System(StrEnum):
    """One of the two systems."""

    EXACT = "exact"
    MILESTONES = "milestones"


class FindingCollector:
    """Collects the findings on one connection."""

    def __init__(self, connection: Connection, rights: ExactRights) -> None:
        self._connection = connection
        self._rights = rights
        self._findings: list[Finding] = []
        self._closed: set[System] = set()
        self._refused: set[str] = set()
        self._outages = dict.fromkeys(System, 0)
        self._skipped: list[str] = []

    def run(
        self,
        item: str,
        ask: Callable[[], Iterable[Finding]],
        *systems: System,
        needs: str = "",
    ) -> None:
        """Look at an item, unless one of its systems is closed or the right it needs is missing.

        A consequence becomes a finding, and the check goes on.
        """
        if self._closed & set(systems) or needs in self._refused:
            self._skipped.append(item)
            return
        try:
            for finding in ask():  # what was found before an error stays
                self._findings.append(finding)
        except Consequence as failure:
            system = _system_of(failure, systems)
            self._findings.append(self._finding_of(failure, item, system, needs))

    def close(self, system: System) -> None:
        """Ask nothing more of a system."""
        self._closed.add(system)

    def refuse(self, entity: str) -> None:
        """Ask nothing more for an entity on which the user has no right."""
        self._refused.add(entity)

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings, in the order in which things were looked at."""
        if not self._skipped:
            return tuple(self._findings)
        items = ",".join(self._skipped)
        skipped = Finding(Level.WARNING, "check", SKIPPED, {"items": items})
        return (*self._findings, skipped)

    def _finding_of(self, failure: Consequence, item: str, system: System, needs: str) -> Finding:
        if isinstance(failure, Reauthorise):
            self.close(system)
            values = {"exact_user": self._connection.exact_user, **failure.values}
            return Finding(Level.BLOCKING, f"{system}-login", failure.code, values)
        if isinstance(failure, Defer):
            if failure.code not in _OF_ONE_ENDPOINT:
                self.close(system)
            until = {"system": str(system), "until": failure.until.isoformat()}
            return Finding(Level.WARNING, item, NOT_FINISHED, until)
        if failure.code in _REFUSED:
            if needs:
                self.refuse(needs)
            else:
                self.close(system)
            return self.no_right(item, needs or item, system)
        if isinstance(failure, Fatal) and failure.code in catalogue.codes():
            return Finding(Level.WARNING, item, failure.code, dict(failure.values))
        self._outages[system] += 1
        if self._outages[system] >= MOST_OUTAGES:
            self.close(system)
        return Finding(Level.WARNING, item, NO_ANSWER, {"system": str(system)})

    def no_right(self, item: str, entity: str, system: System) -> Finding:
        """Return the finding that the user has no right on an entity."""
        values = {
            "exact_user": self._connection.exact_user,
            "division": self._connection.administration_name,
            "entity": entity,
            "right": self._rights.right_of(entity),
        }
        return Finding(Level.BLOCKING, item, NO_RIGHTS[system], values)


def _system_of(failure: Consequence, asked: tuple[System, ...]) -> System:
    """Return the system that failed: the one its code names, else the last that was asked."""
    named = (system for system in System if failure.code.startswith(f"{system}-"))
    return next(named, asked[-1])
