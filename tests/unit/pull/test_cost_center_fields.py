"""Link fields 3.3: each row, the record of Exact and that of QicsMilestones side by side."""

from datetime import date
from typing import Any

import pytest

from koppeling.pull.link_values import LinkValue
from tests.unit.pull.builders import a_cost_center, mapped_as

ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": " 001 "}, {"Code": "001"}),
    ({"Description": " Advies\n& Beheer "}, {"Name": "Advies & Beheer"}),
    ({"EndDate": None}, {"IsActive": True}),
    ({"EndDate": ""}, {"IsActive": True}),
    ({"EndDate": "2026-11-24"}, {"IsActive": True}),
    ({"EndDate": "2026-11-23"}, {"IsActive": False}),
    ({"EndDate": None, "Active": False}, {"IsActive": True}),
]


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_a_cost_centre_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped_as("cost_centers", a_cost_center(**exact)).values
    assert {name: values[name] for name in milestones} == milestones


def test_a_cost_centre_touches_exactly_these_link_fields() -> None:
    assert mapped_as("cost_centers", a_cost_center()).values.keys() == {"Code", "Name", "IsActive"}


@pytest.mark.parametrize("name", [None, "  "])
def test_a_name_is_never_emptied(name: str | None) -> None:
    assert "Name" not in mapped_as("cost_centers", a_cost_center(Description=name)).values


@pytest.mark.parametrize("ends", [None, "2026-11-23"])
def test_a_cost_centre_is_created_whether_it_has_ended_or_not(ends: str | None) -> None:
    assert mapped_as("cost_centers", a_cost_center(EndDate=ends)).importable


@pytest.mark.parametrize(
    ("ends", "day"),
    [(None, None), ("2026-11-23", None), ("2026-12-31", date(2027, 1, 1))],
)
def test_a_cost_centre_is_judged_again_on_the_day_after_its_last(
    ends: str | None, day: date | None
) -> None:
    assert mapped_as("cost_centers", a_cost_center(EndDate=ends)).changes_on == day
