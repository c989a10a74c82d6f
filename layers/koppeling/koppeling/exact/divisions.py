"""The administration as Exact lists it."""

from collections.abc import Iterable

from koppeling.core.administration import Administration, DivisionFacts
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence
from koppeling.core.ids import Division
from koppeling.core.text import clean
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.exact.reading import Row, readable, whole

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
            found = self._read(first)
        except Consequence as refusal:
            if refusal.code not in _REFUSED:
                raise
            found = self._read(second)
        return next(iter(found), None)

    def _read(self, endpoint: str) -> list[DivisionFacts]:
        where = odata.equals("Code", str(self._division))
        rows = self._client.rows(endpoint, _LISTS[endpoint], where)
        return readable(endpoint, rows, self._facts)

    def _facts(self, row: Row) -> DivisionFacts:
        dates = [str(row[name] or "") for name in _DATES if name in row]
        return DivisionFacts(
            status=whole(row["Status"]),
            blocking_status=whole(row.get("BlockingStatus") or 0),
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
            return next(iter(readable(endpoint, rows, _named)), None)
    return None


def both_lists(client: ExactClient) -> list[tuple[ExactClient, str]]:
    """Return both lists, read through the client of one division (X104)."""
    return [(client, endpoint) for endpoint in _LISTS]


def _named(row: Row) -> Administration:
    return Administration(
        number=whole(row["Code"]),
        name=clean(row.get("Description")) or "",
        status=whole(row["Status"]),
        blocking_status=whole(row.get("BlockingStatus") or 0),
    )
