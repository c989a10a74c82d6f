"""Link fields 3.5: each row, the record of Exact and that of QicsMilestones side by side."""

from datetime import date
from typing import Any

import pytest

from koppeling.pull.link_values import LinkValue, Mapped, Reference
from tests.unit.pull.builders import an_item, mapped_as

ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": " 0042 "}, {"ItemCode": "0042"}),
    ({"Description": " Uren  senior "}, {"Name": "Uren senior"}),
    ({"ExtraDescription": " per\r\nuur "}, {"LongDescription": "per uur"}),
    ({"ExtraDescription": None}, {"LongDescription": None}),
    ({"GLRevenueCode": " 8000"}, {"GLAccountRevenue": "8000"}),
    ({"SalesVatCode": "2  "}, {"VatCodeId": Reference("vat_codes", "2")}),
    ({"SalesVatCode": None}, {"VatCodeId": Reference("vat_codes", None)}),
    ({"IsSalesItem": True}, {"IsActive": True}),
    ({"IsSalesItem": False}, {"IsActive": False}),
    ({"IsSalesItem": None}, {"IsActive": False}),
    ({"StartDate": "2026-11-24"}, {"IsActive": True}),
    ({"StartDate": "2026-11-25"}, {"IsActive": False}),
    ({"StartDate": None}, {"IsActive": True}),
    ({"EndDate": "2026-11-24"}, {"IsActive": True}),
    ({"EndDate": "2026-11-23"}, {"IsActive": False}),
]
LINK_FIELDS = {
    *("ItemCode", "Name", "LongDescription", "GLAccountRevenue", "VatCodeId", "IsActive"),
}


def mapped(**changes: Any) -> Mapped:  # noqa: ANN401 - fields of Exact
    return mapped_as("items", an_item(**changes))


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_an_item_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(**exact).values
    assert {name: values[name] for name in milestones} == milestones


def test_an_item_touches_exactly_these_link_fields() -> None:
    assert mapped().values.keys() == LINK_FIELDS


@pytest.mark.parametrize("name", [None, "  "])
def test_a_name_is_never_emptied(name: str | None) -> None:
    assert "Name" not in mapped(Description=name).values


@pytest.mark.parametrize("account", [None, "", "  "])
def test_an_item_that_follows_its_group_leaves_the_revenue_account_and_tells_a_person(
    account: str | None,
) -> None:
    found = mapped(GLRevenueCode=account)
    assert found.values.keys() == LINK_FIELDS - {"GLAccountRevenue"}
    (notice,) = found.notices
    assert (notice.code, notice.values) == ("item-without-revenue-account", {"item": "UUR-SR"})


@pytest.mark.parametrize("changes", [{"IsSalesItem": False}, {"EndDate": "2026-11-23"}])
def test_an_item_that_nobody_sells_needs_no_revenue_account(changes: dict[str, Any]) -> None:
    assert mapped(GLRevenueCode=None, **changes).notices == ()


def test_an_item_with_its_own_revenue_account_is_no_news() -> None:
    assert mapped().notices == ()


@pytest.mark.parametrize(
    ("is_time", "kind", "allowed"), [(1, "Uren", True), (0, "Stuks", False), (None, "Stuks", False)]
)
def test_a_new_item_gets_its_type_from_the_connection_and_takes_hours_when_it_is_for_time(
    is_time: int | None, kind: str, *, allowed: bool
) -> None:
    found = mapped_as(
        "items",
        an_item(IsTime=is_time),
        time_item_type="Uren",
        other_item_type="Stuks",
    )
    assert found.on_create == {
        "ItemType": kind,
        "AllowTimeEntry": allowed,
        "WillBeInvoiced": True,
        "AllowPriceModifications": True,
    }


def test_what_a_new_item_gets_is_no_link_field() -> None:
    assert not mapped().on_create.keys() & LINK_FIELDS
    assert mapped(IsTime=0).values == mapped(IsTime=1).values


@pytest.mark.parametrize(
    ("changes", "importable"),
    [
        ({}, True),
        ({"IsSalesItem": False}, False),
        ({"StartDate": "2026-11-25"}, False),
        ({"EndDate": "2026-11-23"}, False),
    ],
)
def test_only_an_active_item_that_is_sold_is_created(
    changes: dict[str, Any], *, importable: bool
) -> None:
    assert mapped(**changes).importable is importable


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, None),
        ({"StartDate": "2027-01-01"}, date(2027, 1, 1)),
        ({"EndDate": "2026-12-31"}, date(2027, 1, 1)),
    ],
)
def test_an_item_is_judged_again_on_the_day_it_starts_or_has_ended(
    changes: dict[str, Any], day: date | None
) -> None:
    assert mapped(**changes).changes_on == day


@pytest.mark.parametrize(("is_time", "allows"), [("0", False), (0, False), ("1", True), (1, True)])
def test_an_item_for_time_is_told_by_its_number_also_as_text(
    is_time: object, *, allows: bool
) -> None:
    assert mapped(IsTime=is_time).on_create["AllowTimeEntry"] is allows
