"""Link fields 3.7: each row, the record of Exact and that of QicsMilestones side by side."""

from datetime import date
from typing import Any

import pytest

from koppeling.pull.link_values import LinkValue, Mapped, Reference, fingerprint
from tests.unit.pull.builders import a_project, mapped_as

CUSTOMER = "CustomerCompanyId"


def of_customer(code: str) -> Reference:
    return Reference("accounts", code, required=True)


ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": " 0014 "}, {"ProjectCode": "0014"}),
    ({"Description": " Migratie  fase 2 "}, {"Name": "Migratie fase 2"}),
    ({"Notes": "eerste\n\ntweede "}, {"LongDescription": "eerste tweede"}),
    ({"Notes": None}, {"LongDescription": None}),
    ({"AccountCode": "              1068"}, {CUSTOMER: of_customer("1068")}),
    ({"AccountCode": "           0000002"}, {CUSTOMER: of_customer("0000002")}),
    ({"StartDate": "2026-02-01"}, {"StartDate": "2026-02-01T00:00:00"}),
    ({"StartDate": None}, {"StartDate": None}),
    ({"EndDate": "2026-12-31"}, {"EndDate": "2026-12-31T00:00:00"}),
    ({"EndDate": None}, {"EndDate": None}),
    ({"EndDate": ""}, {"EndDate": None, "IsActive": True}),
    ({"EndDate": "2026-11-24"}, {"IsActive": True}),
    ({"EndDate": "2026-11-23"}, {"IsActive": False}),
    ({"StartDate": "2027-01-01"}, {"IsActive": True}),
]
LINK_FIELDS = {
    *("ProjectCode", "Name", "LongDescription", CUSTOMER, "StartDate", "EndDate", "IsActive"),
}


def mapped(**changes: Any) -> Mapped:  # noqa: ANN401 - fields of Exact
    return mapped_as("projects", a_project(**changes))


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_a_project_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(**exact).values
    assert {name: values[name] for name in milestones} == milestones


def test_a_project_touches_exactly_these_link_fields() -> None:
    found = mapped()
    assert found.values.keys() == LINK_FIELDS
    assert found.refused is None
    assert found.notices == ()


@pytest.mark.parametrize("name", [None, "  "])
def test_a_name_is_never_emptied(name: str | None) -> None:
    assert "Name" not in mapped(Description=name).values


@pytest.mark.parametrize("code", [None, "", "                  "])
def test_a_project_without_a_customer_is_refused(code: str | None) -> None:
    refused = mapped(AccountCode=code).refused
    assert refused is not None
    assert (refused.code, refused.values) == ("project-without-customer", {"code": "P2026-014"})


def test_a_linked_project_that_loses_its_customer_is_seen_as_changed() -> None:
    assert fingerprint(mapped(AccountCode=None).values) != fingerprint(mapped().values)


@pytest.mark.parametrize(
    ("kind", "importable"), [(1, False), (2, True), (3, True), (4, True), (5, True), (None, False)]
)
def test_every_type_of_project_but_a_campaign_is_created(
    kind: int | None, *, importable: bool
) -> None:
    assert mapped(Type=kind).importable is importable


@pytest.mark.parametrize(("kind", "importable"), [(1, True), (3, False)])
def test_which_types_are_created_is_a_choice_of_the_connection(
    kind: int, *, importable: bool
) -> None:
    found = mapped_as("projects", a_project(Type=kind), project_types=(1, 2))
    assert found.importable is importable


def test_a_linked_project_is_carried_over_whatever_its_type() -> None:
    assert mapped(Type=1).values == mapped(Type=3).values


def test_a_new_project_gets_the_marks_of_the_connection() -> None:
    found = mapped_as(
        "projects",
        a_project(),
        project_allows_planning=False,
        project_hides_budgets=True,
        project_contract_received=True,
        project_budget_mandatory=True,
    )
    assert found.on_create == {
        "AllowPlanning": False,
        "HideBudgetsOnTimesheet": True,
        "IsContractReceived": True,
        "IsBudgetMandatoryOnTimeEntry": True,
    }
    assert not found.on_create.keys() & LINK_FIELDS


def test_of_a_new_project_nothing_is_claimed_that_nobody_said() -> None:
    assert mapped().on_create == {
        "AllowPlanning": True,
        "HideBudgetsOnTimesheet": False,
        "IsContractReceived": False,
        "IsBudgetMandatoryOnTimeEntry": False,
    }


def test_a_cost_centre_is_never_written() -> None:
    assert "CostCenterId" not in mapped(Costcenter="ADV").values


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, None),
        ({"StartDate": "2027-01-01"}, None),
        ({"EndDate": "2026-12-31"}, date(2027, 1, 1)),
    ],
)
def test_a_project_is_judged_again_on_the_day_after_its_last(
    changes: dict[str, Any], day: date | None
) -> None:
    assert mapped(**changes).changes_on == day
