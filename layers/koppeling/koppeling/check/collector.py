"""The desk of one check: it takes findings, and keeps away from where asking has become pointless.

look at an item ──► findings
     │ no login, a limit, a second outage      │ no right
     ▼                                         ▼
nothing more is asked of that side             nothing more is asked of that part
     └──────────► one finding tells what was not looked at ◄──────────┘
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
# A single outage may pass; after the second the time of the check is better spent elsewhere
MOST_OUTAGES = 2
_REFUSED = frozenset({"exact-no-rights", "exact-division-not-accessible", "milestones-no-rights"})
# These limits are of one endpoint, so the rest of that side can still be asked
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
        *sides: System,
        needs: str = "",
    ) -> None:
        """Look at an item, unless one of its sides is closed or the right it needs is not there.

        Whatever goes wrong becomes a finding, and the check goes on.
        """
        if self._closed & set(sides) or needs in self._refused:
            self._skipped.append(item)
            return
        try:
            for finding in ask():  # what was found before an error stays
                self._findings.append(finding)
        except Consequence as trouble:
            side = _system(trouble, sides)
            self._findings.append(self._told(item, trouble, side, needs))

    def close(self, side: System) -> None:
        """Ask nothing more of a side."""
        self._closed.add(side)

    def refuse(self, entity: str) -> None:
        """Ask nothing more of a part for which the user has no right."""
        self._refused.add(entity)

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings, in the order in which things were looked at."""
        if not self._skipped:
            return tuple(self._findings)
        items = ",".join(self._skipped)
        skipped = Finding(Level.WARNING, "check", SKIPPED, {"items": items})
        return (*self._findings, skipped)

    def _told(self, item: str, trouble: Consequence, side: System, needs: str) -> Finding:
        if isinstance(trouble, Reauthorise):
            self.close(side)
            values = {"exact_user": self._connection.exact_user, **trouble.values}
            return Finding(Level.BLOCKING, f"{side}-login", trouble.code, values)
        if isinstance(trouble, Defer):
            if trouble.code not in _OF_ONE_ENDPOINT:
                self.close(side)
            until = {"system": str(side), "until": trouble.until.isoformat()}
            return Finding(Level.WARNING, item, NOT_FINISHED, until)
        if trouble.code in _REFUSED:
            if needs:
                self.refuse(needs)
            else:
                self.close(side)
            return self.no_right(item, needs or item, side)
        if isinstance(trouble, Fatal) and trouble.code in catalogue.codes():
            return Finding(Level.WARNING, item, trouble.code, dict(trouble.values))
        self._outages[side] += 1
        if self._outages[side] >= MOST_OUTAGES:
            self.close(side)
        return Finding(Level.WARNING, item, NO_ANSWER, {"system": str(side)})

    def no_right(self, item: str, entity: str, side: System) -> Finding:
        """Return that a right is missing: blocking where the connection cannot do without."""
        values = {
            "exact_user": self._connection.exact_user,
            "division": self._connection.administration_name,
            "entity": entity,
            "right": self._rights.right_of(entity),
        }
        return Finding(Level.BLOCKING, item, NO_RIGHTS[side], values)


def _system(trouble: Consequence, sides: tuple[System, ...]) -> System:
    """Return the side that a trouble came from: its code tells, or else where it was asked."""
    told = (side for side in System if trouble.code.startswith(f"{side}-"))
    return next(told, sides[-1])
