"""Findings: what the readiness check of a connection saw, each with a level and what to do.

A report travels as JSON: `asdict` writes it, `report_of` reads it back. Texts are made by the
reader, in `finding_texts`, so that a report holds codes and values only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from koppeling.check.csv_table import Table
from koppeling.core.ids import ConnectionId


class Level(StrEnum):
    """How much a finding weighs: the link cannot work, look at it, or nothing to do."""

    BLOCKING = "blocking"
    WARNING = "warning"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `item` names what was looked at. `code` is one of the catalogue or of the texts of the check,
    None when all is well. `table` lists the records it is about; its columns are names.
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
        """Return the gravest level of all findings."""
        return gravest(finding.level for finding in self.findings)


def gravest(levels: Iterable[Level]) -> Level:
    """Return the gravest of some levels; without any, nothing is wrong."""
    held = set(levels)
    return next((level for level in Level if level in held), Level.FINE)


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
