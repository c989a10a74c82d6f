"""`make audit`: what the tools find is mended, or accepted with a reason that still holds."""

import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.infra.template import Template
from tools.audit.findings import (
    ACCEPTED,
    AcceptedFinding,
    Finding,
    accepted_findings,
    open_findings,
    stale_names,
)
from tools.audit.packages import AUDITED, LAYER, advisories, pinned, write_sbom
from tools.audit.policies import decided, policy_findings
from tools.paths import ROOT

NOBODY = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
PLANTED = "PlantedQueue"
RULE = AcceptedFinding("CKV_1", ("Pull*", "Watch"), "a reason")


@pytest.fixture(scope="module")
def scanned(production: Template) -> list[Finding]:
    """Return what Checkov finds in the template with a queue in it that has no key."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}}
    resources = {**production.document["Resources"], PLANTED: queue}
    return policy_findings(
        replace(production, document={**production.document, "Resources": resources})
    )


@pytest.fixture(scope="module")
def found(scanned: list[Finding]) -> list[Finding]:
    """Return what Checkov finds in our own template."""
    return [finding for finding in scanned if finding.name != PLANTED]


def test_every_finding_of_checkov_is_mended_or_accepted(found: list[Finding]) -> None:
    assert open_findings(found, accepted_findings()) == []


def test_nothing_is_accepted_that_is_not_found_any_more(found: list[Finding]) -> None:
    policies = [rule for rule in accepted_findings() if rule.check.startswith("CKV")]

    assert stale_names(found, policies) == []


def test_every_accepted_finding_has_a_reason_that_says_something() -> None:
    for rule in accepted_findings():
        assert len(rule.reason.split()) >= 10, rule.check
    checks = [entry["check"] for entry in tomllib.loads(ACCEPTED.read_text())["accepted"]]
    assert len(checks) == len(set(checks))


def test_a_queue_without_a_key_is_found(scanned: list[Finding]) -> None:
    assert Finding("CKV_AWS_27", PLANTED) in scanned


def test_what_is_scanned_is_what_is_deployed(production: Template, local: Template) -> None:
    assert "Fn::If" not in str(decided(production))
    assert "InboxBucketPolicy" in decided(production)["Resources"]
    assert "InboxBucketPolicy" not in decided(local)["Resources"]
    lock = decided(production)["Resources"]["EvidenceBucket"]["Properties"]["ObjectLockEnabled"]
    assert lock is True


def test_what_nobody_accepted_is_open_and_what_nobody_finds_is_stale() -> None:
    findings = [Finding("CKV_1", "PullItems"), Finding("CKV_2", "Watch")]

    assert open_findings(findings, [RULE]) == [Finding("CKV_2", "Watch")]
    assert stale_names(findings, [RULE]) == ["CKV_1 Watch"]


def test_packages_that_nobody_could_be_asked_about_are_told_and_count_as_unknown() -> None:
    known = advisories(LAYER, NOBODY)

    assert known.findings == ()
    assert set(known.unasked) == set(pinned(LAYER))
    assert all(known.unasked.values())


def test_the_bill_of_materials_names_every_package_of_the_layer(tmp_path: Path) -> None:
    made = write_sbom(tmp_path / "made" / "sbom.json")

    assert made["bomFormat"] == "CycloneDX"
    assert {each["name"]: each["version"] for each in made["components"]} == pinned(LAYER)
    assert all(each["purl"].startswith("pkg:pypi/") for each in made["components"])


def test_what_functions_and_operators_run_is_asked_about() -> None:
    names = [str(file.relative_to(ROOT)) for file in AUDITED]

    assert names == ["layers/dependencies/requirements.txt", "requirements/cli.txt"]


def test_make_audit_runs_every_part_and_the_tests_of_the_template_have_its_tools() -> None:
    for target in ("audit", "unit"):
        run = subprocess.run(  # noqa: S603 - a target of our own Makefile
            ["make", "-n", "-W", "requirements/audit.txt", target],  # noqa: S607 - whichever make
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "--require-hashes requirements/audit.txt" in run.stdout
        assert target == "unit" or "-m tools.audit" in run.stdout
