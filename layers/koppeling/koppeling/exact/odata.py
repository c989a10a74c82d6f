"""OData as Exact speaks it: literals, filters, and the values of an answer."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from koppeling.core.ids import Division, SyncTimestamp
from koppeling.core.links import stays_below

# X72: an account code has 18 characters, padded on the left
ACCOUNT_CODE_WIDTH = 18
# X67: local time, written in milliseconds as if it were UTC
_DATE = re.compile(r"/Date\((-?\d{1,18})\)/", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_MILLISECONDS_A_DAY = 86_400_000
_EPOCH = date(1970, 1, 1)


def text(value: str) -> str:
    """Return a text literal; quotes are doubled, so that no value can end the literal (S6)."""
    return "'" + value.replace("'", "''") + "'"


def day(value: date) -> str:
    """Return a day as a date literal, which always needs a time (X52)."""
    return f"datetime'{value.isoformat()}T00:00:00'"


def guid(value: str) -> str:
    """Return a GUID literal."""
    return f"guid{text(value)}"


def whole(value: str) -> str:
    """Return a literal of a whole number.

    Raises:
        ValueError: it is none, so that no text gets into a filter unescaped (S6).
    """
    if not _WHOLE_NUMBER.fullmatch(value):
        raise ValueError(f"not a whole number of at most 19 digits: {len(value)} characters")
    return value


def equals(field: str, literal: str) -> str:
    """Return the filter that a field equals a literal."""
    return f"{field} eq {literal}"


def newer_than(timestamp: SyncTimestamp) -> str:
    """Return the only filter that sync endpoints accept (X91)."""
    return f"Timestamp gt {timestamp}L"


def account_code(code: str) -> str:
    """Return a customer code as Exact stores it."""
    return code.rjust(ACCOUNT_CODE_WIDTH)


def query(select: Iterable[str], where: str | None = None, expand: str | None = None) -> str:
    """Return the query string, always with `$select` (X55).

    `expand` names a collection to include in each row (X47), so it is selected as well.
    """
    names = sorted(select) if expand is None else [*sorted(select), expand]
    parts = [f"$select={quote(','.join(names), safe=',')}"]
    if expand is not None:
        parts.append(f"$expand={expand}")
    if where is not None:
        parts.append(f"$filter={quote(where, safe='')}")
    return "&".join(parts)


def arguments(values: Mapping[str, str]) -> str:
    """Return the query string of a function: each argument is a text literal (X33)."""
    return "&".join(f"{name}={quote(text(value), safe="'/")}" for name, value in values.items())


def is_own_link(link: str, base_url: str, division: Division) -> bool:
    """Say whether a link stays on the host and in the division of the connection (S5)."""
    return stays_below(link, f"{base_url}/api/v1/{division}/")


def rows_of(body: Any) -> tuple[list[dict[str, Any]], str | None]:  # noqa: ANN401 - the JSON edge
    """Return the rows of an answer and the link to the next page, from each of its shapes (X45).

    Raises:
        KeyError, TypeError, ValueError: this is no OData answer.
    """
    held, following = body["d"], None
    if isinstance(held, dict):
        following = held.get("__next")
        held = held.get("results", [held])
    if not isinstance(held, list) or (held and not any(isinstance(row, dict) for row in held)):
        raise TypeError("no rows in the answer")
    return [row_of(row) for row in held], following


def row_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - the JSON edge
    """Return a row with dates as `YYYY-MM-DD`, its Timestamp as an integer, without links.

    What cannot be read stays as it came: it concerns this row, and not the others of its page.
    """
    if not isinstance(row, dict):
        return {}
    kept = dict(row)
    kept.pop("__metadata", None)
    for name, value in row.items():
        if isinstance(value, str):
            if value.startswith("/Date("):
                kept[name] = _date(value)
        elif isinstance(value, dict) and "__deferred" in value:
            kept.pop(name, None)
    stamp = kept.get("Timestamp")
    if isinstance(stamp, str) and _WHOLE_NUMBER.fullmatch(stamp):
        kept["Timestamp"] = int(stamp)  # X71: text or number
    return kept


def _date(value: str) -> str:
    """Return the date part, without a time zone (X68); any other text stays unchanged."""
    written = _DATE.fullmatch(value)
    if written is None:
        return value
    day = _EPOCH.toordinal() + int(written[1]) // _MILLISECONDS_A_DAY
    in_calendar = date.min.toordinal() <= day <= date.max.toordinal()
    return date.fromordinal(day).isoformat() if in_calendar else value
