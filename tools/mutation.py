"""A copy of the code in which mutmut changes one line at a time, and what the tests say to it."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.paths import ROOT

PACKAGE = ROOT / "layers" / "koppeling" / "koppeling"
COPY = ROOT / ".mutants"
PYTHON = ROOT / ".venvs" / "mutants" / "bin" / "python"
MUTMUT = PYTHON.with_name("mutmut")
# Which tests call which function
_STATS = COPY / "mutants" / "mutmut-stats.json"
# The same faults are drawn again until this changes
SEED = 2026
# It starts a Python of its own, which does not find the changed code
_LEFT_OUT = "--ignore=tests/unit/auth/test_oauth_late.py"
_COPIED = ("tests", "tools", "docs", "events", "functions")
_PATH = 'pythonpath = ["layers/koppeling", "."]'
_STRICT = 'filterwarnings = ["error"]'
# A fault that makes a loop endless ends after (its tests + 10 s) * 3, not after minutes. The copy
# is thrown away, so nobody needs to know which function calls which, nor what git says.
_LIMITS = {
    "timeout_constant": 10.0,
    "timeout_multiplier": 3.0,
    "track_dependencies": False,
    "use_git_change_detection": False,
}
# What no fault is called: mutmut then makes all of them, and tests none
_NONE = "none"
_HEADS = ("---", "+++")
# The characters that it draws a turning wheel with
_WHEEL, _END_OF_WHEEL = "\u2800", "\u28ff"
UNTRIED = frozenset({"not checked", "skipped"})
UNREACHED = "no tests"
# Seconds for the tests from further off, on one fault
_LONGEST = 120
_TESTS_FAILED = 1

type Ends = Mapping[str, str]
"""How the tests ended on each fault, by its name."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the package: the tests of its own, and those that only reach it from further off.

    Those further off take seconds each, so they are only run for a fault that no own test reaches.
    """

    name: str
    tests: tuple[str, ...]
    further: tuple[str, ...] = ()


def configuration(project: str, tests: Iterable[str], files: Iterable[str]) -> str:
    """Return the project's own configuration for the copy, and what mutmut has to know."""
    # A changed line may warn; that alone must not count as noticed
    copied = project.replace(_PATH, 'pythonpath = ["src", "."]').replace(_STRICT, "")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/koppeling/{name}" for name in files],
        "also_copy": list(_COPIED),
        "pytest_add_cli_args_test_selection": list(tests),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-n0", _LEFT_OUT],
        **_LIMITS,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    return "\n".join([copied, "[tool.mutmut]", *lines, ""])


def drawn(room: str, names: Iterable[str], size: int, seed: int = SEED) -> list[str]:
    """Return as many faults as asked, the same ones for the same code; all of them for 0."""
    known = sorted(names)
    if not 0 < size < len(known):
        return known
    draw = random.Random(f"{seed}/{room}")  # noqa: S311 - a sample, no secret
    return sorted(draw.sample(known, size))


def ends_of(told: str) -> dict[str, str]:
    """Read what mutmut tells of each fault."""
    lines = [line.strip().rpartition(": ") for line in told.splitlines() if "__mutmut_" in line]
    return {name: end for name, _, end in lines}


def judge(room: Room, files: Sequence[str], sample: int, seed: int = SEED) -> dict[str, str]:
    """Put faults into the files of a room, each in turn, and return how the tests ended."""
    _make_copy()
    _configure(room.tests, files)
    _run([_NONE], must_end_well=False)
    names = drawn(room.name, _results(), sample, seed)
    if not names:
        raise SystemExit(f"mutmut made no fault in {room.name}")
    ends = _tried(names)
    unreached = [name for name, end in ends.items() if end == UNREACHED] if room.further else []
    return ends | {name: _further(name, room.further) for name in unreached}


def _further(fault: str, tests: Sequence[str]) -> str:
    """Try a fault on tests from further off, without mutmut: to learn what each reaches takes long.

    Ones that do not end in time notice nothing for sure.
    """
    command = [str(PYTHON), "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "MUTANT_UNDER_TEST": fault}
    try:
        ended = subprocess.run(
            command,
            cwd=COPY / "mutants",
            env=environment,
            check=False,
            capture_output=True,
            timeout=_LONGEST,
        ).returncode
    except subprocess.TimeoutExpired:
        return UNREACHED
    return "killed" if ended == _TESTS_FAILED else UNREACHED


def changed_lines(fault: str) -> list[str]:
    """Return what a fault of the copy as it stands changes: the lines before and after it."""
    told = _mutmut("show", fault)
    return [line for line in told.splitlines() if line[:1] in "+-" and line[:3] not in _HEADS]


def _make_copy() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(PACKAGE, COPY / "src" / "koppeling")
    for name in _COPIED:
        shutil.copytree(ROOT / name, COPY / name)


def _configure(tests: Iterable[str], files: Iterable[str]) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    (COPY / "pyproject.toml").write_text(configuration(project, tests, files))


def _tried(names: Sequence[str]) -> dict[str, str]:
    """Try some faults; those whose function no test calls are not handed to mutmut."""
    reached = json.loads(_STATS.read_text())
    by_function = reached["tests_by_mangled_function_name"]
    tried = [name for name in names if by_function.get(name.partition("__mutmut_")[0])]
    ends = dict.fromkeys(names, UNREACHED)
    if tried:
        _run(tried, must_end_well=True)
        results = _results()
        ends |= {name: results[name] for name in tried}
    return ends


def _run(names: Sequence[str], *, must_end_well: bool) -> None:
    """Let mutmut try some faults; its own output is one long line that only matters if it fails."""
    children = os.environ.get("CHILDREN") or "2"
    command = [str(MUTMUT), "run", "--max-children", children, *names]
    made = subprocess.run(command, cwd=COPY, check=False, capture_output=True, text=True)
    if (must_end_well and made.returncode) or not _STATS.exists():
        raise SystemExit("\n".join(said(f"{made.stdout}\n{made.stderr}")))


def said(output: str) -> list[str]:
    """Return the lines of an output without those of the wheel that turns while something runs."""
    lines = (line.strip() for line in output.splitlines())
    return [line for line in lines if line and not _WHEEL <= line[0] <= _END_OF_WHEEL]


def _results() -> Ends:
    return ends_of(_mutmut("results", "--all", "true"))


def _mutmut(*words: str) -> str:
    return subprocess.run(
        [MUTMUT, *words], cwd=COPY, check=True, capture_output=True, text=True
    ).stdout
