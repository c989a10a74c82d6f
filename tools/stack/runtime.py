"""Runs built code as Lambda does: the real runtime client, our two layers, and nothing else.

Functions in the emulator see the emulator's own packages; here a missing dependency, a wrong layer
or a handler that is not there comes to light.
"""

import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

from tests.sandbox.common.server import free_port
from tools.paths import BUILD, REGION, RUNTIME_PYTHON, rie

_PATH_OF_INVOCATIONS = "/2015-03-31/functions/function/invocations"
_START_SECONDS = 60.0
_PATIENCE = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """What one invocation returned, what it wrote, and how long it took from a cold start."""

    payload: Any
    log: str
    seconds: float

    @property
    def error(self) -> str | None:
        """Return the type of the error the function ended with, if it did."""
        if isinstance(self.payload, dict) and "errorType" in self.payload:
            return str(self.payload["errorType"])
        return None


def run(
    code: Path,
    event: object,
    variables: Mapping[str, str] | None = None,
    behind_layers: Path | None = None,
    seconds: int = 150,
) -> Run:
    """Invoke `app.handler` in a folder once, in a process of its own that is always ended.

    `behind_layers` is a folder that stands where the packages of Lambda's runtime stand.
    """
    with tempfile.TemporaryFile("w+") as log, _served(code, variables, behind_layers, log) as url:
        began = time.monotonic()
        payload = _invoke(url, event, seconds)
        took = time.monotonic() - began
        log.seek(0)
        return Run(payload, log.read(), took)


@contextmanager
def _served(
    code: Path,
    variables: Mapping[str, str] | None,
    behind_layers: Path | None,
    log: Any,  # noqa: ANN401 - an open file
) -> Iterator[str]:
    front = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            rie(),
            *("--runtime-interface-emulator-address", front),
            *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
            *(RUNTIME_PYTHON, "-m", "awslambdaric", "app.handler"),
        ],
        env=_environment(code, variables or {}, behind_layers),
        cwd=code,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield f"http://{front}{_PATH_OF_INVOCATIONS}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)
        process.wait()


def _environment(
    code: Path, variables: Mapping[str, str], behind_layers: Path | None
) -> dict[str, str]:
    layers = [BUILD / name / "python" for name in ("DependenciesLayer", "KoppelingLayer")]
    path = [code, *layers, *([behind_layers] if behind_layers else [])]
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(part) for part in path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(code),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": code.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        **variables,
    }


def _invoke(url: str, event: object, seconds: int) -> Any:  # noqa: ANN401 - whatever the function returns
    request = urllib.request.Request(url, data=json.dumps(event).encode(), method="POST")  # noqa: S310 - loopback, built by us
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except urllib.error.HTTPError as failure:
            return json.load(failure)
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PATIENCE)
