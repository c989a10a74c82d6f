"""`make bench`: the figures that have a budget, measured on this machine (P9, P10, P13)."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.bench.mapping import page_of_accounts, take_over
from tools.bench.sizes import MEGABYTE, unzipped_size, zipped_size
from tools.paths import PYTHON
from tools.stack.build import build

IMPORT_BUDGET = 1.15  # P9: times the floor
MAPPING_BUDGET_MS = 25.0  # P10
ZIPPED_BUDGET_MB, UNZIPPED_BUDGET_MB = 20.0, 60.0  # P13

_LAYERS = ("DependenciesLayer", "KoppelingLayer")
_FUNCTIONS = (
    "PullAccountsFunction",
    "PushSalesEntriesFunction",
    "ConnectFunction",
    "PortalFunction",
    "IntakeFunction",
    "WatchFunction",
)
_RUNS = 7
_OWN = "import app"
# What every function needs before its first call, whoever wrote it (P9)
_FLOOR = (
    "from aws_lambda_powertools import Logger, Metrics; "
    "import aws_lambda_powertools.utilities.batch, requests, pynamodb.models"
)
# Time of the processor: other work on the machine hardly counts
_TIMED = "import time; t = time.process_time(); {}; print((time.process_time() - t) * 1000)"

type Figure = tuple[str, float, float, str]
"""What was measured, the figure, its budget, the unit."""


def figures() -> Iterator[Figure]:
    """Measure everything that has a budget."""
    built = build()
    yield from _imports(built)
    for name in _LAYERS:
        size = zipped_size(built / name) / MEGABYTE
        yield f"{name}, zipped", size, ZIPPED_BUDGET_MB, "MB"
        size = unzipped_size(built / name) / MEGABYTE
        yield f"{name}, unzipped", size, UNZIPPED_BUDGET_MB, "MB"
    page = page_of_accounts(1000)
    took = _median(lambda: take_over(page))
    yield "parse, map and hash 1,000 accounts", took, MAPPING_BUDGET_MS, "ms"


def _imports(built: Path) -> Iterator[Figure]:
    """Yield how long each function takes to import, as so many times the floor of the same run."""
    taken: dict[str, list[float]] = {}
    for _ in range(_RUNS):
        # In turns, so that what slows the machine slows all of them
        taken.setdefault("", []).append(import_time(built, _FUNCTIONS[0], _FLOOR))
        for name in _FUNCTIONS:
            taken.setdefault(name, []).append(import_time(built, name, _OWN))
    floor = statistics.median(taken.pop(""))
    print(f"{'floor of an import':42} {floor:8.1f} ms")
    for name, times in taken.items():
        yield f"import of {name}", statistics.median(times) / floor, IMPORT_BUDGET, "x"


def import_time(built: Path, function: str, code: str) -> float:
    """Return the milliseconds that imports take in a new process with the layers of a function.

    Without site-packages (`-S`): only the two layers, as in Lambda.
    """
    path = [built / function, *(built / layer / "python" for layer in _LAYERS)]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(part) for part in path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    told = subprocess.run(
        [PYTHON, "-S", "-c", _TIMED.format(code)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(told.stdout)


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a table; it judges nothing, since a busy machine would make it fail at random."""
    for what, figure, budget, unit in figures():
        mark = "OVER BUDGET" if figure > budget else ""
        print(f"{what:42} {figure:8.2f} {unit}   of {budget:6.2f} {unit}  {mark}")


if __name__ == "__main__":
    main()
