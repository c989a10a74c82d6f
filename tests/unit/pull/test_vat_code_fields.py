"""Link fields 3.1: each row, the record of Exact and that of QicsMilestones side by side."""

from decimal import Decimal
from typing import Any

import pytest

from koppeling.pull.link_values import LinkValue, Mapped
from tests.unit.pull.builders import a_vat_code, mapped_as

ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": "2  "}, {"Code": "2"}),
    ({"Code": "02 "}, {"Code": "02"}),
    ({"Description": " BTW  hoog "}, {"Name": "BTW hoog"}),
    ({"Percentage": Decimal("0.21")}, {"Percentage": "21"}),
    ({"Percentage": Decimal("0.055")}, {"Percentage": "5.5"}),
    ({"Percentage": Decimal("0.0900")}, {"Percentage": "9"}),
    ({"Percentage": Decimal(1)}, {"Percentage": "100"}),
    ({"Percentage": "0.21"}, {"Percentage": "21"}),
    ({"Percentage": 0}, {"Percentage": "0"}),
    ({"Percentage": Decimal("0.0")}, {"Percentage": "0"}),
    ({"Charged": True}, {"ReverseCharge": True}),
    ({"Charged": False}, {"ReverseCharge": False}),
    ({"Charged": None}, {"ReverseCharge": False}),
    ({"Charged": False, "Description": "BTW VERLEGD"}, {"ReverseCharge": True}),
    ({"Charged": False, "Description": "Verlegde btw, bouw"}, {"ReverseCharge": True}),
    ({"Charged": False, "Description": "Verleden jaar"}, {"ReverseCharge": False}),
    ({"Charged": False, "Description": None}, {"ReverseCharge": False}),
    ({"EUSalesListing": "S"}, {"IcpReturn": "Services"}),
    ({"EUSalesListing": "L"}, {"IcpReturn": "Goods"}),
    ({"EUSalesListing": "T"}, {"IcpReturn": "Triangulation"}),
    ({"EUSalesListing": "N"}, {"IcpReturn": None}),
    ({"EUSalesListing": None}, {"IcpReturn": None}),
]


def mapped(**changes: Any) -> Mapped:  # noqa: ANN401 - fields of Exact
    return mapped_as("vat_codes", a_vat_code(**changes))


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_a_vat_code_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(**exact).values
    assert {name: values[name] for name in milestones} == milestones


def test_a_vat_code_touches_exactly_these_link_fields() -> None:
    assert mapped().values.keys() == {"Code", "Name", "Percentage", "ReverseCharge", "IcpReturn"}


@pytest.mark.parametrize(
    ("exact", "untouched"),
    [
        ({"Description": None}, "Name"),
        ({"Description": "  "}, "Name"),
        ({"Percentage": None}, "Percentage"),
        ({"Percentage": ""}, "Percentage"),
    ],
)
def test_a_name_and_a_percentage_are_never_emptied(exact: dict[str, Any], untouched: str) -> None:
    assert untouched not in mapped(**exact).values


def test_a_new_vat_code_is_not_the_default_and_belongs_to_no_company() -> None:
    assert mapped().on_create == {"IsDefault": False}


@pytest.mark.parametrize(
    ("changes", "importable"),
    [
        ({"VATTransactionType": "S"}, True),
        ({"VATTransactionType": "B"}, True),
        ({"VATTransactionType": "P"}, False),
        ({"VATTransactionType": None}, True),
        ({"IsBlocked": True}, False),
    ],
)
def test_a_code_for_purchases_alone_and_a_blocked_one_are_not_created(
    changes: dict[str, Any], *, importable: bool
) -> None:
    assert mapped(**changes).importable is importable


def test_a_code_that_is_blocked_later_stays_as_it_was_written() -> None:
    assert mapped(IsBlocked=True).values == mapped().values


def test_a_code_that_includes_vat_is_taken_over_and_told_to_a_person() -> None:
    found = mapped(Type="I")
    assert found.importable
    (notice,) = found.notices
    assert (notice.code, notice.values) == ("vat-code-inclusive", {"code": "2"})


@pytest.mark.parametrize(
    "changes",
    [
        {"Type": "E"},
        {"Type": "N"},
        {"Type": "B"},
        {"Type": "I", "IsBlocked": True},
        {"Type": "I", "VATTransactionType": "P"},
    ],
)
def test_of_a_code_that_no_invoice_can_book_wrongly_nothing_is_told(
    changes: dict[str, Any],
) -> None:
    assert mapped(**changes).notices == ()
