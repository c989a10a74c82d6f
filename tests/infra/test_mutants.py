"""What `make mutants` changes, and how it counts."""

import tomllib

import pytest

from tools.mutants import ROOMS, Tally, chosen, tally, unnoticed
from tools.mutation import PACKAGE, configuration, drawn, ends_of, said
from tools.paths import ROOT

TOLD = """
    koppeling.push.money.x_is_exact__mutmut_1: killed
    koppeling.push.money.x_is_exact__mutmut_2: survived
    koppeling.push.money.x_is_exact__mutmut_3: timeout
    koppeling.push.money.x_is_exact__mutmut_4: no tests
    koppeling.push.money.x_is_exact__mutmut_5: not checked
"""
NAMES = [f"koppeling.push.money.x_is_exact__mutmut_{number}" for number in range(200)]


def test_the_rooms_are_those_whose_code_decides() -> None:
    assert set(ROOMS) == {"core", "pull", "push", "auth", "exact"}
    paths = [path for room in ROOMS.values() for path in (*room.tests, *room.further)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_files_are_chosen_by_name_by_pattern_or_because_they_changed() -> None:
    assert chosen("push/money.py auth/token_[cp]*", []) == {
        "auth": ["auth/token_chain.py", "auth/token_pair.py"],
        "push": ["push/money.py"],
    }
    assert chosen("", ["core/text.py", "aws/sqs.py", "core/gone.py"]) == {"core": ["core/text.py"]}
    assert chosen("", []) == {}
    assert set(chosen("all", [])) == set(ROOMS)
    assert sum(len(files) for files in chosen("all", []).values()) < len(
        list(PACKAGE.rglob("*.py"))
    )


def test_a_fault_that_no_test_reaches_counts_as_one_that_none_noticed() -> None:
    ends = ends_of(TOLD)
    room = tally("push", ends)

    assert room == Tally("push", killed=2, survived=1, unreached=1)
    assert room.share == pytest.approx(0.5)
    assert unnoticed(ends) == {
        "koppeling.push.money.x_is_exact__mutmut_2": "survived",
        "koppeling.push.money.x_is_exact__mutmut_4": "no tests",
    }


def test_a_sample_is_the_same_each_time_and_another_one_for_each_room() -> None:
    one = drawn("push", NAMES, 60)

    assert len(set(one)) == 60
    assert one == drawn("push", reversed(NAMES), 60)
    assert one != drawn("pull", NAMES, 60)
    assert one != drawn("push", NAMES, 60, seed=7)
    assert drawn("push", NAMES, 0) == drawn("push", NAMES, 999) == sorted(NAMES)


@pytest.mark.parametrize(
    ("killed", "missed", "low", "high"),
    [(54, 6, 0.80, 0.95), (60, 0, 0.94, 1.0), (0, 10, 0.0, 0.28), (0, 0, 0.0, 1.0)],
)
def test_a_sample_tells_how_sure_its_share_is(
    killed: int, missed: int, low: float, high: float
) -> None:
    interval = Tally("push", killed, missed, 0).interval

    assert interval == pytest.approx((low, high), abs=0.005)


def test_the_turning_wheel_of_the_tool_is_not_shown() -> None:
    output = "\u280b Running\r\u2819 Running\rERROR: no tests\n    done\n"

    assert said(output) == ["ERROR: no tests", "done"]


def test_the_copy_has_the_projects_own_configuration_with_its_code_elsewhere() -> None:
    project = (ROOT / "pyproject.toml").read_text()

    made = tomllib.loads(configuration(project, ["tests/unit/push"], ["push/money.py"]))

    pytest_options = made["tool"]["pytest"]["ini_options"]
    assert pytest_options["pythonpath"] == ["src", "."]
    assert "filterwarnings" not in pytest_options
    assert made["tool"]["mutmut"]["only_mutate"] == ["src/koppeling/push/money.py"]
    assert made["tool"]["mutmut"]["pytest_add_cli_args_test_selection"] == ["tests/unit/push"]
    assert made["tool"]["mutmut"]["timeout_multiplier"] < 15
