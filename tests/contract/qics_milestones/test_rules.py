"""RULES.md tells the truth: every row points at code that names the rule and at a test that is."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
SANDBOX = HERE.parents[1] / "sandbox" / "qics_milestones"
DUTIES = {f"M{number}" for number in range(53, 59)}

_ROW = re.compile(r"\| (M\d+) \| [^|]+ \| `(\w+\.py)` \| `(test_\w+\.py)::(test_\w+)` \|")


class Row(NamedTuple):
    rule: str
    module: str
    test_file: str
    test: str


def rows() -> list[Row]:
    lines = (SANDBOX / "RULES.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| M")]
    found = [_ROW.fullmatch(line) for line in table]
    return [
        Row(*match.groups()) if match else Row(line, "", "", "")
        for match, line in zip(found, table, strict=True)
    ]


def names_of_tests_in(name: str) -> set[str]:
    tree = ast.parse((HERE / name).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.rule}-{row.test}")
def test_a_row_names_a_module_that_cites_the_rule_and_a_test_that_exists(row: Row) -> None:
    assert re.search(rf"\b{row.rule}\b", (SANDBOX / row.module).read_text())
    assert row.test in names_of_tests_in(row.test_file)


def test_every_duty_of_the_sandbox_has_a_row() -> None:
    assert {row.rule for row in rows()} >= DUTIES
