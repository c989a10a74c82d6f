"""Exact says that a code is wrong, not which: the guilty one is found, and no other is blamed."""

from dataclasses import replace

from koppeling.core.catalogue import text
from koppeling.core.errors import Reject, Retry
from tests.unit.push.world import KEY, NUMBER, World, example, with_line

WRONG_TYPE = "Ongeldig: Grootboekrekeningtype"
NO_COST_CENTER = "Ongeldige referentie: Kostenplaats"


def offered() -> World:
    world = World()
    world.offer()
    return world


def refused(world: World, message: str) -> dict[str, str]:
    """Have Exact refuse the invoice, and return the values of the problem."""
    world.books.raises["post_entry"] = [Reject("exact-rejected", message=message)]
    code = world.deliver().code
    return dict(world.problems.open_ones[f"invoice/{NUMBER}", code].values)


def with_type(world: World, code: str, kind: int) -> None:
    world.books.gl_accounts[code] = replace(world.books.gl_accounts[code], type=kind)


def test_the_only_account_that_takes_no_revenue_is_named_with_its_lines_and_type() -> None:
    world = offered()
    with_type(world, "8090", 90)

    values = refused(world, WRONG_TYPE)

    assert values["code"] == "8090"
    assert "candidates" not in values
    shown = text("gl-account-wrong-type", "nl", values)
    assert shown.startswith("Op grootboekrekening 8090 kun je geen omzet boeken.")
    assert f"op regel {values['line']} van factuur {NUMBER}" in shown
    assert "Zij is van het type Algemeen." in shown
    assert "8000" not in shown


def test_of_several_accounts_that_take_no_revenue_each_may_be_the_one() -> None:
    world = offered()
    with_type(world, "8090", 90)
    with_type(world, "8005", 140)

    values = refused(world, WRONG_TYPE)

    assert values["candidates"] == "8090, 8005"
    shown = text("gl-account-wrong-type", "nl", values)
    assert shown.startswith("Op een van de grootboekrekeningen kun je geen omzet boeken.")
    assert "een van deze rekeningen" in shown


def test_accounts_that_all_look_right_are_candidates_and_none_is_blamed() -> None:
    assert refused(offered(), WRONG_TYPE)["candidates"] == "8000, 8090, 8005"


def two_cost_centers() -> World:
    world = World()
    world.offer(with_line(example(), 1, cost_center_code="XXX"))
    return world


def test_the_cost_centre_that_exact_lacks_is_named_and_the_other_one_is_not() -> None:
    world = two_cost_centers()
    world.books.unknown_dimensions["cost_center"] = ("XXX",)

    values = refused(world, NO_COST_CENTER)

    shown = text("cost-center-unknown", "nl", values)
    assert shown.startswith("Kostenplaats XXX bestaat niet in Exact Online, of is beëindigd.")
    assert f"op regel 2 van factuur {NUMBER}" in shown
    assert "ADV" not in shown


def test_when_exact_cannot_be_asked_each_cost_centre_may_be_the_one() -> None:
    world = two_cost_centers()
    world.books.raises["knows_dimension"] = [Retry("exact-unavailable")]

    assert refused(world, NO_COST_CENTER)["candidates"] == "ADV, XXX"


def test_the_only_cost_centre_is_named_without_asking() -> None:
    world = offered()

    assert refused(world, NO_COST_CENTER)["code"] == "ADV"
    assert "knows_dimension" not in world.books.calls


def test_an_invoice_that_is_fine_asks_for_no_cost_centre() -> None:
    world = two_cost_centers()

    world.deliver_until_done()

    assert "knows_dimension" not in world.books.calls


def test_an_account_for_debtors_or_vat_is_refused_before_exact_is_asked_to_book() -> None:
    for kind, word in ((20, "Debiteuren"), (24, "Btw")):
        world = offered()
        with_type(world, "8090", kind)

        assert world.deliver().code == "gl-account-wrong-type"
        values = world.problems.open_ones[f"invoice/{NUMBER}", "gl-account-wrong-type"].values
        assert f"Zij is van het type {word}." in text("gl-account-wrong-type", "nl", values)
        assert "post_entry" not in world.books.calls


def test_a_blocked_account_is_said_to_be_blocked() -> None:
    world = offered()
    world.books.gl_accounts["8090"] = replace(world.books.gl_accounts["8090"], blocked=True)

    assert world.deliver(KEY).code == "gl-account-wrong-type"
    values = world.problems.open_ones[f"invoice/{NUMBER}", "gl-account-wrong-type"].values
    assert "Zij is geblokkeerd." in text("gl-account-wrong-type", "nl", values)
