"""The first steps on a fresh machine: a few commands on the PATH, and nothing at home."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.paths import ROOT

COMMANDS = ("bash", "dirname", "make", "mkdir", "rm", "sh", "touch")
FILES = ("Makefile", ".python-version", "requirements/bootstrap.txt", "tools/find_python.sh")
THIS_PYTHON = Path(sys.base_prefix) / "bin" / "python3.13"

FROM_39_ON_BUT_313 = """
import ensurepip, os, sys, venv
if sys.version_info < (3, 9) or sys.version_info[:2] == (3, 13): sys.exit(1)
print(os.path.realpath(sys.executable))
"""
# What pyenv puts on the PATH for a version that is not the active one
SHIM = '#!/bin/sh\necho "pyenv: command not found" >&2\nexit 127\n'
# A Python with a wrong idea of itself; find_python.sh calls it with `-c` and a question
PRETENDER = """#!/bin/sh
exec {python} -c 'import sys; {belief}; exec(sys.argv[2])' "$@"
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder with all that a machine has: `bin`, `home`, and the `checkout`."""

    folder: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def link(self, name: str, target: Path) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).symlink_to(target)

    def write(self, name: str, script: str) -> None:
        (self.folder / name).write_text(script)
        (self.folder / name).chmod(0o755)

    def make(self, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
        folders = {"PATH": str(self.folder / "bin"), "HOME": str(self.folder / "home")}
        return subprocess.run(  # noqa: S603 - a target of our own Makefile
            [self.folder / "bin/make", target],
            cwd=self.checkout,
            env={**way_to_the_index(), **folders, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def way_to_the_index() -> dict[str, str]:
    """Return what tells pip and uv of this machine where packages come from."""
    files = {
        "PIP_CONFIG_FILE": Path.home() / ".config/pip/pip.conf",
        "UV_CONFIG_FILE": Path.home() / ".config/uv/uv.toml",
    }
    found = {name: str(path) for name, path in files.items() if path.exists()}
    told = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "UV_", "SSL_CERT_")) or name.lower().endswith("_proxy")
    }
    return {
        name: value for name, value in {**found, **told}.items() if not name.startswith("UV_PYTHON")
    }


def another_python() -> Path:
    """Return a Python of this machine that is not 3.13; where there is none, the one that runs."""
    for folder in os.environ["PATH"].split(os.pathsep):
        python = Path(folder, "python3")
        if python.exists():
            answer = ask(python, FROM_39_ON_BUT_313)
            if answer.returncode == 0:
                return Path(answer.stdout.strip())
    return THIS_PYTHON


def version(python: Path) -> str:
    answer = ask(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    return answer.stdout.strip()


def ask(python: Path, question: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a Python of this machine, and a question of ours
        [python, "-c", question], cwd=ROOT, capture_output=True, text=True, check=False
    )


def bare(folder: Path) -> Machine:
    machine = Machine(folder)
    for name in COMMANDS:
        machine.link(f"bin/{name}", Path(str(shutil.which(name))))
    for name in FILES:
        (machine.checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, machine.checkout / name)
    (folder / "home").mkdir()
    return machine


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return a machine with some python3, on which the first step was made."""
    machine = bare(tmp_path_factory.mktemp("fresh"))
    machine.link("first/python3", another_python())
    # Only this once: should it be a 3.13, the tests below must not find it.
    path = f"{machine.folder}/bin{os.pathsep}{machine.folder}/first"
    made = machine.make(".venvs/uv/.made", PATH=path)
    assert made.returncode == 0, made.stderr
    return machine


def test_any_python_makes_the_first_environment(fresh: Machine) -> None:
    environment = fresh.checkout / ".venvs/uv"

    assert version(environment / "bin/python") == version(another_python())
    assert (environment / "bin/uv").exists()


def test_the_others_get_the_python_313_that_pyenv_has_but_does_not_run(fresh: Machine) -> None:
    fresh.link("home/.pyenv/versions/3.13.0/bin/python3.13", THIS_PYTHON)
    fresh.write("bin/python3.13", SHIM)

    made = fresh.make(".venvs/runtime/pyvenv.cfg", UV_OFFLINE="1")

    assert made.returncode == 0, made.stderr
    assert version(fresh.checkout / ".venvs/runtime/bin/python") == "3.13"


def test_where_none_can_be_fetched_one_sentence_says_what_to_do(fresh: Machine) -> None:
    (fresh.checkout / ".venvs/python-path").unlink(missing_ok=True)

    made = fresh.make(".venvs/runtime/pyvenv.cfg", UV_OFFLINE="1", PYENV_ROOT="/nowhere")

    assert made.returncode != 0
    assert "none can be fetched: install it" in made.stderr
    assert not (fresh.checkout / ".venvs/python-path").exists()


@pytest.mark.parametrize(
    ("belief", "sentence"),
    [
        ("sys.version_info = (3, 8, 20)", "There is no python3 from version 3.9 on: install one"),
        ('sys.modules["ensurepip"] = None', "lacks the module venv: install it"),
    ],
)
def test_a_python_that_cannot_make_environments_is_told_with_what_to_do(
    tmp_path: Path, belief: str, sentence: str
) -> None:
    machine = bare(tmp_path)
    machine.write("bin/python3", PRETENDER.format(python=THIS_PYTHON, belief=belief))

    made = machine.make(".venvs/uv/.made")

    assert made.returncode != 0
    assert sentence in made.stderr
