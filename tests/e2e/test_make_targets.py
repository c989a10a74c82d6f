"""Every target of the Makefile runs: each is run here at its smallest size, or by `make test`."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.paths import ROOT
from tools.stack.cases import CASES
from tools.stack.engine import find_engine

SECONDS = 600
BY_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}
NOTHING: Mapping[str, str] = {}
# What `make test` runs itself; a test that ran it again would never end
BY_MAKE_TEST = {"test", "lint", "unit", "stack", "style", "mypy", "pyright", "template", "setup"}
# Parts of `make test` by another name
QUICK = {"quick", "quick-tests", "coverage"}
# What is only read here: it asks the registry, and its answer changes from day to day
ONLY_READ = {"deps"}
RUN_HERE = {
    *("help", "build", "package", "bench", "soak", "demo", "cost"),
    *("up", "invoke", "events", "down", "sam-local", "clean"),
}
# Their smallest run takes minutes: `test_mutants.py`, `test_restore_drill.py` and
# `tests/browser/test_screens.py` hold them
BY_HAND = {"mutants", "restore-drill", "pictures"}
# Its parts are held by `test_audit.py`, which does not ask the internet
IN_PARTS = {"audit"}


def make(*words: str, folder: Path = ROOT, variables: Mapping[str, str] = NOTHING) -> str:
    """Run a target and return what it printed; it must end well."""
    done = attempt(*words, folder=folder, variables=variables)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def attempt(
    *words: str, folder: Path = ROOT, variables: Mapping[str, str] = NOTHING
) -> subprocess.CompletedProcess[str]:
    """Run a target."""
    # The make that runs these tests must not speak through this one
    outside = {name: value for name, value in os.environ.items() if name not in BY_MAKE}
    return subprocess.run(  # noqa: S603 - a target of our own Makefile
        [shutil.which("make") or "make", *words],
        cwd=folder,
        env={**outside, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def targets() -> set[str]:
    """Return the targets that are no files."""
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name for names in phony for name in names.split()}


def test_every_target_is_run_by_a_test() -> None:
    assert targets() == BY_MAKE_TEST | ONLY_READ | RUN_HERE | QUICK | BY_HAND | IN_PARTS


def test_make_test_runs_every_part_of_itself() -> None:
    run = make("-n", "test")

    assert "ruff check" in run
    assert "ruff format --check" in run
    for part in (
        "bin/mypy",
        "bin/pyright",
        "tools.lint_template",
        "--dist",
        "tests/e2e",
        "tests/browser",
    ):
        assert part in run, part


def test_help_tells_every_target_that_people_run() -> None:
    told = make("help")
    explained = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [line.split()[0] for line in told.splitlines()] == explained


def test_quick_is_style_types_and_the_unit_and_property_tests() -> None:
    run = make("-n", "quick")

    for part in ("ruff check", "bin/mypy", "bin/pyright", "tests/unit tests/property"):
        assert part in run, part


def test_the_requirements_are_compiled_for_every_environment() -> None:
    script = (ROOT / "tools" / "compile_requirements.sh").read_text()
    names = {path.stem for path in (ROOT / "requirements").glob("*.in")}

    assert "tools/compile_requirements.sh" in make("-n", "deps")
    assert [name for name in names if not re.search(rf"\b{name}\b", script)] == []


def test_a_build_and_a_package_are_made() -> None:
    make("build")
    make("package", "STAGE=dev", "ARCHITECTURE=x86_64")

    for folder in ("build", "dev"):
        assert (ROOT / ".aws-sam" / folder / "template.yaml").is_file()


def test_a_first_load_of_twenty_is_measured() -> None:
    told = make("bench", "SCALE=0", "SIZE=20")

    assert "20 to import, 0 missing" in told
    assert "all of them once, in bounded memory" in told


def test_the_cost_of_a_month_is_told() -> None:
    told = make("cost")

    assert "| together |" in told
    assert "budget at 10,000" in told


def test_every_state_machine_is_drawn_once() -> None:
    told = make("soak", "SOAK=1", "SOAK_PULLS=1", "DRILL=0")

    assert len(re.findall(r"^\d+ passed", told, re.MULTILINE)) == 2


def test_a_stack_comes_up_runs_a_function_and_goes_down() -> None:
    apart = {"LOCAL_STATE": ".local/make"}
    try:
        told = make("up", variables=apart)
        invoked = make("invoke", variables=apart)
        written = make("events", variables=apart)
    finally:
        ended = make("down", variables=apart)

    assert "up in" in told
    assert "--config-file .local/make/samconfig.toml" in told
    assert '"outcome": "done"' in invoked
    assert "written to .local/make/events" in written
    assert "ended: " in ended
    assert make("down", variables=apart).strip().endswith("nothing was running")


def test_without_a_docker_engine_sam_local_says_so_and_does_not_end_well() -> None:
    nowhere = {"DOCKER_HOST": "tcp://127.0.0.1:9"}

    done = attempt("sam-local", variables=nowhere)

    assert done.returncode != 0
    assert "no Docker engine answers, so no function was run" in done.stdout


def test_with_a_docker_engine_every_function_does_its_work_in_a_container() -> None:
    """Where there is none, the one above has shown what is said."""
    done = attempt("sam-local")

    if find_engine() is None:
        assert "no Docker engine answers" in done.stdout
    else:
        assert done.returncode == 0, done.stdout
        assert f"{len(CASES)} of {len(CASES)} did their work" in done.stdout


def test_the_demo_shows_a_company_of_fifty() -> None:
    told = make("demo", variables={"CUSTOMERS": "50", "LOCAL_STATE": ".local/make-demo"})

    assert "50 customers among them" in told


def test_clean_removes_what_is_made_and_nothing_else(tmp_path: Path) -> None:
    made = (".aws-sam", ".local", ".venvs", ".mypy_cache", "tools/__pycache__")
    for name in (*made, "requirements"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)

    make("clean", folder=tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["Makefile", "requirements", "tools"]
    assert list((tmp_path / "tools").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["SCALE", "SIZE", "INVOICES", "SOAK", "SOAK_PULLS", "DRILL", "STAGE"]
)
def test_a_size_can_be_given_to_make(name: str) -> None:
    assert re.search(rf"^{name} \?=", (ROOT / "Makefile").read_text(), re.MULTILINE)
