"""Rows of a page, as far as a run has to know them before they are mapped.

A row can be anything that a server sends. What concerns one row never stops a page: a row is kept
as it came, and the mapping of its record says what is wrong with it (`entities/fields.py`). Only a
row that does not say which it is cannot be kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ExactId, SyncTimestamp
from koppeling.pull.entities.entity import Feed
from koppeling.pull.entities.fields import is_code, row_key, timestamp_of
from koppeling.pull.record import digest_of

# P10: nearly every value is one of these
_AS_STORED = frozenset({str, int, bool, type(None)})

type Rows = list[dict[str, Any]]


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it is stored: a fraction as text with the same digits."""
    return {
        name: value if type(value) in _AS_STORED else _storable(value)
        for name, value in row.items()
    }


def timestamps(rows: Iterable[Mapping[str, Any]]) -> list[SyncTimestamp]:
    """Return the Timestamps of rows; one without a readable Timestamp moves no cursor."""
    found = (timestamp_of(row) for row in rows)
    return [SyncTimestamp(stamp) for stamp in found if stamp is not None]


@dataclass(frozen=True, slots=True)
class Stray:
    """A row that does not say which it is: its `field` is unreadable, and `name` tells of it."""

    row: dict[str, Any]
    field: str
    name: str


def by_owner(feed: Feed, rows: Iterable[dict[str, Any]]) -> tuple[dict[ExactId, Rows], list[Stray]]:
    """Return rows by the record they belong to, and those that do not say which they are.

    A row that belongs to no record, such as a contact without an account, is left out.
    """
    grouped: dict[ExactId, Rows] = defaultdict(list)
    strays: list[Stray] = []
    for row in rows:
        held = row.get(feed.owner)
        owner = str(held).strip() if is_code(held) else ""
        has_id = row_key(row) is not None
        if owner and has_id:
            grouped[ExactId(owner)].append(row)
        elif held or not has_id:
            strays.append(Stray(row, "ID" if owner else feed.owner, _name_of(row, owner)))
    return dict(grouped), strays


def _name_of(row: Mapping[str, Any], owner: str) -> str:
    """Return by what a person may find a row again: a code, its owner, or a hash of all of it."""
    code = row.get("Code")
    if is_code(code) and str(code).strip():
        return str(code).strip()
    return owner or digest_of([row])[:12]


def _storable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _storable(held) for name, held in value.items()}
    return [_storable(held) for held in value] if isinstance(value, list) else value
