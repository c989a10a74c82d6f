"""The sandbox as people start it: `python -m tests.sandbox.qics_milestones --port 8082`."""

import subprocess
import sys
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.sandbox.common.server import free_port
from tests.sandbox.qics_milestones.state import CONTROL_PATH

ROOT = Path(__file__).parents[3]
PATIENCE = Retry(connect=12, backoff_factor=0.05, backoff_max=1)


def test_the_module_serves_the_sandbox_on_the_port_that_was_asked_for() -> None:
    port = free_port()
    arguments = ["--port", str(port), "--redirect-uri", "http://127.0.0.1/terug"]
    command = [sys.executable, "-m", "tests.sandbox.qics_milestones", *arguments]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server,  # noqa: S603 - ours
        requests.Session() as session,
    ):
        session.mount("http://", HTTPAdapter(max_retries=PATIENCE))
        try:
            base = f"http://127.0.0.1:{port}{CONTROL_PATH}"
            health = session.get(f"{base}health", timeout=(5, 10)).json()
            app = session.get(f"{base}app", timeout=(5, 10)).json()
        finally:
            server.terminate()

    assert health["status"] == "ok"
    assert app["redirect_uri"] == "http://127.0.0.1/terug"
