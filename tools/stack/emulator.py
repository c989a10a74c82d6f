"""The AWS emulator, as a process that outlives its starter."""

import os
from pathlib import Path

from tests.sandbox.common.server import free_port
from tools.paths import EMULATOR, REGION
from tools.stack.processes import start, wait_healthy
from tools.stack.reach import ONLY_HERE, Reach


def start_emulator(state: Path, reach: Reach = ONLY_HERE) -> str:
    """Start it and return its address; what it writes stands below `tmp` of the state."""
    scratch = state / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = reach.url(port)
    # A short environment: functions inherit it, and nothing of the developer's belongs there.
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        # Where it unpacks the code of functions, and leaves it behind.
        "TMPDIR": str(scratch),
        "STATE_DIR": str(scratch),
        "S3_DATA_DIR": str(scratch),
        "AUTH": "true",
        "BIND_HOST": reach.bind,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_HOST": reach.here,
        "MINISTACK_REGION": REGION,
    }
    process = start("emulator", [EMULATOR], environment, state, cwd=scratch)
    wait_healthy(f"{url}/_ministack/health", process, state)
    return url
