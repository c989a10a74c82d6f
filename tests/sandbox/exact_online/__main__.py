"""Runs the sandbox in the foreground, for people and for the demo."""

import argparse
import gc
import signal
import sys

from tests.sandbox.common.server import serve
from tests.sandbox.exact_online.sandbox import DEFAULT_REDIRECT, ExactSandbox


def main() -> None:
    """Start the server and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.exact_online")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--items", type=int, default=12)
    parser.add_argument("--employees", type=int, default=8)
    parser.add_argument("--projects", type=int, default=10)
    parser.add_argument("--cost-centers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--daily-limit", type=int, default=5000)
    parser.add_argument("--redirect-uri", default=DEFAULT_REDIRECT)
    wanted = parser.parse_args()
    sandbox = ExactSandbox(
        wanted.accounts,
        wanted.seed,
        items=wanted.items,
        employees=wanted.employees,
        projects=wanted.projects,
        cost_centers=wanted.cost_centers,
        daily_limit=wanted.daily_limit,
        redirect_uri=wanted.redirect_uri,
    )
    gc.freeze()  # the data stays for good: looking through it again and again costs pauses
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"Exact Online sandbox on http://{wanted.host}:{wanted.port}\n")
    sys.stdout.flush()
    serve(sandbox.app, wanted.port, wanted.host)


if __name__ == "__main__":
    main()
