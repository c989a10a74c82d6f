"""Checks the template the way SAM and CloudFormation will: every warning is an error."""

import subprocess
import sys

from tools.paths import REGION, ROOT, SAM_BIN
from tools.stack.build import sam_environment

CHECKS = (
    ("sam", "validate", "--lint", "--config-env", "local"),
    (
        "cfn-lint",
        "--regions",
        REGION,
        "--non-zero-exit-code",
        "informational",
        "--",
        "template.yaml",
    ),
)


def main() -> int:
    """Run all checks; the first that finds something ends with its own exit code."""
    for name, *arguments in CHECKS:
        answer = subprocess.run(
            [SAM_BIN / name, *arguments],
            cwd=ROOT,
            env=sam_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            print(answer.stdout + answer.stderr)
            return answer.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
