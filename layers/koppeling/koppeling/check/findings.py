"""Findings: what the readiness check of a connection saw, each with its level.

A report travels as JSON: `asdict` writes it, `report_of` reads it. It holds codes and values only;
the reader makes the texts, with `check.texts`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import Any

from koppeling.core.ids import ConnectionId


class Level(StrEnum):
    """How severe a finding is: the link cannot work, look at it, or nothing to do."""

    BLOCKING = "blocking"
    WARNING = "warning"
    OK = "fine"


# Excel reads a file without this mark as Windows-1252, and Dutch Excel splits at semicolons
_MARK = "\ufeff"
_DELIMITER = ";"
# S11: what starts a formula in a spreadsheet, also in the full width of East Asian keyboards
_STARTS_A_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROLS = frozenset("\t\r\n")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows with a cell for each of them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        # JSON has lists for tuples
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"each row has {len(self.columns)} cells")


def as_csv(table: Table) -> str:
    """Return a table as the text of a CSV file, in which no cell is a formula (S11)."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=_DELIMITER, lineterminator="\r\n")
    for row in (table.columns, *table.rows):
        writer.writerow([_harmless(cell) for cell in row])
    return _MARK + file.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would calculate (S11)."""
    seen = cell.lstrip(" ")  # some spreadsheets ignore leading spaces
    dangerous = seen[:1] in _STARTS_A_FORMULA or seen[:1] in _CONTROLS
    return f"'{cell}" if dangerous else cell


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `item` names what was looked at. `code` is one of the catalogue or of the check's own texts,
    None when all is well. `table` lists the records that the finding is about.
    """

    level: Level
    item: str
    code: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a check saw, when, and how many calls to Exact it took."""

    connection: ConnectionId
    checked_at: str
    calls: int
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """Return the most severe level of all findings."""
        return most_severe(finding.level for finding in self.findings)


def most_severe(levels: Iterable[Level]) -> Level:
    """Return the most severe of some levels; OK without any."""
    held = set(levels)
    return next((level for level in Level if level in held), Level.OK)


def report_of(data: Mapping[str, Any]) -> Report:
    """Return a report as it was before it was written as JSON.

    Raises:
        KeyError, TypeError, ValueError: it is no report.
    """
    return Report(
        ConnectionId(str(data["connection"])),
        str(data["checked_at"]),
        int(data["calls"]),
        tuple(_finding(each) for each in data["findings"]),
    )


def _finding(data: Mapping[str, Any]) -> Finding:
    table = data["table"]
    return Finding(
        level=Level(data["level"]),
        item=str(data["item"]),
        code=data["code"],
        values=dict(data["values"]),
        table=None if table is None else Table(table["columns"], table["rows"]),
    )
