"""`docs/proofs.md`: every rule of engineering has its proof, and every proof it names is there."""

import ast
import re
from functools import cache

import pytest

from tools.paths import ROOT

REFERENCE = ROOT / "docs" / "reference" / "engineering.md"
PROOFS = ROOT / "docs" / "proofs.md"
NOT_BUILT = "not built"

type Row = tuple[str, str]


def rules() -> list[str]:
    """Return the rules that engineering.md makes, by their numbers."""
    text = REFERENCE.read_text()
    listed = re.findall(r"^- ((?:R|S)\d+) ", text, re.MULTILINE)
    return listed + re.findall(r"^\| ((?:P|DF)\d+) \|", text, re.MULTILINE)


def rows() -> list[Row]:
    """Return each rule of the table with its proof."""
    return re.findall(r"^\| ((?:R|S|P|DF)\d+) \| (.*) \|$", PROOFS.read_text(), re.MULTILINE)


def named(proof: str) -> list[tuple[str, str]]:
    """Return the tests that a proof names."""
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)


def lines(proof: str) -> list[str]:
    """Return the lines of the template that a proof names."""
    return re.findall(r"`template\.yaml`: `([^`]+)`", proof)


@cache
def names_in(file: str) -> frozenset[str]:
    """Return what pytest collects of a file: its tests, and the classes with tests."""
    path = ROOT / file
    if not path.is_file() or not path.name.startswith("test_"):
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(path.read_text()).body
        if (isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))
        or (isinstance(node, ast.ClassDef) and node.name.startswith("Test"))
    )


def test_every_rule_has_one_row_in_its_order_and_no_row_is_of_no_rule() -> None:
    assert len(rules()) > 90
    assert [rule for rule, _ in rows()] == rules()


@pytest.mark.parametrize(("rule", "proof"), rows(), ids=[rule for rule, _ in rows()])
def test_a_rule_is_proven_or_is_said_not_to_be_built(rule: str, proof: str) -> None:
    assert named(proof) or lines(proof) or proof.startswith(f"{NOT_BUILT}: "), rule


@pytest.mark.parametrize(("rule", "proof"), rows(), ids=[rule for rule, _ in rows()])
def test_every_proof_that_a_row_names_is_there(rule: str, proof: str) -> None:
    template = (ROOT / "template.yaml").read_text()
    gone = [f"{file}::{name}" for file, name in named(proof) if name not in names_in(file)]

    assert proof.count("::") == len(named(proof)), rule
    assert gone == []
    assert [line for line in lines(proof) if line not in template] == []


def test_a_test_that_is_not_there_would_be_noticed() -> None:
    assert "test_nothing_is_ever_deleted_in_either_system" in names_in(
        "tests/infra/test_source_rules.py"
    )
    assert "sends" not in names_in("tests/infra/test_source_rules.py")
    assert names_in("tests/infra/test_nothing.py") == frozenset()
    assert names_in("tests/infra/sources.py") == frozenset()
