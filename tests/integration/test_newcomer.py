"""The way of a newcomer: 150 customers, 12 of them under other numbers, seen, loaded and undone."""

from pathlib import Path
from typing import Any

from koppeling.cli.exits import Exit
from tests.integration.operating import FILE, ID, Operator, an_operator
from tests.integration.test_doubles_chosen import fill_in
from tools.stack.newcomer import ACCOUNTS, CUSTOMERS, UNDER_OTHER_NUMBERS, fill


def types(operator: Operator, *words: str) -> str:
    """Type a command that has to succeed, a minute after the one before."""
    operator.home.clock.advance(61)
    result = operator.types(*words)
    assert result.exit_code == Exit.OK, result.output
    return result.output


def customers(operator: Operator) -> dict[str, dict[str, Any]]:
    found = operator.home.milestones.world.records("CustomerCompany")
    return {row["CustomerCode"]: row for row in found}


def test_a_newcomer_looks_decides_approves_undoes_and_begins_again(tmp_path: Path) -> None:
    with an_operator(accounts=ACCOUNTS) as operator:
        home, file = operator.home, tmp_path / "pairs.csv"
        fill(home.settings.exact_base_url, home.settings.milestones_base_url)
        before = customers(operator)
        assert len(before) == CUSTOMERS
        types(operator, "connections", "apply", "--yes", FILE)
        look = types(operator, "preview", ID)
        assert "Wordt overschreven" in look
        assert f"onder een ander nummer: {UNDER_OTHER_NUMBERS} klanten" in " ".join(look.split())

        pairs = [each["double"] for each in operator.reads("doubles", ID)["doubles"]]
        assert len(pairs) == UNDER_OTHER_NUMBERS
        types(operator, "doubles", ID, "--csv", str(file))
        fill_in(file, {pair["exact_code"]: "zelfde" for pair in pairs})
        types(operator, "doubles", ID, "--choose", str(file))
        types(operator, "preview", ID)
        assert customers(operator) == before

        types(operator, "start", ID, "--yes")
        loaded = customers(operator)
        moved = {pair["milestones_code"]: pair["exact_code"] for pair in pairs}
        assert not moved.keys() & loaded.keys()
        assert set(moved.values()) <= loaded.keys()

        types(operator, "undo", ID, "--yes")
        undone = customers(operator)
        assert {code: undone[code] for code in before} == before
        assert not any(undone[code]["IsActive"] for code in undone.keys() - before.keys())

        types(operator, "preview", ID)
        types(operator, "start", ID, "--yes")
        assert customers(operator) == loaded
