"""`make mutants`: puts one-line faults into the code, and shows which of them no test notices.

FILES names files of the package, such as `push/entry.py auth/*`; without it they are those that
differ from the main branch of the origin. FILES=all takes every room, which takes hours; with
SAMPLE=60 sixty faults of each room are drawn, the same ones each time; another SEED draws others.
Each room is held against its own tests. The tool is mutmut; it works on a copy in `.mutants`.
"""

import math
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from tools.mutation import PACKAGE, SEED, UNREACHED, UNTRIED, Ends, Room, changed_lines, judge
from tools.paths import ROOT

WANTED = 0.9
# 95 % of a normal distribution lies within this many standard deviations
_SPREAD = 1.96


def _property(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/property/test_{name}.py" for name in names)


def _integration(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/integration/test_{name}.py" for name in names)


# The rooms whose code decides; adapters of AWS and the command line are held by other means
_ROOMS = (
    Room(
        "core",
        ("tests/unit/core", *_property("budget", "call_forecast", "text", "schedule")),
        _integration("outage", "pull_limits"),
    ),
    Room(
        "pull",
        (
            "tests/unit/pull",
            *_property("active_days", "call_forecast", "cursors", "emails", "schedule"),
        ),
        _integration(
            "identity",
            "identity_deletions",
            "identity_shared",
            "parts_that_leave",
            "pull_changes",
            "pull_comparison",
            "pull_failing_records",
            "pull_hostile_rows",
            "pull_late_commits",
            "pull_modes",
            "pull_parked",
        ),
    ),
    Room(
        "push",
        ("tests/unit/push", *_property("money", "numbers", "vat_rounding")),
        _integration(
            "completeness", "decisions", "numbers_decided", "push", "push_requeued", "reconcile"
        ),
    ),
    # The login in the browser is tested as a whole, against both sandboxes
    Room(
        "auth",
        ("tests/unit/auth",),
        _integration("connect", "connect_refusals", "connect_shared_user", "tokens_watched"),
    ),
    Room(
        "exact",
        ("tests/unit/exact", *_property("odata")),
        _integration("clients_odd_answers", "push", "check", "reconcile", "connect"),
    ),
)
ROOMS = {room.name: room for room in _ROOMS}


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the faults in the files of one room; one that no test reaches is not noticed."""

    name: str
    killed: int
    survived: int
    unreached: int

    @property
    def made(self) -> int:
        """The faults that were tried."""
        return self.killed + self.survived + self.unreached

    @property
    def share(self) -> float:
        """The part that a test noticed; all of none."""
        return self.killed / self.made if self.made else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the share of all faults lies, in 95 of 100 samples (by Wilson)."""
        if not self.made:
            return 0.0, 1.0
        weight = _SPREAD**2 / self.made
        middle = (self.share + weight / 2) / (1 + weight)
        spread = math.sqrt(self.share * (1 - self.share) * weight + weight**2 / 4) / (1 + weight)
        return max(0.0, middle - spread), min(1.0, middle + spread)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.name:6} {self.killed:6} killed {self.survived:6} survived"
            f" {self.unreached:6} not reached {self.share:7.1%}  ({low:.0%} to {high:.0%})"
        )


def chosen(files: str, changed: Iterable[str]) -> dict[str, list[str]]:
    """Return the files to change, by their room."""
    patterns = ["*"] if files == "all" else files.split() or list(changed)
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        room = name.partition("/")[0]
        if room in ROOMS and any(fnmatch(name, pattern) for pattern in patterns):
            found.setdefault(room, []).append(name)
    return found


def changed_files() -> Iterator[str]:
    """Yield the files of the package that differ from the main branch of the origin."""
    folder = PACKAGE.relative_to(ROOT).as_posix()
    command = ["git", "diff", "--name-only", "origin/main", "--", folder]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        yield line.removeprefix(f"{folder}/")


def tally(room: str, ends: Ends) -> Tally:
    """Count how the faults of a room ended; what was not tried does not count."""
    counted = [end for end in ends.values() if end not in UNTRIED]
    survived, unreached = counted.count("survived"), counted.count(UNREACHED)
    return Tally(room, len(counted) - survived - unreached, survived, unreached)


def unnoticed(ends: Ends) -> Ends:
    """Return the faults that no test noticed."""
    return {name: end for name, end in ends.items() if end in {"survived", UNREACHED}}


def main() -> int:
    """Print what survived and a row for each room; 1 when a room is below what is wanted."""
    sample = int(os.environ.get("SAMPLE") or 0)
    seed = int(os.environ.get("SEED") or SEED)
    # A sample of the files that changed would leave most of them out
    asked = os.environ.get("FILES") or ("all" if sample else "")
    rooms: list[Tally] = []
    for name, files in chosen(asked, changed_files()).items():
        ends = judge(ROOMS[name], files, sample, seed)
        for fault, end in unnoticed(ends).items():
            print(f"{fault}: {end}", *changed_lines(fault), sep="\n    ")
        rooms.append(tally(name, ends))
    if not rooms:
        print("no file to change: name some with FILES=, such as FILES='push/entry.py'")
    print("\n".join(str(room) for room in rooms))
    return 1 if any(room.share < WANTED for room in rooms) else 0


if __name__ == "__main__":
    sys.exit(main())
