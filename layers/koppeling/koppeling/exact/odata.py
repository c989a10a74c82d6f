"""OData as Exact reads it: literals, filters, and the values of an answer."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from koppeling.core.ids import Division, SyncTimestamp

# X72: an account code is 18 wide, aligned to the right
ACCOUNT_CODE_WIDTH = 18
# X67: wall clock written down as if it were UTC, in milliseconds
_DATE = re.compile(r"/Date\((-?\d+)\)/")
_MILLISECONDS_A_DAY = 86_400_000
_EPOCH = date(1970, 1, 1)


def text(value: str) -> str:
    """Return a text literal; a quote is doubled, so no value can end the literal (X52, S6)."""
    return "'" + value.replace("'", "''") + "'"


def day(value: date) -> str:
    """Return a day as a date literal, which always has a time (X52)."""
    return f"datetime'{value.isoformat()}T00:00:00'"


def guid(value: str) -> str:
    """Return a GUID literal (X52)."""
    return f"guid{text(value)}"


def equals(field: str, literal: str) -> str:
    """Return a filter on one field."""
    return f"{field} eq {literal}"


def newer_than(timestamp: SyncTimestamp) -> str:
    """Return the one filter that sync endpoints accept (X90, X91)."""
    return f"Timestamp gt {timestamp}L"


def account_code(code: str) -> str:
    """Return a customer code as Exact keeps it, padded on the left (X72)."""
    return code.rjust(ACCOUNT_CODE_WIDTH)


def query(select: Iterable[str], where: str | None = None, expand: str | None = None) -> str:
    """Return the query string: always with `$select` (X55), and a filter but for whole lists.

    `expand` names a collection that is shown within each row (X47); it is selected by itself.
    """
    names = sorted(select) if expand is None else [*sorted(select), expand]
    parts = [f"$select={quote(','.join(names), safe=',')}"]
    if expand is not None:
        parts.append(f"$expand={expand}")
    if where is not None:
        parts.append(f"$filter={quote(where, safe='')}")
    return "&".join(parts)


def arguments(values: Mapping[str, str]) -> str:
    """Return the query string of a function: each argument a text literal (X33)."""
    return "&".join(f"{name}={quote(text(value), safe="'/")}" for name, value in values.items())


def is_own_link(link: str, base_url: str, division: Division) -> bool:
    """Say whether a link stays on the host and in the division of the connection (X50, S5)."""
    try:
        there, here = urlsplit(link), urlsplit(base_url)
    except ValueError:
        return False
    # A client takes `..` out of a path before it sends it, also when its dots are encoded.
    return (
        (there.scheme, there.netloc) == (here.scheme, here.netloc)
        and there.path.startswith(f"/api/v1/{division}/")
        and ".." not in unquote(there.path).split("/")
    )


def rows_of(body: Any) -> tuple[list[dict[str, Any]], str | None]:  # noqa: ANN401 - the JSON edge
    """Return the rows of an answer and the link to the next page, in each of its shapes (X45).

    Raises:
        KeyError, TypeError, ValueError: it is no OData answer.
    """
    held = body["d"]
    if isinstance(held, list):
        return [row_of(row) for row in held], None
    if not isinstance(held, dict):
        raise TypeError("no rows in the answer")
    if "results" in held:
        return [row_of(row) for row in held["results"]], held.get("__next")
    return [row_of(held)], None


def row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with dates as `YYYY-MM-DD`, its Timestamp as an integer, without links."""
    kept = dict(row)
    kept.pop("__metadata", None)
    for name, value in row.items():
        if isinstance(value, str):
            if value.startswith("/Date("):
                kept[name] = _date(value)
        elif isinstance(value, dict) and "__deferred" in value:
            kept.pop(name, None)
    if "Timestamp" in kept:
        kept["Timestamp"] = int(str(kept["Timestamp"]))  # X71: text or number
    return kept


def _date(value: str) -> str:
    """Return the date part, without any time zone (X68); what is no date stays as it is."""
    written = _DATE.fullmatch(value)
    if written is None:
        return value
    days = int(written[1]) // _MILLISECONDS_A_DAY
    return date.fromordinal(_EPOCH.toordinal() + days).isoformat()
