"""RULES.md tells the truth: every module and every test in it exists and is about its rule."""

import ast
import re
from pathlib import Path

import pytest

from tests.sandbox.exact_online import sandbox

PACKAGE = Path(sandbox.__file__).parent
TESTS = Path(__file__).parent
ROW = re.compile(r"\| (X\d+) \| [^|]+ \| `([\w/]+\.py)` \| `(test_\w+\.py)::(test_\w+)` \|")
DUTIES = range(179, 194)


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall((PACKAGE / "RULES.md").read_text(encoding="utf-8"))


def names_of_tests(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def cited(text: str) -> set[str]:
    found = set(re.findall(r"X\d+", text))
    for first, last in re.findall(r"X(\d+)(?: to |-)X(\d+)", text):
        found |= {f"X{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_every_line_of_the_table_is_a_row_and_every_rule_has_one() -> None:
    lines = (PACKAGE / "RULES.md").read_text(encoding="utf-8").splitlines()
    rules = [row[0] for row in rows()]
    assert len(rules) == len([line for line in lines if line.startswith("| X")])
    assert len(set(rules)) == len(rules)


def test_every_duty_of_the_sandbox_is_in_the_table() -> None:
    assert {f"X{number}" for number in DUTIES} <= {row[0] for row in rows()}


@pytest.mark.parametrize(("rule", "module", "file", "test"), rows())
def test_a_row_names_a_module_that_cites_the_rule_and_a_test_that_exists(
    rule: str, module: str, file: str, test: str
) -> None:
    assert rule in cited((PACKAGE / module).read_text(encoding="utf-8"))
    assert test in names_of_tests(TESTS / file)
