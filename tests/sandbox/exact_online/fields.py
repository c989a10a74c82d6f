"""The published properties of every endpoint, as exact-fields.json holds them (X105)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "exact-fields.json"


@dataclass(frozen=True, slots=True)
class Property:
    """One property; `type` is its Edm type, such as Edm.Guid."""

    name: str
    type: str
    writable: bool
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Fields:
    """What is published about one endpoint."""

    path: str
    methods: tuple[str, ...]
    scope: str | None
    kind: str
    page_size: int
    key: str
    properties: Mapping[str, Property]


@cache
def load_fields() -> Mapping[str, Fields]:
    """Read the published endpoints, keyed by their path below the division; once for a process."""
    published = json.loads(SOURCE.read_text(encoding="utf-8"))
    return {
        path: Fields(
            path=path,
            methods=tuple(entry["methods"]),
            scope=entry["scope"],
            kind=entry["kind"],
            page_size=entry["page_size"],
            key=entry["key"] or "",
            properties={
                name: Property(name, about["type"], about["writable"], about["mandatory"])
                for name, about in entry["properties"].items()
            },
        )
        for path, entry in published.items()
    }


def as_bulk(twin: Fields, path: str) -> Fields:
    """Derive a bulk endpoint from its twin: the same properties, pages of 1,000 (X51, X103)."""
    return replace(twin, path=path, methods=("GET",), kind="bulk", page_size=1000)
