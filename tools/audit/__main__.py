"""Runs every part of the audit, tells what it found, and fails when something is open."""

import sys
from collections.abc import Iterable, Iterator, Mapping

from tools import lint_template
from tools.audit.findings import Finding, accepted_findings, open_findings, stale_names
from tools.audit.packages import AUDITED, advisories, write_sbom
from tools.audit.policies import policy_findings
from tools.paths import AUDIT_STATE, ROOT

_POLICY = "CKV"


def main() -> int:
    """Run the linters of the template, Checkov, pip-audit and the SBOM."""
    print("template: sam validate, cfn-lint")
    wrong = bool(lint_template.main())
    print("policies: Checkov")
    wrong |= _told(policy_findings(), policies=True)
    for file in AUDITED:
        name = file.relative_to(ROOT)
        print(f"advisories: pip-audit on {name}")
        known = advisories(file)
        for line in _unasked(known.unasked):
            print(line, flush=True)
        wrong |= _told(known.findings, policies=False, stale=not known.unasked)
    sbom = AUDIT_STATE / "sbom.json"
    components = write_sbom(sbom)["components"]
    print(f"SBOM: {len(components)} packages of the layer in {sbom.relative_to(ROOT)} (CycloneDX)")
    print("something is open" if wrong else "nothing is open")
    return int(wrong)


def _told(found: Iterable[Finding], *, policies: bool, stale: bool = True) -> bool:
    """Print what is open, and say whether anything is."""
    findings = list(found)
    rules = [rule for rule in accepted_findings() if rule.check.startswith(_POLICY) is policies]
    left = open_findings(findings, rules)
    gone = stale_names(findings, rules) if stale else []
    for finding in left:
        print(f"  open: {finding.check} {finding.name}")
    for name in gone:
        print(f"  accepted, but not found any more: {name}")
    print(f"  {len(findings)} found, {len(findings) - len(left)} accepted, {len(left)} open")
    return bool(left or gone)


def _unasked(unasked: Mapping[str, str]) -> Iterator[str]:
    """Yield what has to be said of packages whose advisories are not known."""
    if unasked:
        reason = next(iter(unasked.values()))
        yield f"  NOT ASKED, so nothing is known of {len(unasked)} packages: {', '.join(unasked)}"
        yield f"  the reason of the first: {reason}"


if __name__ == "__main__":
    sys.exit(main())
