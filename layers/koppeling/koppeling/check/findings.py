"""Findings: what the readiness check of a connection saw, each with its level.

A report travels as JSON: `asdict` writes it, `report_of` reads it. It holds codes and values only;
the reader makes the texts, with `check.texts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from koppeling.core.csv_table import Table
from koppeling.core.ids import ConnectionId


class Level(StrEnum):
    """How severe a finding is: the link cannot work, look at it, or nothing to do."""

    BLOCKING = "blocking"
    WARNING = "warning"
    OK = "fine"


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
