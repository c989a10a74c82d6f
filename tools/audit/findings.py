"""Findings of the tools, and those of them that are accepted with a written reason."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

ACCEPTED = Path(__file__).with_name("accepted.toml")


class Finding(NamedTuple):
    """What a check says of one resource of the template or one package."""

    check: str
    name: str


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """A check that some resources may fail, and why; a name may hold a `*`."""

    check: str
    names: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding, pattern: str) -> bool:
        """Say whether a finding is one of those that a name stands for."""
        return finding.check == self.check and fnmatchcase(finding.name, pattern)


def accepted_findings(file: Path = ACCEPTED) -> list[AcceptedFinding]:
    """Return what is accepted.

    Raises:
        KeyError: an entry lacks something.
    """
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["accepted"]
    return [
        AcceptedFinding(entry["check"], tuple(entry["names"]), entry["reason"]) for entry in entries
    ]


def open_findings(found: Iterable[Finding], accepted: Iterable[AcceptedFinding]) -> list[Finding]:
    """Return the findings that nobody accepted."""
    rules = list(accepted)
    return sorted(
        finding
        for finding in set(found)
        if not any(rule.covers(finding, name) for rule in rules for name in rule.names)
    )


def stale_names(found: Iterable[Finding], accepted: Iterable[AcceptedFinding]) -> list[str]:
    """Return the accepted names that no finding has any more: their entry has to go."""
    findings = set(found)
    return [
        f"{rule.check} {name}"
        for rule in accepted
        for name in rule.names
        if not any(rule.covers(finding, name) for finding in findings)
    ]
