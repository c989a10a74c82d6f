"""S12: what is installed is what was chosen: by hash, from nowhere in particular, a week old."""

import re
from pathlib import Path

import pytest

from tools.paths import ROOT

COMPILED = [
    *sorted((ROOT / "requirements").glob("*.txt")),
    ROOT / "layers" / "dependencies" / "requirements.txt",
]


@pytest.mark.parametrize("file", COMPILED, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_package_is_pinned_with_a_hash_and_without_an_address(file: Path) -> None:
    packages = re.split(r"\n(?=[a-z])", file.read_text().strip())

    assert packages
    for package in packages:
        name = package.splitlines()[0]
        assert "==" in name, name
        assert "--hash=sha256:" in package, name
        assert "://" not in package, name


def test_a_version_waits_for_seven_days_before_it_is_taken() -> None:
    script = (ROOT / "tools" / "compile_requirements.sh").read_text()

    assert "timedelta(days=7)" in script
    assert '--exclude-newer "$limit"' in script
    assert "--generate-hashes" in script


def test_an_environment_is_made_from_its_hashes_alone() -> None:
    installs = [
        line
        for line in (ROOT / "Makefile").read_text().splitlines()
        if re.search(r"pip (sync|install)", line) and "--editable" not in line
    ]

    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []
