"""The administration as Exact lists it."""

from typing import Any

from koppeling.clock import Now
from koppeling.domain.division import DivisionFacts
from koppeling.domain.errors import Consequence
from koppeling.domain.names import Division
from koppeling.exact import odata
from koppeling.exact.client import ExactClient

_FIELDS = ("Code", "Status", "BlockingStatus", "DivisionMoveDate", "DivisionHRLinkUnlinkDate")
# X104: where the first is refused, the second may not be
_LISTS = ("system/Divisions", "hrm/Divisions")
_REFUSED = frozenset({"exact-no-rights", "exact-division-not-accessible"})


class ExactDivisions:
    """Asks for one administration; which one is never taken from `Me` (X3)."""

    def __init__(self, client: ExactClient, division: Division, now: Now) -> None:
        self._client = client
        self._division = division
        self._now = now

    def division_facts(self) -> DivisionFacts | None:
        """Return what Exact tells now; None when this user does not see the administration."""
        try:
            rows = self._rows(_LISTS[0])
        except Consequence as refusal:
            if refusal.code not in _REFUSED:
                raise
            rows = self._rows(_LISTS[1])
        return next((self._facts(row) for row in rows), None)

    def _rows(self, endpoint: str) -> list[dict[str, Any]]:
        where = odata.equals("Code", str(self._division))
        return self._client.rows(endpoint, _FIELDS, where)

    def _facts(self, row: dict[str, Any]) -> DivisionFacts:
        dates = (row.get("DivisionMoveDate"), row.get("DivisionHRLinkUnlinkDate"))
        return DivisionFacts(
            status=int(row["Status"]),
            blocking_status=int(row.get("BlockingStatus") or 0),
            moved="|".join(str(date or "") for date in dates),
            looked_at=self._now(),
        )
