"""Values as Exact writes them (X186): padded codes, local wall clocks, numbers without floats."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZERO_GUID = "00000000-0000-0000-0000-000000000000"

# A Decimal travels through the json module as a marked string and loses its quotes afterwards.
_MARK = "\ue000"
_MARKED = re.compile(f'"{_MARK}([-0-9.]+){_MARK}"')


def account_code(code: str) -> str:
    """Pad an account code: 18 wide, right-aligned (X72)."""
    return code.strip().rjust(18)


def padded(text: str, width: int) -> str:
    """Pad a code on the right: VAT code and country 3, unit 8, language 10 (X73)."""
    return text.strip().ljust(width)


def wall_clock(moment: datetime) -> datetime:
    """Return the local wall clock of the server, written down as if it were UTC (X67)."""
    return moment.astimezone(AMSTERDAM).replace(tzinfo=UTC)


def midnight(moment: datetime) -> datetime:
    """Return the day of a wall clock: a date-only field is midnight (X68)."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def slash_date(value: datetime) -> str:
    """Write a wall clock as /Date(ms)/ (X67)."""
    seconds = int(value.timestamp())
    return f"/Date({seconds * 1000 + value.microsecond // 1000})/"


def encoder(edm_type: str, *, int64_as_string: bool) -> Callable[[Any], object] | None:
    """Return how values of a type are written; None when they are written as they are."""
    if edm_type == "Edm.DateTime":
        return slash_date
    if edm_type == "Edm.Int64":
        return str if int64_as_string else int  # X71
    if edm_type == "Edm.Binary":
        return _never_shown
    return None


def _never_shown(_: object) -> None:
    """Hide binary content: an attachment answers with `Attachment: null` (X127)."""


def _mark(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}{_MARK}"
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def to_json(value: object) -> str:
    """Write an answer; a Decimal becomes a JSON number digit by digit (X70)."""
    text = json.dumps(value, ensure_ascii=False, default=_mark, separators=(",", ":"))
    return _MARKED.sub(r"\1", text)
