"""The parts of docs/factuurcontract.md: every field of the schema, the examples, the limits."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from koppeling.aws.dynamodb.semaphore import MAX_PERMITS
from koppeling.push.attachment import ASK_AGAIN, PATIENCE
from koppeling.push.contract import MAX_BYTES as MOST_DOCUMENT
from koppeling.push.contract import SCHEMA
from koppeling.push.pdf import MAX_BYTES as MOST_PDF
from tools.docs.errors import EXAMPLES
from tools.docs.words import table, word
from tools.paths import ROOT

_FILE = ROOT / "layers" / "koppeling" / "koppeling" / "push" / SCHEMA
# X34: so many calls an administration allows a minute; P3: so many an invoice takes with a PDF
_CALLS_A_MINUTE, _CALLS = 60, 3


@cache
def schema() -> Mapping[str, Any]:
    """Return the schema of an invoice document."""
    found: Mapping[str, Any] = json.loads(_FILE.read_text())
    return found


def names() -> list[str]:
    """Return the path of every field."""
    return [name for name, _, _ in _walk(schema(), "")]


def fields() -> str:
    """Return a table of every field."""
    rows = [
        (
            f"`{name}`",
            _type(part),
            "ja" if required else "nee",
            _limits(part),
            word("fields", name),
        )
        for name, part, required in _walk(schema(), "")
    ]
    return table(("Veld", "Soort", "Verplicht", "Vorm", "Betekenis"), rows)


def example(file: str) -> str:
    """Return an example as it stands."""
    return f"```json\n{(EXAMPLES / file).read_text().strip()}\n```"


def limits() -> str:
    """Return the numbers."""
    lines = schema()["properties"]["lines"]["maxItems"]
    pace = (
        f"ten hoogste {_CALLS_A_MINUTE // _CALLS}: Exact Online staat {_CALLS_A_MINUTE} "
        f"aanroepen per minuut toe, en een factuur met PDF kost er {_CALLS}"
    )
    rows = [
        ("Grootte van het JSON-document", f"ten hoogste {_dotted(MOST_DOCUMENT)} bytes"),
        ("Regels op een factuur", f"1 tot {lines}"),
        ("Grootte van de PDF", f"ten hoogste {_dotted(MOST_PDF)} bytes"),
        ("Wachten op een PDF die er nog niet is", f"{PATIENCE.days} dagen na de boeking"),
        ("Kijken of de PDF er al is", f"elke {ASK_AGAIN.seconds // 60} minuten"),
        ("Facturen tegelijk per administratie", str(MAX_PERMITS)),
        ("Facturen met PDF per minuut en administratie", pace),
    ]
    return table(("Wat", "Hoeveel"), rows)


def _walk(part: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield path, schema and whether it must be there, of every field, depth first."""
    for name, below in part["properties"].items():
        place = f"{path}.{name}" if path else name
        yield place, below, name in part["required"]
        inner = _inner(below)
        if "items" in inner:
            yield from _walk(_inner(inner["items"]), f"{place}[]")
        elif "properties" in inner:
            yield from _walk(inner, place)


def _inner(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a field is when it is not null, with its definition filled in."""
    for choice in part.get("anyOf", ()):
        if choice.get("type") != "null":
            return _inner(choice)
    if "$ref" in part:
        defined: Mapping[str, Any] = schema()["$defs"][part["$ref"].rpartition("/")[2]]
        return _inner(defined)
    return part


def _type(part: Mapping[str, Any]) -> str:
    kind = word("types", _inner(part).get("type", "string"))
    empty = any(choice.get("type") == "null" for choice in part.get("anyOf", ()))
    return f"{kind} of `null`" if empty else kind


def _limits(part: Mapping[str, Any]) -> str:
    inner = _inner(part)
    allowed = inner.get("enum", [inner["const"]] if "const" in inner else [])
    limits = [" of ".join(f'`"{each}"`' for each in allowed)] if allowed else []
    limits += [
        _range(inner, least, most, unit)
        for least, most, unit in (
            ("minLength", "maxLength", " tekens"),
            ("minItems", "maxItems", " regels"),
            ("minimum", "maximum", ""),
        )
        if most in inner
    ]
    if "pattern" in inner:
        limits.append(word("patterns", inner["pattern"]))
    return "; ".join(limits)


def _range(part: Mapping[str, Any], least: str, most: str, unit: str) -> str:
    return f"{part.get(least, 0)} tot {_dotted(part[most])}{unit}"


def _dotted(number: int) -> str:
    """Return a number as it is written in Dutch."""
    return f"{number:,}".replace(",", ".")
