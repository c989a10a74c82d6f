"""Checkov on the template as CloudFormation gets it: every loop expanded, every choice made."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.infra.template import Template, expanded
from tools.audit.findings import Finding
from tools.paths import AUDIT_BIN
from tools.stack.build import sam_environment

_SECONDS = 300


class AuditError(RuntimeError):
    """A tool did not do its work; the message is what it said."""


def policy_findings(template: Template | None = None) -> list[Finding]:
    """Return what Checkov finds in the template of production.

    Raises:
        AuditError: it did not read the whole template.
    """
    production = template or expanded("production")
    document = decided(production)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        told = _checkov(file)
    summary, results = told.get("summary", {}), told.get("results", {})
    if summary.get("parsing_errors") != 0 or summary.get("resource_count") != len(
        document["Resources"]
    ):
        raise AuditError(f"Checkov did not read the whole template: {summary}")
    return [
        Finding(failed["check_id"], failed["resource"].rpartition(".")[2])
        for failed in results["failed_checks"]
    ]


def decided(template: Template) -> dict[str, Any]:
    """Return the document with the resources of its stage only, and each `Fn::If` decided.

    Checkov takes a choice for a value: what it sees has to be what is deployed.
    """
    document = template.document
    resources = {
        name: _decided(resource, template)
        for name, resource in document["Resources"].items()
        if "Condition" not in resource or template.holds(resource["Condition"])
    }
    return {**document, "Resources": resources, "Outputs": {}}


def _decided(value: Any, template: Template) -> Any:  # noqa: ANN401 - a piece of a template
    if isinstance(value, list):
        parts = [_decided(part, template) for part in value]
        return [part for part in parts if not _is_nothing(part)]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        condition, so, otherwise = value["Fn::If"]
        return _decided(so if template.holds(condition) else otherwise, template)
    pairs = ((name, _decided(part, template)) for name, part in value.items())
    return {name: part for name, part in pairs if not _is_nothing(part)}


def _is_nothing(value: object) -> bool:
    return value == {"Ref": "AWS::NoValue"}


def _checkov(file: Path) -> dict[str, Any]:
    if not (AUDIT_BIN / "checkov").is_file():
        raise AuditError("Checkov is not there: `make .venvs/audit/.made` installs it")
    # What is skipped are texts of its vendor: without them nothing is asked of the internet
    answer = subprocess.run(
        [
            *(AUDIT_BIN / "checkov", "--skip-download", "--framework", "cloudformation"),
            *("--file", file, "--compact", "--quiet", "--soft-fail", "--output", "json"),
        ],
        cwd=file.parent,
        env=sam_environment(),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(answer.stdout)
    except ValueError as error:
        raise AuditError(f"Checkov: {answer.stdout[-500:]}{answer.stderr[-500:]}") from error
    return told
