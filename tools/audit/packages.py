"""Packages: known faults of what is installed (pip-audit), and what is shipped (SBOM)."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.audit.findings import Finding
from tools.audit.policies import AuditError
from tools.paths import AUDIT_BIN, ROOT
from tools.stack.build import sam_environment

LAYER = ROOT / "layers" / "dependencies" / "requirements.txt"
# What runs in Lambda, and what runs where an operator has the credentials of AWS
AUDITED = (LAYER, ROOT / "requirements" / "cli.txt")
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Advisories:
    """What is known of packages, and the packages of which nobody could be asked."""

    findings: tuple[Finding, ...]
    unasked: Mapping[str, str]


def pinned(file: Path) -> dict[str, str]:
    """Return the packages of a compiled list, with their versions."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", file.read_text(), re.MULTILINE))


def advisories(file: Path, environment: Mapping[str, str] | None = None) -> Advisories:
    """Ask PyPI for the advisories of every package of a compiled list.

    pip-audit ends well when it could ask nothing; here that is told package by package.
    """
    answer = _run(
        "pip-audit",
        [
            *("--requirement", str(file), "--disable-pip", "--require-hashes"),
            *("--format", "json", "--progress-spinner", "off", "--timeout", "10"),
        ],
        environment,
    )
    try:
        told = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        lines = answer.stderr.strip().splitlines()
        return Advisories((), dict.fromkeys(pinned(file), lines[-1] if lines else "no answer"))
    findings = [
        Finding(fault["id"], package["name"])
        for package in told
        for fault in package.get("vulns", ())
    ]
    asked = {package["name"] for package in told if "skip_reason" not in package}
    reasons = {package["name"]: package.get("skip_reason", "") for package in told}
    unasked = {name: reasons.get(name, "") for name in pinned(file) if name not in asked}
    return Advisories(tuple(findings), unasked)


def write_sbom(target: Path, file: Path = LAYER) -> dict[str, Any]:
    """Write the software bill of materials of a compiled list (CycloneDX), and return it.

    Raises:
        AuditError: it was not made.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    answer = _run(
        "cyclonedx-py",
        [
            *("requirements", str(file), "--of", "JSON", "--output-reproducible"),
            *("-o", str(target)),
        ],
    )
    if answer.returncode:
        raise AuditError(f"cyclonedx-py: {answer.stderr[-500:]}")
    made: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return made


def _run(
    tool: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AUDIT_BIN / tool, *arguments],
        env={**sam_environment(), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
