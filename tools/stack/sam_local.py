"""`make sam-local`: all functions with all events by `sam local invoke`, each with its effect.

It has a stack of its own, whose servers listen where containers get to them. Without a Docker
engine nothing can be run: it says so and ends with 2, so that nobody takes that for a success.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.paths import ROOT, SAM_BIN, STATE, architecture
from tools.stack.build import sam_environment
from tools.stack.cases import CASES, Case, Workplace
from tools.stack.connect import connect
from tools.stack.engine import Engine, find_engine
from tools.stack.sam_files import SETTINGS_FILE
from tools.stack.stack import local_stack

NO_ENGINE = (
    "no Docker engine answers, so no function was run by `sam local invoke`: start Docker, or use "
    "`make invoke`, which needs none"
)
_ACCOUNTS = 40
# The first one fetches the image of the runtime, and SAM CLI builds one with our layers on it
_SECONDS = 900
_RAN, _FAILED, _NOT_RUN = 0, 1, 2


class SamFailedError(RuntimeError):
    """SAM CLI did not run a function; the message is what it said."""


@dataclass(frozen=True, slots=True)
class SamLocal:
    """Runs functions in containers, on the stack whose files are in `state`."""

    state: Path

    def invoke(self, function: str, event: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """Run a function with an event, and return what it returned.

        Raises:
            SamFailedError: SAM CLI could not run it; the message is what it said.
        """
        file = self.state / "event.json"
        file.write_text(json.dumps(event))
        answer = subprocess.run(
            [
                SAM_BIN / "sam",
                *("local", "invoke", function),
                *("--config-file", (self.state / SETTINGS_FILE).resolve()),
                *("--event", file),
            ],
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        lines = answer.stdout.strip().splitlines()
        if answer.returncode or not lines:
            raise SamFailedError(answer.stdout[-2000:] + answer.stderr[-6000:])
        return json.loads(lines[-1])


def _environment() -> dict[str, str]:
    """Return that of SAM CLI: itself it asks nothing of the emulator."""
    return {name: value for name, value in sam_environment().items() if name != "AWS_ENDPOINT_URL"}


def run_all(engine: Engine) -> int:
    """Run all cases on a stack of their own; returns how many did not do their work."""
    state = STATE / "sam-local"
    with local_stack(state, accounts=_ACCOUNTS, host=engine.reach.bind) as stack:
        connect(stack)
        at, sam = Workplace.on(stack), SamLocal(state)
        return sum(not _is_done(case, at, sam) for case in CASES)


def _is_done(case: Case, at: Workplace, sam: SamLocal) -> bool:
    event, began = at.live(case.event), time.monotonic()
    effect = case.prepare(at, event)
    answer = sam.invoke(case.function, event)
    done = not _raised(answer) and effect(answer)
    print(f"{'done' if done else 'FAILED':6} {time.monotonic() - began:5.1f} s  {case.name}")
    if not done:
        print(f"it answered {json.dumps(answer)[:2000]}")
    sys.stdout.flush()
    return done


def _raised(answer: object) -> bool:
    return isinstance(answer, dict) and "errorType" in answer


def main() -> int:
    """Say what was found, and run."""
    engine = find_engine()
    if engine is None:
        print(NO_ENGINE)
        return _NOT_RUN
    print(f"Docker engine {engine.version}, {architecture()}; servers at {engine.reach.bind}")
    try:
        failed = run_all(engine)
    except SamFailedError as failure:
        print(f"SAM CLI could not run a function:\n{failure}")
        return _FAILED
    print(f"{len(CASES) - failed} of {len(CASES)} did their work in a container")
    return _FAILED if failed else _RAN


if __name__ == "__main__":
    sys.exit(main())
