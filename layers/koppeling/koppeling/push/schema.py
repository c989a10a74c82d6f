"""The schema of an invoice document, and which of its fields may be wrong.

A field that is marked `x-if-wrong` is not needed to book. A wrong value there never refuses an
invoice: it is cut or left out, and a note says so. Every other field that is wrong refuses it.
The exchange rate is needed in a foreign currency alone, which the schema cannot tell: its absence
refuses such an invoice later (`invoice_checks`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from koppeling.core.text import clean, cut

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

FILE = "invoice.schema.json"
IF_WRONG = "x-if-wrong"
LONGEST_NAME = 60
CUT, LEAVE_OUT = "cut", "leave-out"

type Part = Mapping[str, Any]
type Validator = Callable[[object], Any]

# What is wrong, for our log; the field is named beside it
REASONS = {
    "pattern": "not in the agreed form",
    "format": "no such date or time",
    "anyOf": "not in the agreed form",
    "type": "of another kind than agreed",
    "const": "another value than agreed",
    "enum": "none of the agreed values",
    "minLength": "empty",
    "maxLength": "too long",
    "minItems": "empty",
    "maxItems": "too many",
    "minimum": "too low",
    "maximum": "too high",
    "required": "missing",
    "additionalProperties": "unknown",
}
# And by the key of its sentence in the catalogue
_SENTENCES = {
    "pattern": "pattern",
    "format": "date",
    "anyOf": "pattern",
    "type": "kind",
    "const": "choice",
    "enum": "choice",
    "minLength": "empty",
    "maxLength": "long",
    "minItems": "empty",
    "maxItems": "many",
    "minimum": "low",
    "maximum": "high",
    "required": "missing",
    "additionalProperties": "unknown",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document, in the terms of the catalogue; it holds no value of it.

    `field` is the path of the schema, `line` counts from 1, `name` is that of a field that was not
    agreed. `detail` is for our log.
    """

    reason: str
    field: str
    line: str = ""
    name: str = ""
    detail: str = ""


@dataclass(slots=True)
class Corrected:
    """A document without wrong values in fields that booking does not need.

    `wrong` holds, for each of these fields, what was wrong and what became of it.
    """

    document: Mapping[str, Any]
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """One line for each field that was wrong, for the log."""
        return tuple(f"{name}: {what}" for name, what in self.wrong.items())


@cache
def published() -> Part:
    """Return the schema as it is published."""
    text = (files("koppeling.push") / FILE).read_text(encoding="utf-8")
    schema: Part = json.loads(text)
    return schema


@cache
def booking_validator() -> Validator:
    """Return the check of the fields that booking needs."""
    return _compiled(_for_booking(published()))


def corrected(document: Mapping[str, Any]) -> Corrected:
    """Cut or leave out what is wrong in fields that booking does not need."""
    if _finding(_compiled_part(""), document) is None:
        return Corrected(document)
    result = Corrected({})
    result.document = _corrected(published(), document, "", "", result.wrong)
    return result


def is_iso(kind: type[date], text: str) -> bool:
    """Say whether a text names a day or moment that exists: the pattern allows 30 February."""
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def fault_of(finding: "JsonSchemaValueException") -> Fault:
    """Return what a finding of the validator means, without the value, which may be personal."""
    names = _names(finding)
    parts = [str(part) for part in (*finding.path[1:], *names[:1])]
    rule = str(finding.rule)
    is_unknown = rule == "additionalProperties"
    lines = [int(part) + 1 for part in parts if part.isdigit()]
    return Fault(
        reason=_SENTENCES.get(rule, rule),
        field="" if is_unknown else _path(parts),
        line=str(lines[0]) if lines else "",
        name=parts[-1] if is_unknown else "",
        detail=_why(finding),
    )


def _path(parts: Iterable[str]) -> str:
    """Return a place in a document as the schema has it: `lines[].vat_code`."""
    return re.sub(r"\.\d+", "[]", ".".join(parts))


def _names(finding: "JsonSchemaValueException") -> list[str]:
    """Return the names of fields that are missing or were not agreed."""
    names: Iterable[object] = ()
    if finding.rule == "required":
        names = (name for name in finding.rule_definition if name not in finding.value)
    if finding.rule == "additionalProperties":
        names = sorted(set(finding.value) - set(finding.definition["properties"]))
    return [str(name)[:LONGEST_NAME] for name in names]


def inner(part: Part) -> Part:
    """Return what a field is when it is not null, with its definition filled in."""
    for choice in part.get("anyOf", ()):
        if choice.get("type") != "null":
            return inner(choice)
    if "$ref" in part:
        defined: Part = published()["$defs"][part["$ref"].rpartition("/")[2]]
        return inner(defined)
    return part


def walk(part: Part | None = None, path: str = "") -> Iterator[tuple[str, Part, bool]]:
    """Yield path, schema and whether it must be there, of every field, depth first."""
    part = published() if part is None else part
    for name, below in part["properties"].items():
        place = f"{path}.{name}" if path else name
        yield place, below, name in part["required"]
        inside = inner(below)
        if "items" in inside:
            yield from walk(inner(inside["items"]), f"{place}[]")
        elif "properties" in inside:
            yield from walk(inside, place)


def _corrected(
    part: Part, held: Mapping[str, Any], path: str, place: str, wrong: dict[str, str]
) -> dict[str, Any]:
    """Correct one object; `path` is where the schema has it, `place` where the document has it."""
    kept: dict[str, Any] = {}
    for name, value in held.items():
        below = part["properties"].get(name)
        if below is None:  # what is unknown is refused elsewhere
            kept[name] = value
            continue
        at, there = _join(path, name), _join(place, name)
        inside = _inside(inner(below), value, at, there, wrong)
        if IF_WRONG not in below or (finding := _finding(_compiled_part(at), inside)) is None:
            kept[name] = inside
        elif short := _shortened(below, inside):
            kept[name] = short
            wrong[there] = f"{_why(finding)}, cut"
        else:
            wrong[there] = f"{_why(finding)}, left out"
    for name in part["required"]:
        if name not in held and IF_WRONG in part["properties"][name]:
            wrong[_join(place, name)] = REASONS["required"]
    return kept


def _inside(part: Part, value: Any, path: str, place: str, wrong: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    if "properties" in part and isinstance(value, Mapping):
        return _corrected(part, value, path, place, wrong)
    if "items" in part and isinstance(value, list):
        items = inner(part["items"])
        return [
            _corrected(items, each, f"{path}[]", f"{place}.{count}", wrong)
            if isinstance(each, Mapping)
            else each
            for count, each in enumerate(value)
        ]
    return value


def _shortened(part: Part, value: object) -> str | None:
    """Return a text on one line that is not too long; None where a text is not to be cut."""
    if part[IF_WRONG] != CUT or not isinstance(value, str):
        return None
    text = clean(value)
    return text and cut(text, inner(part)["maxLength"])


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _why(finding: "JsonSchemaValueException") -> str:
    place = ".".join(str(part) for part in (*finding.path[1:], *_names(finding)[:1]))
    return f"{place} {REASONS.get(str(finding.rule), finding.rule)}".strip()


def _finding(validate: Validator, value: object) -> "JsonSchemaValueException | None":
    from fastjsonschema import (  # noqa: PLC0415 - only the push needs it (P9)
        JsonSchemaValueException,
    )

    try:
        validate(value)
    except JsonSchemaValueException as finding:
        return finding
    return None


@cache
def _compiled_part(path: str) -> Validator:
    """Return the check of one field; of the whole document for the empty path."""
    if not path:
        return _compiled(published())
    part = next(part for name, part, _ in walk() if name == path)
    return _compiled({**part, "$defs": published()["$defs"]})


def _compiled(schema: Part) -> Validator:
    """Compile a schema, once per process.

    The compiler reads it as draft 7, which means the same as 2020-12 for what this schema uses.
    """
    from fastjsonschema import compile as compile_schema  # noqa: PLC0415 - see above

    formats = {"date": partial(is_iso, date), "date-time": partial(is_iso, datetime)}
    validator: Validator = compile_schema(dict(schema), formats=formats)
    return validator


def _for_booking(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema in which the marked fields may hold anything, or be absent."""
    if isinstance(part, list):
        return [_for_booking(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    loose = {name: _for_booking(each) for name, each in part.items()}
    marked = {name for name, each in _properties(part).items() if IF_WRONG in each}
    if marked:
        loose["properties"] = {
            name: {} if name in marked else each for name, each in loose["properties"].items()
        }
        loose["required"] = [name for name in part["required"] if name not in marked]
    return loose


def _properties(part: Part) -> Mapping[str, Part]:
    found = part.get("properties", {})
    return found if all(isinstance(each, Mapping) for each in found.values()) else {}
