"""Link values: what a link field will hold, and the fingerprint of all of a record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

type Row = Mapping[str, Any]
"""One record as a system sent it, by its own field names."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link field that refers to another record, by its code; None refers to nothing."""

    entity: str
    code: str | None
    required: bool = False


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
    `importable` says whether a record that is not linked yet may be created. `changes_on` is the
    next day on which the outcome changes by itself (L7). `refused` says why the record cannot be
    written until somebody corrects it in Exact.
    """

    code: str
    values: Mapping[str, LinkValue]
    on_create: Mapping[str, LinkValue] = field(default_factory=dict)
    importable: bool = True
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
        name: Reference(value["entity"], value["code"], value["required"])
        if isinstance(value, dict)
        else value
        for name, value in json.loads(text).items()
    }


def _plain(value: object) -> dict[str, object]:
    if not isinstance(value, Reference):
        raise TypeError(f"a link value cannot be {type(value).__name__}")
    return {"entity": value.entity, "code": value.code, "required": value.required}


# Made once: an encoder for each record costs more than the encoding (P10)
_CANONICAL = json.JSONEncoder(
    default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
)
