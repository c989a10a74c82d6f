"""Where things stand in the project: its tools, its build, and what a local stack leaves behind."""

import os
import platform
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent

PYTHON = ROOT / ".venv" / "bin" / "python"
SAM_BIN = ROOT / ".venvs" / "sam" / "bin"
EMULATOR = ROOT / ".venvs" / "emulator" / "bin" / "ministack"
AUDIT_BIN = ROOT / ".venvs" / "audit" / "bin"
RUNTIME_PYTHON = ROOT / ".venvs" / "runtime" / "bin" / "python"

BUILD = ROOT / ".aws-sam" / "build"
# Another folder lets a second stack stand beside that of a developer
STATE = ROOT / os.environ.get("LOCAL_STATE", ".local")
AUDIT_STATE = ROOT / ".local" / "audit"

REGION: Final = "eu-central-1"
STACK_NAME = "koppeling-local"


def architecture() -> str:
    """Return this machine's processor in Lambda's words, since functions run on it locally."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def rie() -> Path:
    """Return the runtime interface emulator that comes inside SAM CLI's wheel."""
    name = f"aws-lambda-rie-{architecture()}"
    found = next(
        (SAM_BIN.parent / "lib").glob(f"python3.*/site-packages/samcli/local/rapid/{name}")
    )
    found.chmod(0o755)
    return found
