"""Link values: what a link field will hold, and the fingerprint of all of a record."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from koppeling.core.ids import ExactId

_NAME = re.compile(r"(\w+)([/#])(.*)", re.DOTALL)

type Row = Mapping[str, Any]
"""One record as a system sent it, by its own field names."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link field that refers to another record, by its code; None refers to nothing.

    `target_id` is the ID of that record, where Exact tells it. A code can move to another record
    and an ID cannot, so the ID decides (L14).
    """

    entity: str
    code: str | None
    required: bool = False
    target_id: ExactId | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether it refers to nothing."""
        return self.code is None and self.target_id is None

    @property
    def names(self) -> tuple[str, ...]:
        """Return what a change that waits for the record names it by."""
        by_code = () if self.code is None else (named_by_code(self.entity, self.code),)
        by_id = () if self.target_id is None else (named_by_id(self.entity, self.target_id),)
        return by_code + by_id


def named_by_code(entity: str, code: str) -> str:
    """Return the name of a record by its code, as the retry set has it."""
    return f"{entity}/{code}"


def named_by_id(entity: str, exact_id: ExactId) -> str:
    """Return the name of a record by its ID, as the retry set has it."""
    return f"{entity}#{exact_id}"


def parts_of(name: str) -> tuple[str, str, ExactId | None]:
    """Return the entity of such a name, with the code, or with the ID when it is one by ID."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} names no record")
    entity, sign, rest = found.groups()
    return (entity, rest, None) if sign == "/" else (entity, "", ExactId(rest))


type LinkValue = str | bool | int | Reference | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should see that stops nothing; its code is one of the catalogue."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a record of Exact means for QicsMilestones.

    A link field that is absent from `values` stays as it is there; one that is None is emptied.
    `on_create` are the other fields of a new record, apart from its company (L9).
    `importable` says whether a record that is not linked yet may be created. One that is only
    `adoptable` is linked when it stands in both systems, and not created. `changes_on` is the next
    day on which the outcome changes by itself (L7). `refused` says why the record cannot be written
    until somebody corrects it in Exact.
    """

    code: str
    values: Mapping[str, LinkValue]
    on_create: Mapping[str, LinkValue] = field(default_factory=dict)
    importable: bool = True
    adoptable: bool = False
    changes_on: date | None = None
    notices: tuple[Notice, ...] = ()
    refused: Notice | None = None


def fingerprint(values: Mapping[str, LinkValue]) -> str:
    """Return a hash that changes with a link field, and with nothing else (L1)."""
    return sha256(to_json(values).encode()).hexdigest()


def to_json(values: Mapping[str, LinkValue]) -> str:
    """Return link values as canonical JSON: the same values always give the same text."""
    return _CANONICAL.encode(values)


def from_json(text: str) -> dict[str, LinkValue]:
    """Return link values from what `to_json` wrote."""
    return {
        name: Reference(**value) if isinstance(value, dict) else value
        for name, value in json.loads(text).items()
    }


def _plain(value: object) -> dict[str, object]:
    if not isinstance(value, Reference):
        raise TypeError(f"a link value cannot be {type(value).__name__}")
    named: dict[str, object] = {
        "entity": value.entity,
        "code": value.code,
        "required": value.required,
    }
    # Without an ID the text is that of the release before, and so is the fingerprint
    return named if value.target_id is None else {**named, "target_id": value.target_id}


# Made once: an encoder for each record costs more than the encoding (P10)
_CANONICAL = json.JSONEncoder(
    default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
)
