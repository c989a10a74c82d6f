"""One invocation of a pull in a process of its own, so that its memory is seen apart (P11).

Reads a message on stdin, carries it out as the function would, and prints what that took. It
needs Linux, where the kernel tells how large a process has been.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from koppeling.aws.dynamodb import table
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.settings import from_environment
from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId

TIMEOUT_SECONDS = 120  # of the function, in template.yaml
# The emulator looks at every item of a partition to answer a query: seconds, at 100,000 records
PATIENT_SECONDS = 60
_KILOBYTES = 1024


@dataclass(frozen=True, slots=True)
class Invocation:
    """What one invocation did, and how far its memory rose above the idle process."""

    outcome: str
    detail: str
    counts: dict[str, int]
    seconds: float
    work_seconds: float
    idle_mb: float
    above_idle_mb: float


def be_patient() -> None:
    """Wait longer for the emulator than the link does for DynamoDB."""
    table.READ_SECONDS = PATIENT_SECONDS


def carry_out(message: dict[str, str], offset: timedelta) -> Invocation:
    """Carry out one message, on a clock that is ahead of the real one."""
    wiring = Wiring(from_environment(), now=lambda: datetime.now(UTC) + offset)
    began = time.monotonic()
    deadline = Deadline(lambda: int((began + TIMEOUT_SECONDS - time.monotonic()) * 1000))
    # A process is idle once everything is built that the first call of its life builds
    wiring.pulls.run(ConnectionId("nobody"), deadline)
    idle, worked = memory("VmRSS"), time.process_time()
    summary = wiring.pulls.handle_message(message, deadline)
    return Invocation(
        outcome=summary.outcome,
        detail=summary.detail,
        counts=dict(summary.counts),
        seconds=time.monotonic() - began,
        work_seconds=time.process_time() - worked,
        idle_mb=idle,
        above_idle_mb=memory("VmHWM") - idle,
    )


def memory(name: str) -> float:
    """Return a figure of this process in MB: VmRSS is what it holds, VmHWM the most it ever did."""
    for line in Path("/proc/self/status").read_text().splitlines():
        label, _, value = line.partition(":")
        if label == name:
            return int(value.split()[0]) / _KILOBYTES
    raise LookupError(f"this kernel tells no {name}")


def main() -> None:
    """Carry out the message on stdin; the one argument is how many seconds the clock is ahead."""
    be_patient()
    message: dict[str, Any] = json.load(sys.stdin)
    done = carry_out(message, timedelta(seconds=float(sys.argv[1])))
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
