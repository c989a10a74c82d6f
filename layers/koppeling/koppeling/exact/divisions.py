"""The administration as Exact lists it."""

from collections.abc import Iterable, Mapping
from typing import Any

from koppeling.core.administration import Administration, DivisionFacts
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence
from koppeling.core.ids import Division
from koppeling.core.text import clean
from koppeling.exact import odata
from koppeling.exact.client import ExactClient

_STATE = ("Code", "Status", "BlockingStatus")
_DATES = ("DivisionMoveDate", "DivisionHRLinkUnlinkDate")
# X104: a user who may not read the first list may be allowed the second, which has no move dates
_LISTS = {"system/Divisions": (*_STATE, *_DATES), "hrm/Divisions": _STATE}
_NAMED = (*_STATE, "Description")
_REFUSED = frozenset({"exact-no-rights", "exact-division-not-accessible"})


class ExactDivisions:
    """Reads one administration; its number never comes from `Me` (X3)."""

    def __init__(self, client: ExactClient, division: Division, now: Now) -> None:
        self._client = client
        self._division = division
        self._now = now

    def division_facts(self) -> DivisionFacts | None:
        first, second = _LISTS
        try:
            rows = self._rows(first)
        except Consequence as refusal:
            if refusal.code not in _REFUSED:
                raise
            rows = self._rows(second)
        return next((self._facts(row) for row in rows), None)

    def _rows(self, endpoint: str) -> list[dict[str, Any]]:
        where = odata.equals("Code", str(self._division))
        return self._client.rows(endpoint, _LISTS[endpoint], where)

    def _facts(self, row: dict[str, Any]) -> DivisionFacts:
        dates = [str(row[name] or "") for name in _DATES if name in row]
        return DivisionFacts(
            status=int(row["Status"]),
            blocking_status=int(row.get("BlockingStatus") or 0),
            moved="|".join(dates) if dates else None,
            looked_at=self._now(),
        )


def named_administration(
    number: Division, ways: Iterable[tuple[ExactClient, str]]
) -> Administration | None:
    """Return an administration with its name, from the first list that its user may read.

    None when the list does not contain it, or when every list is refused.

    Raises:
        Consequence: another error than a refusal.
    """
    where = odata.equals("Code", str(number))
    for client, endpoint in ways:
        try:
            rows = client.rows(endpoint, _NAMED, where)
        except Consequence as refusal:
            if refusal.code not in _REFUSED:
                raise
        else:
            return next((_named(row) for row in rows), None)
    return None


def both_lists(client: ExactClient) -> list[tuple[ExactClient, str]]:
    """Return both lists, read through the client of one division (X104)."""
    return [(client, endpoint) for endpoint in _LISTS]


def _named(row: Mapping[str, Any]) -> Administration:
    return Administration(
        number=int(row["Code"]),
        name=clean(row.get("Description")) or "",
        status=int(row["Status"]),
        blocking_status=int(row.get("BlockingStatus") or 0),
    )
