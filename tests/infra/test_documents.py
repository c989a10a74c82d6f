"""The documents tell what is there: a command, a path or a target that is gone fails here."""

import re
from pathlib import Path

import pytest

from tools.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
ROOTS = (ROOT, ROOT / "layers/koppeling/koppeling")
# In a table of paths, or as an argument of a command
PATHS = re.compile(r"`([\w./]+/)`|\b((?:events|docs|tools|tests|layers|functions)/[\w./-]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_of_a_document_exists(document: Path) -> None:
    named = set(re.findall(r"^make (\w+)|`make (\w+)`", document.read_text(), re.MULTILINE))

    assert {first or second for first, second in named} <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_of_a_document_exists(document: Path) -> None:
    for first, second in PATHS.findall(document.read_text()):
        path = (first or second).rstrip(".")
        assert any((root / path).exists() for root in ROOTS), f"{document.name} tells of {path}"


def test_every_output_that_a_document_names_is_one_of_the_template() -> None:
    template = (ROOT / "template.yaml").read_text()

    for document in DOCUMENTS:
        for name in re.findall(r"`(\w+(?:Arn|Queue|Function|Table|Bucket))`", document.read_text()):
            known = name.replace("Accounts", "${Entity}")
            assert f"{name}:" in template or f"{known}:" in template, name
