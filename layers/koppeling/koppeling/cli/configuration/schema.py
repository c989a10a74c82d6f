"""The schema of a configuration file, and the way through it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "connection.schema.json"


@cache
def schema() -> Mapping[str, Any]:
    """Return the published schema."""
    text = (files("koppeling.cli.configuration") / FILE).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of the schema with what it refers to; its own words go first."""
    reference = part.get("$ref")
    if reference is None:
        return part
    return {**schema()["$defs"][str(reference).rpartition("/")[2]], **part}


def part_at(path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """Return the part of the schema that speaks of a path in a document."""
    part = schema()
    for step in path:
        part = part["items"] if isinstance(step, int) else part["properties"][step]
        part = resolved(part)
    return part


def sections(
    part: Mapping[str, Any] | None = None, path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield every entry there is: its path, what the schema says of it, whether it is needed."""
    part = schema() if part is None else part
    for name, below in part["properties"].items():
        found, place = resolved(below), f"{path}.{name}".lstrip(".")
        yield place, found, name in part.get("required", ())
        if found["type"] == "object":
            yield from sections(found, place)


def leaves() -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield every entry that holds a value."""
    return (entry for entry in sections() if entry[1]["type"] != "object")
