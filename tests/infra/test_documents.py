"""The documents name existing things: a command, path or target that is gone fails here."""

import re
from pathlib import Path

import pytest

from koppeling.core.catalogue import codes
from tests.infra.template import Template
from tools.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PACKAGE = ROOT / "layers/koppeling/koppeling"
ROOTS = (ROOT, PACKAGE)
# In a table of paths, or as an argument of a command
REFERENCES = sorted((ROOT / "docs/reference").glob("*.md"))
RULE = re.compile(r"\b((?:X|M|L|R|ST|S|P|DF)\d{1,3})\b")
PATHS = re.compile(
    r"`([\w./]+/)`|`([\w-]+/[\w./-]+\.(?:py|toml))`"
    r"|\b((?:events|docs|tools|tests|layers|functions)/[\w./-]+)"
)
FOLDERS = re.compile(r"(?<![\w<>./-])((?:[a-z_]+/)+)(?![\w<])")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_of_a_document_exists(document: Path) -> None:
    named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)`", document.read_text(), re.MULTILINE))

    assert {first or second for first, second in named} <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_of_a_document_exists(document: Path) -> None:
    for found in PATHS.findall(document.read_text()):
        path = "".join(found).rstrip(".")
        assert any((root / path).exists() for root in ROOTS), f"{document.name} tells of {path}"


def test_every_folder_of_the_drawn_tree_exists() -> None:
    text = (ROOT / "docs/design.md").read_text()
    tree = next(block for block in text.split("```") if "samconfig.toml" in block)
    parts = (ROOT, *(ROOT / name for name in ("functions", "layers", "tests", "tools")), PACKAGE)
    folders = FOLDERS.findall(tree)

    assert len(folders) > 30
    assert [each for each in folders if not any((part / each).is_dir() for part in parts)] == []


def test_every_resource_output_and_parameter_that_a_document_names_is_one_of_the_template(
    production: Template,
) -> None:
    known = {
        name
        for section in ("Resources", "Outputs", "Parameters")
        for name in production.document[section]
    }
    kinds = "Arn|Queue|Function|Table|Bucket|Schedule"

    for document in DOCUMENTS:
        named = set(re.findall(rf"`(\w+(?:{kinds}))`", document.read_text()))
        assert named - known == set(), document.name


def test_every_rule_that_code_cites_stands_in_the_reference() -> None:
    known = {rule for document in REFERENCES for rule in RULE.findall(document.read_text())}
    assert "X193" in known

    cited = {
        (rule, path.name)
        for folder in ("layers/koppeling", "functions")
        for path in (ROOT / folder).rglob("*.py")
        for rule in RULE.findall(re.sub(r"# noqa: [A-Z0-9, ]+", "", path.read_text()))
    }

    assert {(rule, name) for rule, name in cited if rule not in known} == set()


@pytest.mark.parametrize("document", [*DOCUMENTS, *REFERENCES], ids=lambda path: path.name)
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_catalogue_and_the_reference_name_the_same_codes() -> None:
    reference = (ROOT / "docs/reference/errors.md").read_text()
    named = set(re.findall(r"^### `([a-z-]+)`|^\| `([a-z-]+)` \|", reference, re.MULTILINE))

    assert {first or second for first, second in named} == codes()
