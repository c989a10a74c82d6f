"""`make mutants`: puts one-line faults into the code, and shows which of them no test notices.

FILES names files of the package, such as `push/entry.py auth/*`; without it they are those that
differ from the main branch of the origin. FILES=all takes every room, which takes hours. Each room
is held against its own tests. The tool is mutmut; it works on a copy in `.mutants`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch

from tools.paths import ROOT

PACKAGE = ROOT / "layers" / "koppeling" / "koppeling"
COPY = ROOT / ".mutants"
MUTMUT = ROOT / ".venvs" / "mutants" / "bin" / "mutmut"
WANTED = 0.9
_LOGINS = ("test_connect", "test_connect_refusals", "test_connect_shared_user")
# The rooms whose code decides; adapters of AWS and the command line are held by other means
TESTS: Mapping[str, tuple[str, ...]] = {
    "core": ("tests/unit/core", "tests/property"),
    "pull": ("tests/unit/pull", "tests/property"),
    "push": ("tests/unit/push", "tests/property/test_money.py"),
    # The login in the browser is tested as a whole, against both sandboxes
    "auth": ("tests/unit/auth", *(f"tests/integration/{name}.py" for name in _LOGINS)),
    "exact": ("tests/unit/exact", "tests/property/test_odata.py"),
}
# It starts a Python of its own, which does not find the changed code
_LEFT_OUT = "--ignore=tests/unit/auth/test_oauth_late.py"
_COPIED = ("tests", "tools", "docs", "events")
_PATH = 'pythonpath = ["layers/koppeling", "."]'
_STRICT = 'filterwarnings = ["error"]'


@dataclass(frozen=True, slots=True)
class Room:
    """What came of the faults in the files of one room."""

    name: str
    killed: int
    survived: int

    @property
    def share(self) -> float:
        """The part that a test noticed; all of none."""
        made = self.killed + self.survived
        return self.killed / made if made else 1.0


def chosen(files: str, changed: Iterable[str]) -> dict[str, list[str]]:
    """Return the files to change, by their room."""
    patterns = ["*"] if files == "all" else files.split() or list(changed)
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        room = name.partition("/")[0]
        if room in TESTS and any(fnmatch(name, pattern) for pattern in patterns):
            found.setdefault(room, []).append(name)
    return found


def changed_files() -> Iterator[str]:
    """Yield the files of the package that differ from the main branch of the origin."""
    folder = PACKAGE.relative_to(ROOT).as_posix()
    command = ["git", "diff", "--name-only", "origin/main", "--", folder]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        yield line.removeprefix(f"{folder}/")


def configuration(project: str, room: str, files: Iterable[str]) -> str:
    """Return the project's own configuration for the copy, and what mutmut has to know."""
    # A changed line may warn; that alone must not count as noticed
    copied = project.replace(_PATH, 'pythonpath = ["src", "."]').replace(_STRICT, "")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/koppeling/{name}" for name in files],
        "also_copy": list(_COPIED),
        "pytest_add_cli_args_test_selection": list(TESTS[room]),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-n0", _LEFT_OUT],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    return "\n".join([copied, "[tool.mutmut]", *lines, ""])


def judge(room: str, files: list[str]) -> tuple[Room, list[str]]:
    """Change the files of a room, each line in turn; returns the sums and what survived."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(PACKAGE, COPY / "src" / "koppeling")
    for name in _COPIED:
        shutil.copytree(ROOT / name, COPY / name)
    project = (ROOT / "pyproject.toml").read_text()
    (COPY / "pyproject.toml").write_text(configuration(project, room, files))
    children = os.environ.get("CHILDREN") or "2"
    subprocess.run([MUTMUT, "run", "--max-children", children], cwd=COPY, check=True)
    told = subprocess.run(
        [MUTMUT, "results", "--all", "true"], cwd=COPY, capture_output=True, text=True, check=True
    ).stdout
    return summed(room, told)


def summed(room: str, told: str) -> tuple[Room, list[str]]:
    """Read what mutmut tells: a fault that no test reaches survived as well."""
    ends = [line.strip().rpartition(": ") for line in told.splitlines() if "__mutmut_" in line]
    counted = [(name, end) for name, _, end in ends if end not in {"not checked", "skipped"}]
    survived = [f"{name}: {end}" for name, end in counted if end in {"survived", "no tests"}]
    return Room(room, len(counted) - len(survived), len(survived)), survived


def main() -> int:
    """Print what survived and a row for each room; 1 when a room is below what is wanted."""
    rooms: list[Room] = []
    for name, files in chosen(os.environ.get("FILES", ""), changed_files()).items():
        room, survived = judge(name, files)
        print("\n".join(survived))
        rooms.append(room)
    if not rooms:
        print("no file to change: name some with FILES=, such as FILES='push/entry.py'")
    for room in rooms:
        print(f"{room.name:6} {room.killed:6} killed {room.survived:6} survived {room.share:7.1%}")
    return 1 if any(room.share < WANTED for room in rooms) else 0


if __name__ == "__main__":
    sys.exit(main())
