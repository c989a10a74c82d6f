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

IMPORT_BUDGET_MS = 250.0  # P9
MAPPING_BUDGET_MS = 25.0  # P10
ZIPPED_BUDGET_MB, UNZIPPED_BUDGET_MB = 20.0, 60.0  # P13

_LAYERS = ("DependenciesLayer", "KoppelingLayer")
_FUNCTIONS = (
    "PullAccountsFunction",
    "PushSalesEntriesFunction",
    "ConnectFunction",
    "PortalFunction",
    "WatchFunction",
)
_RUNS = 7
_IMPORT = (
    "import time; t = time.perf_counter(); import app; print((time.perf_counter() - t) * 1000)"
)

type Figure = tuple[str, float, float, str]
"""What was measured, the figure, its budget, the unit."""


def figures() -> Iterator[Figure]:
    """Measure everything that has a budget."""
    built = build()
    for name in _FUNCTIONS:
        yield f"import of {name}", import_time(built, name), IMPORT_BUDGET_MS, "ms"
    for name in _LAYERS:
        size = zipped_size(built / name) / MEGABYTE
        yield f"{name}, zipped", size, ZIPPED_BUDGET_MB, "MB"
        size = unzipped_size(built / name) / MEGABYTE
        yield f"{name}, unzipped", size, UNZIPPED_BUDGET_MB, "MB"
    page = page_of_accounts(1000)
    took = _median(lambda: take_over(page))
    yield "parse, map and hash 1,000 accounts", took, MAPPING_BUDGET_MS, "ms"


def import_time(built: Path, function: str) -> float:
    """Return the milliseconds that importing a built function takes, the median of some runs.

    Without site-packages (`-S`): only the two layers, as in Lambda.
    """
    path = [built / function, *(built / layer / "python" for layer in _LAYERS)]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(part) for part in path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    times = [
        float(
            subprocess.run(
                [PYTHON, "-S", "-c", _IMPORT],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(_RUNS)
    ]
    return statistics.median(times)


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
        print(f"{what:42} {figure:8.1f} {unit}   of {budget:5.0f} {unit}  {mark}")


if __name__ == "__main__":
    main()
