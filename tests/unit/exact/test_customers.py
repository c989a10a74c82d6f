"""Which customer a number of QicsMilestones stands for: the stored one, or the one in Exact."""

from datetime import date
from typing import Any

import pytest

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.record import Record
from koppeling.push.sales_entry import CustomerCard
from tests.unit.exact.kept_lookups import Kept, on
from tests.unit.exact.wire import Wire, results

CUSTOMER = {"ID": "c-1", "Code": "1068", "Status": "C", "Blocked": False, "EndDate": None}


def test_a_customer_is_found_by_its_padded_code_and_never_cached() -> None:
    kept, wire = Kept(), Wire(results({**CUSTOMER, "Code": "  1068", "Status": "C"}))

    assert on(wire, kept).find_customer("1068") == CustomerCard(ExactId("c-1"), "1068", "C")
    (asked,) = wire.asked
    assert asked == (
        "crm/Accounts?$select=Blocked,Code,EndDate,ID,Name,Status"
        "&$filter=Code eq '              1068'"
    )
    assert kept.cached == {}


def stored(row: dict[str, Any], **more: Any) -> Kept:  # noqa: ANN401 - fields of a record
    kept = Kept()
    record = Record(ExactId("c-1"), {"accounts": {"c-1": row}}, "1068", **more)
    kept.records["acme", "accounts", "1068"] = record
    return kept


LINKED = {"milestones_id": MilestonesId("7")}


def test_a_stored_customer_is_told_with_every_field() -> None:
    row = {**CUSTOMER, "Code": "              1068"}

    assert on(Wire(), stored(row)).find_customer("1068") == CustomerCard(
        ExactId("c-1"), "1068", "C", blocked=False, end_date=None
    )


@pytest.mark.parametrize(
    ("kept", "anew"),
    [
        (stored({**CUSTOMER, "Status": None}), False),
        (stored({**CUSTOMER, "Status": "S"}), False),
        (stored({**CUSTOMER, "Blocked": True}), False),
        (stored({**CUSTOMER, "Blocked": "no"}), False),
        (stored({**CUSTOMER, "EndDate": "2026-12-31"}), False),
        (stored({**CUSTOMER, "Code": []}), False),
        (stored({**CUSTOMER, "Code": "2000"}), False),
        (stored(CUSTOMER, gone=True), False),
        (stored(CUSTOMER, gone=True, **LINKED), False),
        (stored(CUSTOMER), True),
    ],
)
def test_a_stored_customer_that_is_not_to_be_trusted_is_asked_for_by_its_number(
    kept: Kept, *, anew: bool
) -> None:
    other = {**CUSTOMER, "ID": "c-2", "Blocked": True, "EndDate": "/Date(0)/", "Status": None}
    wire = Wire(results(other))

    found = on(wire, kept).find_customer("1068", anew=anew)

    assert found == CustomerCard(
        ExactId("c-2"), "1068", "", blocked=True, end_date=date(1970, 1, 1)
    )
    (asked,) = wire.asked
    assert asked.endswith("Code eq '              1068'")


def test_a_linked_customer_is_asked_for_by_its_id_whatever_number_it_has_now() -> None:
    wire = Wire(results({**CUSTOMER, "Code": "2000"}))

    found = on(wire, stored({**CUSTOMER, "Blocked": True}, **LINKED)).find_customer("1068")

    assert found == CustomerCard(ExactId("c-1"), "2000", "C")
    (asked,) = wire.asked
    assert asked.endswith("$filter=ID eq guid'c-1'")


def test_a_customer_under_another_number_is_not_the_one_that_was_asked_for() -> None:
    assert on(Wire(results({**CUSTOMER, "Code": "10680"}))).find_customer("1068") is None
