"""What `make mutants` changes, and how it counts."""

import tomllib

import pytest

from tools.mutants import PACKAGE, TESTS, Room, chosen, configuration, summed
from tools.paths import ROOT

TOLD = """
    koppeling.push.money.x_is_exact__mutmut_1: killed
    koppeling.push.money.x_is_exact__mutmut_2: survived
    koppeling.push.money.x_is_exact__mutmut_3: timeout
    koppeling.push.money.x_is_exact__mutmut_4: no tests
    koppeling.push.money.x_is_exact__mutmut_5: not checked
"""


def test_the_rooms_are_those_whose_code_decides() -> None:
    assert set(TESTS) == {"core", "pull", "push", "auth", "exact"}
    assert [path for paths in TESTS.values() for path in paths if not (ROOT / path).exists()] == []


def test_files_are_chosen_by_name_by_pattern_or_because_they_changed() -> None:
    assert chosen("push/money.py auth/token_*", []) == {
        "auth": ["auth/token_chain.py", "auth/token_pair.py"],
        "push": ["push/money.py"],
    }
    assert chosen("", ["core/text.py", "aws/sqs.py", "core/gone.py"]) == {"core": ["core/text.py"]}
    assert chosen("", []) == {}
    assert set(chosen("all", [])) == set(TESTS)
    assert sum(len(files) for files in chosen("all", []).values()) < len(
        list(PACKAGE.rglob("*.py"))
    )


def test_a_fault_that_no_test_reaches_counts_as_one_that_none_noticed() -> None:
    room, survived = summed("push", TOLD)

    assert room == Room("push", killed=2, survived=2)
    assert room.share == pytest.approx(0.5)
    assert survived == [
        "koppeling.push.money.x_is_exact__mutmut_2: survived",
        "koppeling.push.money.x_is_exact__mutmut_4: no tests",
    ]


def test_the_copy_has_the_projects_own_configuration_with_its_code_elsewhere() -> None:
    project = (ROOT / "pyproject.toml").read_text()

    made = tomllib.loads(configuration(project, "push", ["push/money.py"]))

    pytest_options = made["tool"]["pytest"]["ini_options"]
    assert pytest_options["pythonpath"] == ["src", "."]
    assert "filterwarnings" not in pytest_options
    assert made["tool"]["mutmut"]["only_mutate"] == ["src/koppeling/push/money.py"]
    assert made["tool"]["mutmut"]["pytest_add_cli_args_test_selection"] == list(TESTS["push"])
