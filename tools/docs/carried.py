"""The parts of docs/welke-gegevens.md: what is carried over, from the tables of link fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from koppeling.core import rendering
from tools.docs.words import table, word
from tools.paths import ROOT

LINK_FIELDS = ROOT / "docs" / "reference" / "link-fields.md"
_HEADING = re.compile(r"^### 3\.\d ([A-Za-z ]+):")
_COLUMNS = 4
# Headings, and what the link never writes
_NO_ROWS = {"Kind", "never", "not linked"}


@dataclass(frozen=True, slots=True)
class CarriedField:
    """One row of a table: what is read, what is written, and when."""

    entity: str
    source: str
    target: str
    kind: str


@cache
def carried() -> tuple[CarriedField, ...]:
    """Return the rows of section 3 of link-fields.md that say what is written."""
    return tuple(_rows())


def _rows() -> Iterator[CarriedField]:
    entity = ""
    for line in LINK_FIELDS.read_text().splitlines():
        if heading := _HEADING.match(line):
            entity = heading[1]
        elif line.startswith("## "):
            entity = ""
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        is_row = entity and line.startswith("| ") and len(cells) >= _COLUMNS
        if is_row and cells[2] not in _NO_ROWS:
            yield CarriedField(entity, cells[0], cells[1], cells[2].replace("*", ""))


def carried_fields() -> str:
    """Return a table for each kind of record."""
    parts: list[str] = []
    for entity in dict.fromkeys(row.entity for row in carried()):
        rows = [row for row in carried() if row.entity == entity]
        parts.append(f"### {word('carried_entities', entity)}")
        parts.append(
            table(
                ("In Exact Online", "In QicsMilestones", "Wanneer"),
                [(_source(row), _target(row), word("carried_kinds", row.kind)) for row in rows],
            )
        )
    return "\n\n".join(parts)


def _source(row: CarriedField) -> str:
    """Return what is read, in the words of the catalogue; a longer expression has its own."""
    if not re.fullmatch(r"[\w., ]+", row.source) or " of " in row.source:
        return word("carried_sources", row.source)
    names = (name.rpartition(".")[2] for name in re.split(r",? else |, ", row.source))
    return _listed(rendering.load("", "nl")["words"]["field"][name] for name in names)


def _target(row: CarriedField) -> str:
    fields = rendering.load("preview", "nl")["field"]
    names = row.target.split(", ")
    return _listed(fields.get(name) or word("carried_targets", name) for name in names)


def _listed(words: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(words))
