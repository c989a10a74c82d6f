"""Customers under other numbers: found by a preview, chosen by a person, heeded by the load."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling.cli.exits import Exit
from koppeling.pull.double_choices import UNDECIDED
from tests.integration.operating import FILE, ID, Operator, an_operator
from tests.integration.truth import doubles as same_codes
from tests.integration.undoing import but_for_created, tables

# Both stand in QicsMilestones under another number than in Exact, and in the same town
OTHERS = {"5501": ("Wagenvoort Transport", "7001"), "5502": ("Kaap Ontwerp", "7002")}


@pytest.fixture
def operator() -> Iterator[Operator]:
    with an_operator() as built:
        world = built.home.milestones.world
        model = built.home.customer("9901")
        for code, (name, there) in OTHERS.items():
            built.home.exact.add_account(Code=code, Name=f"{name} B.V.", City="Urk")
            key = world.add(
                "CustomerCompany",
                {
                    name: value
                    for name, value in model.items()
                    if name not in {"CustomerCompanyId", "CustomerId"}
                }
                | {"CustomerCode": there, "Name": name, "VisitAddressCity": "Urk"},
            )["CustomerCompanyId"]
            assert key
        built.types("connections", "apply", "--yes", FILE)
        built.types("preview", ID)
        yield built


def fill_in(file: Path, choices: dict[str, str]) -> None:
    """Fill in the last column, by the number in Exact."""
    first, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    filled = [f"{line}{choices.get(line.partition(';')[0], '')}" for line in lines]
    file.write_text("\r\n".join([first, *filled]), encoding="utf-8-sig")


def load(operator: Operator) -> None:
    """Start the connection and let everything come in."""
    operator.home.wiring.stores.connections.set_started(ID, started=True)
    operator.types("pull", ID, "--wait")


def waiting(operator: Operator) -> set[str]:
    """Return the numbers of the customers that wait for a choice."""
    problems = operator.home.wiring.stores.problems.opened(ID)
    return {each.values["code"] for each in problems if each.code == UNDECIDED}


def test_a_preview_finds_who_stands_under_another_number(operator: Operator) -> None:
    answer = operator.reads("doubles", ID)

    found = {pair["double"]["exact_code"]: pair for pair in answer["doubles"]}
    assert {code: found[code]["double"]["milestones_code"] for code in OTHERS} == {
        code: there for code, (_, there) in OTHERS.items()
    }
    assert all(pair["choice"] is None for pair in found.values())


def test_what_nobody_chose_is_neither_created_nor_linked_and_waits(operator: Operator) -> None:
    load(operator)

    world = operator.home.milestones.world
    assert not any(world.find("CustomerCompany", CustomerCode=code) for code in OTHERS)
    assert waiting(operator) == set(OTHERS)


def test_the_same_gets_the_number_of_exact_and_another_one_is_created(
    operator: Operator, tmp_path: Path
) -> None:
    before, file = tables(operator.home), tmp_path / "dubbel.csv"
    operator.types("doubles", ID, "--csv", str(file))
    fill_in(file, {"5501": "zelfde", "5502": "verschillend"})

    assert operator.types("doubles", ID, "--choose", str(file)).exit_code == Exit.OK
    load(operator)

    world = operator.home.milestones.world
    (linked,) = world.find("CustomerCompany", CustomerCode="5501")
    assert linked["CustomerCompanyId"] in before["CustomerCompany"]
    assert linked["Name"] == "Wagenvoort Transport B.V."
    assert world.find("CustomerCompany", CustomerCode="7001") == []
    (made,) = world.find("CustomerCompany", CustomerCode="5502")
    assert made["CustomerCompanyId"] not in before["CustomerCompany"]
    assert len(world.find("CustomerCompany", CustomerCode="7002")) == 1
    assert (waiting(operator), same_codes(operator.home)) == (set(), [])


def test_a_later_choice_works_at_the_next_tick(operator: Operator, tmp_path: Path) -> None:
    load(operator)
    file = tmp_path / "dubbel.csv"
    operator.types("doubles", ID, "--csv", str(file))
    fill_in(file, {"5501": "zelfde", "5502": "later"})
    operator.types("doubles", ID, "--choose", str(file))

    operator.home.next_tick()

    assert operator.home.customer("5501")["Name"] == "Wagenvoort Transport B.V."
    assert waiting(operator) == {"5502"}


def test_an_undo_gives_the_old_number_back_and_the_choice_holds_for_the_next_load(
    operator: Operator, tmp_path: Path
) -> None:
    before, file = tables(operator.home), tmp_path / "dubbel.csv"
    operator.types("doubles", ID, "--csv", str(file))
    fill_in(file, {"5501": "zelfde", "5502": "zelfde"})
    operator.types("doubles", ID, "--choose", str(file))
    load(operator)
    loaded = tables(operator.home)

    operator.types("undo", ID, "--yes")

    assert but_for_created(before, tables(operator.home)) == before
    load(operator)
    assert tables(operator.home) == loaded


def test_a_wrong_line_is_told_and_the_others_count(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "dubbel.csv"
    operator.types("doubles", ID, "--csv", str(file))
    fill_in(file, {"5501": "misschien", "5502": "zelfde"})
    with file.open("a", encoding="utf-8") as lines:
        lines.write("\r\n1;x;2;y;9%;;zelfde")

    result = operator.types("doubles", ID, "--choose", str(file))

    assert result.exit_code == Exit.ATTENTION
    assert "'misschien' is no choice; write one of: zelfde, verschillend, later" in result.output
    assert "no such pair" in result.output
    choices = {
        each.double.exact_code: each.choice for each in operator.home.wiring.stores.doubles.of(ID)
    }
    assert (choices["5501"], choices["5502"]) == (None, "same")


def test_another_file_is_refused_with_what_it_lacks(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "iets.csv"
    file.write_text("a;b\r\n1;2\r\n", encoding="utf-8")

    result = operator.types("doubles", ID, "--choose", str(file))

    assert result.exit_code == Exit.USAGE
    assert "Keuze" in result.output
