"""Serves the sandbox to people: `python -m tests.sandbox.qics_milestones --port 8082`."""

import argparse
import sys

from tests.sandbox.common.server import serve
from tests.sandbox.qics_milestones.oauth import DEFAULT_REDIRECT_URI
from tests.sandbox.qics_milestones.sandbox import MilestonesSandbox


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="qics_milestones", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--redirect-uri", default=DEFAULT_REDIRECT_URI)
    wishes = parser.parse_args()
    sandbox = MilestonesSandbox(seed=wishes.seed, redirect_uri=wishes.redirect_uri)
    sys.stdout.write(f"QicsMilestones sandbox on http://{wishes.host}:{wishes.port}\n")
    sys.stdout.flush()
    serve(sandbox.app, wishes.port, wishes.host)


if __name__ == "__main__":
    main()
