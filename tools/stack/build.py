"""`sam build`, once per state of the sources: tests, demo and stack all ask, only changes cost."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.paths import BUILD, REGION, ROOT, SAM_BIN, architecture

_SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers")
_STAMP = BUILD.parent / "built-from"


class BuildFailedError(RuntimeError):
    """`sam build` refused; the message is what it said."""


def sam_environment() -> dict[str, str]:
    """Return an environment in which `sam` finds its Python and asks nothing of the cloud."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {
        **inherited,
        "PATH": f"{SAM_BIN}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "LAYER_ARCHITECTURE": architecture(),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def build() -> Path:
    """Build the template for this machine, unless what stands there was built from these sources.

    Raises:
        BuildFailedError: `sam build` did not succeed.
    """
    with _one_at_a_time():
        fingerprint = _fingerprint()
        if _STAMP.exists() and _STAMP.read_text() == fingerprint:
            return BUILD
        _STAMP.unlink(missing_ok=True)
        _sam_build()
        _STAMP.write_text(fingerprint)
    return BUILD


def _sam_build() -> None:
    overrides = f"Architecture={architecture()}"
    answer = subprocess.run(
        [SAM_BIN / "sam", "build", "--config-env", "local", "--parameter-overrides", overrides],
        cwd=ROOT,
        env=sam_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise BuildFailedError(answer.stdout + answer.stderr)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    BUILD.parent.mkdir(exist_ok=True)
    with (BUILD.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint() -> str:
    digest = hashlib.sha256(architecture().encode())
    for path in _source_files():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    for name in _SOURCES:
        top = ROOT / name
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")


if __name__ == "__main__":
    try:
        print(f"built: {build().relative_to(ROOT)}")
    except BuildFailedError as failure:
        sys.exit(str(failure))
