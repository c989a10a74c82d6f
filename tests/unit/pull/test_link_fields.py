"""L11 and M55: of every entity, what is asked of Exact and what QicsMilestones takes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from koppeling.core.connection import EmployeeNumber
from koppeling.milestones.wire import to_wire
from koppeling.pull.entities.entity import Target
from koppeling.pull.entities.entity import WireKind as Wire
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.link_values import LinkValue, Mapped, Reference
from tests.sandbox.qics_milestones.entities import ENTITIES as MILESTONES
from tests.sandbox.qics_milestones.schema import Entity as Written
from tests.sandbox.qics_milestones.schema import Kind
from tests.sandbox.qics_milestones.values import kept
from tests.unit.pull.builders import (
    ADDRESS,
    CONTACT,
    TODAY,
    USUAL_ROWS,
    RowThatRemembers,
    a_connection,
    a_contact,
    an_account,
    an_address,
    mapped,
    mapped_as,
)

FIELDS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "sandbox" / "exact-fields.json").read_text(encoding="utf-8")
)
# what makes a mapping look at a field that it passes over in a usual row
OTHERWISE: dict[str, list[dict[str, Any]]] = {
    "employees": [{"FirstName": None, "BusinessPhone": None, "Code": "EXT-7"}],
}
TRAVELS_AS = {
    Kind.TEXT: Wire.PLAIN,
    Kind.ENUM: Wire.PLAIN,
    Kind.DAY: Wire.DATE,
    Kind.BOOL: Wire.PLAIN,
    Kind.INTEGER: Wire.INTEGER,
    Kind.INT64: Wire.INT64,
    Kind.DECIMAL: Wire.DECIMAL,
}


def read_by_mapping(name: str) -> set[str]:
    """Map the usual record of an entity and its exceptions; return the fields that were read."""
    read: set[str] = set()
    for changes in [{}, *OTHERWISE.get(name, [])]:
        row = RowThatRemembers(USUAL_ROWS[name](**changes), read)
        for number in EmployeeNumber:
            mapped_as(name, row, employee_number=number)
    return read


def whole(name: str) -> Mapped:
    """Return a record of an entity with every link field there is."""
    if name == "accounts":
        email = "a@x.nl; b@x.nl"
        account = an_account(MainContact=CONTACT, Email=email, SalesVATCode="2  ")
        return mapped(account, a_contact(Email=email), an_address(ID=ADDRESS, Contact=CONTACT))
    return mapped_as(name, USUAL_ROWS[name]())


def both_sides(name: str) -> tuple[Target, Written]:
    """Return where the link writes an entity, and what the sandbox knows of it."""
    target = ENTITIES[name].target
    return target, MILESTONES[target.path]


def resolved(values: Mapping[str, LinkValue]) -> dict[str, Any]:
    """Return link values with a key in place of each reference that points at something."""
    return {
        name: (value.code and "1") if isinstance(value, Reference) else value
        for name, value in values.items()
    }


def test_every_entity_has_a_usual_row() -> None:
    assert USUAL_ROWS.keys() | {"accounts"} == ENTITIES.keys()


def test_entities_stand_in_the_order_of_a_first_load() -> None:
    assert list(ENTITIES) == [
        *("vat_codes", "payment_conditions", "cost_centers"),
        "accounts",
        *("items", "employees", "projects"),
    ]


@pytest.mark.parametrize("name", USUAL_ROWS)
def test_an_entity_asks_for_exactly_what_its_mapping_reads_and_what_tells_rows_apart(
    name: str,
) -> None:
    (feed,) = ENTITIES[name].feeds
    is_sync = FIELDS[feed.endpoint]["kind"] == "sync"
    identity = {"ID", "Timestamp"} if is_sync else {"ID"}
    assert feed.select == read_by_mapping(name) | identity


@pytest.mark.parametrize("name", USUAL_ROWS)
def test_a_record_of_which_no_row_is_known_means_nothing(name: str) -> None:
    assert ENTITIES[name].map({}, MappingContext(a_connection(), TODAY)) is None


@pytest.mark.parametrize("code", [None, "", "   "])
@pytest.mark.parametrize("name", [name for name in USUAL_ROWS if name != "employees"])
def test_a_record_without_a_code_means_nothing(name: str, code: str | None) -> None:
    row = USUAL_ROWS[name](Code=code)
    sources = {name: {row["ID"]: row}}
    assert ENTITIES[name].map(sources, MappingContext(a_connection(), TODAY)) is None


@pytest.mark.parametrize("name", ENTITIES)
def test_the_key_of_an_entity_is_the_code_of_its_target_and_of_its_records(name: str) -> None:
    target, found = ENTITIES[name].target, whole(name)
    assert target.code == MILESTONES[target.path].code
    assert str(found.values[target.code]) == found.code


@pytest.mark.parametrize("name", ENTITIES)
def test_a_target_is_where_and_what_the_registry_says(name: str) -> None:
    target, there = both_sides(name)
    assert (target.path, target.key) == (there.name, there.key)
    assert target.per_company is ("CompanyId" in there.fields)


@pytest.mark.parametrize("name", ENTITIES)
def test_every_field_that_is_written_travels_as_its_kind(name: str) -> None:
    (target, there), found = both_sides(name), whole(name)
    written = {target.key, *target.kinds, *found.values, *found.on_create}
    assert {field: target.kind(field) for field in written} == {
        field: TRAVELS_AS[there.fields[field].kind] for field in written
    }


@pytest.mark.parametrize("name", ENTITIES)
def test_milestones_takes_every_value_that_a_new_record_gets(name: str) -> None:
    (target, there), found = both_sides(name), whole(name)
    sent = {
        field: to_wire(target, field, value)
        for field, value in {**found.on_create, **resolved(found.values)}.items()
    }
    for field, value in sent.items():
        assert kept(there.fields[field], value, long_text="refuse") == value, field


@pytest.mark.parametrize("name", ENTITIES)
def test_a_new_record_has_every_field_that_milestones_requires(name: str) -> None:
    (_, there), found = both_sides(name), whole(name)
    required = {field.name for field in there.fields.values() if field.required}
    required -= {there.key, "CompanyId"}  # both are given to every new record
    assert required <= found.values.keys() | found.on_create.keys()
    assert not found.values.keys() & found.on_create.keys()


@pytest.mark.parametrize("name", ENTITIES)
def test_no_link_field_is_the_key_or_the_company_of_a_record(name: str) -> None:
    assert not {ENTITIES[name].target.key, "CompanyId"} & whole(name).values.keys()
