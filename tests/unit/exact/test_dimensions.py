"""Whether Exact knows a cost centre or a cost unit; it is asked only after a refusal."""

from typing import Any

import pytest

from koppeling.core.errors import Retry
from tests.unit.exact.test_books import books
from tests.unit.exact.wire import NOW, Wire, results

DAY = int(NOW.timestamp()) // 86_400 * 86_400_000


def a_row(**changes: str | None) -> dict[str, Any]:
    return {"ID": "c-1", "Code": "ADV ", "EndDate": None, **changes}


@pytest.mark.parametrize(
    ("rows", "is_known"),
    [
        ([a_row()], True),
        ([a_row(EndDate=f"/Date({DAY})/")], True),
        ([a_row(EndDate=f"/Date({DAY - 86_400_000})/")], False),
        ([a_row(Code="ADV2")], False),
        ([], False),
    ],
    ids=["open", "ends today", "ended", "another code", "none"],
)
def test_a_cost_centre_is_known_until_the_day_it_ends(
    rows: list[dict[str, Any]], *, is_known: bool
) -> None:
    assert books(Wire(results(*rows))).knows_dimension("cost_center", "ADV") is is_known


def test_each_kind_is_asked_at_its_own_endpoint_by_its_code() -> None:
    wire = Wire(results(), results())
    found = books(wire)

    found.knows_dimension("cost_center", "A'B")
    found.knows_dimension("cost_unit", "K1")

    centers, units = wire.asked
    assert centers == "hrm/Costcenters?$select=Code,EndDate,ID&$filter=Code eq 'A''B'"
    assert units.startswith("hrm/Costunits?")


def test_a_row_that_cannot_be_read_leaves_it_open() -> None:
    with pytest.raises(Retry):
        books(Wire(results(a_row(Code=None)))).knows_dimension("cost_center", "ADV")
