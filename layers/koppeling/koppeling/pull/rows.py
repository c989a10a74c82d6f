"""Rows of a page, as far as a run has to know them before they are mapped.

A row can be anything that a server sends. What concerns one row never stops a page: a row is kept
as it came, and the mapping of its record says what is wrong with it (`entities/fields.py`). Only a
row that does not say whose it is cannot be kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ExactId, SyncTimestamp
from koppeling.pull.entities.entity import Feed
from koppeling.pull.entities.fields import is_code, timestamp_of
from koppeling.pull.record import digest_of

type Rows = list[dict[str, Any]]


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it is stored: a fraction as text with the same digits."""
    return {
        name: _storable(value) if isinstance(value, Decimal | dict | list) else value
        for name, value in row.items()
    }


def timestamps(rows: Iterable[Mapping[str, Any]]) -> list[SyncTimestamp]:
    """Return the Timestamps of rows; one without a readable Timestamp moves no cursor."""
    found = (timestamp_of(row) for row in rows)
    return [SyncTimestamp(stamp) for stamp in found if stamp is not None]


def by_owner(feed: Feed, rows: Iterable[dict[str, Any]]) -> tuple[dict[ExactId, Rows], Rows]:
    """Return rows by the record they belong to, and those that do not say whose they are.

    A row that belongs to no record, such as a contact without an account, is left out.
    """
    grouped: dict[ExactId, Rows] = defaultdict(list)
    strays: Rows = []
    for row in rows:
        held = row.get(feed.owner)
        owner = str(held).strip() if is_code(held) else ""
        if owner:
            grouped[ExactId(owner)].append(row)
        elif held or feed.owner == "ID":
            strays.append(row)
    return dict(grouped), strays


def name_of(row: Mapping[str, Any]) -> str:
    """Return by what a person may find a row again: its code, or else a hash of all of it."""
    code = row.get("Code")
    if isinstance(code, str) and is_code(code.strip()):
        return code.strip()
    return digest_of([row])[:12]


def _storable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _storable(held) for name, held in value.items()}
    return [_storable(held) for held in value] if isinstance(value, list) else value
