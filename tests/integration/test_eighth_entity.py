"""An eighth entity is its own file and its row in the registry: cost units, on a copy of both.

The real clients carry it between both sandboxes. Cost units are a list of Exact without a sync
endpoint (X95). What QicsMilestones has for them is not public (M42), so its target is made up here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from koppeling.check.findings import Level
from koppeling.core.connection import EntitySetting
from koppeling.core.exact_rights import MASTER_DATA
from koppeling.core.text import code_of
from koppeling.pull.entities.days import is_active_on
from koppeling.pull.entities.entity import Entity, Feed, FeedKind, Target, WireKind
from koppeling.pull.entities.fields import LISTED, FieldKind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    map_fields,
    source_fields,
)
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.link_values import Mapped, Row
from tests.environment import Environment, environment
from tests.sandbox.qics_milestones import entities as milestones
from tests.sandbox.qics_milestones.schema import Kind, entity, flag, number, reference, text
from tools.docs.schema import SCHEMA, rendered

# ------------------------------------------- what would stand in pull/entities/cost_units.py

COST_UNIT = (
    LinkField("Code", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
)


@by_code
def map_cost_unit(row: Row, code: str, context: MappingContext) -> Mapped:
    """Return what a cost unit means for QicsMilestones."""
    is_active = is_active_on(context.today, None, row.get("EndDate"))
    return Mapped(
        code=code,
        values={**map_fields(COST_UNIT, row), "IsActive": is_active},
        on_create={"Weight": "1.5"},
    )


COST_UNITS = Entity(
    name="cost_units",
    feeds=(
        Feed(
            "cost_units",
            "hrm/Costunits",
            {**LISTED, **source_fields(COST_UNIT), "EndDate": FieldKind.DAY},
            kind=FeedKind.LIST,
        ),
    ),
    right=MASTER_DATA,
    target=Target("CostUnit", code="Code", kinds={"Weight": WireKind.DECIMAL}),
    map=map_cost_unit,
    codes_must_exist=True,
)

# -------------------------------------------------------------------- its row in the registry

EIGHT: Mapping[str, Entity] = {**ENTITIES, COST_UNITS.name: COST_UNITS}

# ------------------------------------------------- what QicsMilestones would have to know of it

TARGETS = {
    **milestones.ENTITIES,
    "CostUnit": entity(
        "CostUnit",
        "Code",
        (
            reference("CompanyId", "Company"),
            text("Code", required=True),
            text("Name", required=True, max_length=50),
            number("Weight", Kind.DECIMAL),
            flag("IsActive"),
        ),
    ),
}


@contextmanager
def house_of_eight() -> Iterator[Environment]:
    """Build an environment in which the link runs with eight entities."""
    with environment(accounts=3, entities=EIGHT, targets=TARGETS) as built:
        built.milestones.switches.long_name = "refuse"
        yield built


def pull(built: Environment) -> dict[str, int]:
    """Pull the cost units once, a quarter of an hour later; return what became of the records."""
    built.clock.advance(900)
    summary = built.pull(entity="cost_units")
    assert summary.outcome == "done"
    return {
        name: count
        for name, count in summary.counts.items()
        if name not in {"pages", "read", "calls"}
    }


def add(built: Environment, code: str, description: str) -> str:
    """Add a cost unit in Exact; returns its id."""
    key = built.exact.world.new_id()
    row = {"ID": key, "Code": code, "Description": description}
    built.exact.world.add("Costunits", row)
    return key


def units(built: Environment) -> dict[str, str]:
    """Return the names of the cost units in QicsMilestones by their codes."""
    return {row["Code"]: row["Name"] for row in built.milestones.world.records("CostUnit")}


def test_what_is_new_is_created_and_a_second_run_changes_nothing() -> None:
    with house_of_eight() as h:
        add(h, "BOEK", "Boeken  en materiaal")

        assert pull(h) == {"created": 2}
        assert pull(h) == {}
        assert units(h) == {"OPL1": "Opleiding open inschrijving", "BOEK": "Boeken en materiaal"}


def test_every_value_travels_as_its_file_says() -> None:
    with house_of_eight() as h:
        pull(h)

        (row,) = h.milestones.world.records("CostUnit")
        assert (row["Weight"], row["CompanyId"]) == ("1.5", h.connection.company_id)


def test_what_changed_is_written_alone_and_its_other_fields_stay() -> None:
    with house_of_eight() as h:
        key = add(h, "BOEK", "Boeken")
        pull(h)
        (held,) = h.milestones.world.find("CostUnit", Code="BOEK")
        h.milestones.world.change("CostUnit", held["CostUnitId"], {"Weight": "3"})
        h.exact.world.change("Costunits", key, {"Description": "Boekwerken"})

        assert pull(h) == {"changed": 1}
        (held,) = h.milestones.world.find("CostUnit", Code="BOEK")
        assert (held["Name"], held["Weight"]) == ("Boekwerken", "3")


def test_what_stands_there_with_the_same_code_is_adopted() -> None:
    with house_of_eight() as h:
        own = {"Code": "OPL1", "Name": "Opleiding", "CompanyId": h.connection.company_id}
        h.milestones.world.add("CostUnit", own)

        assert pull(h) == {"changed": 1}
        assert units(h) == {"OPL1": "Opleiding open inschrijving"}


def test_what_is_refused_is_parked_with_a_problem_until_it_is_mended() -> None:
    with house_of_eight() as h:
        key = add(h, "LANG", "x" * 51)

        assert pull(h) == {"created": 1, "parked": 1}
        (problem,) = h.problems()
        assert problem.subject == f"cost_units/{key}"
        assert problem.values["entity"] == "cost_unit"

        h.exact.world.change("Costunits", key, {"Description": "Kort"})
        assert pull(h)["created"] == 1
        assert h.problems() == []
        assert units(h)["LANG"] == "Kort"


def test_a_connection_may_switch_it_off() -> None:
    with house_of_eight() as h:
        h.change(entities={"cost_units": EntitySetting(enabled=False)})

        assert h.pull(entity="cost_units").outcome == "switched-off"


def test_the_readiness_check_asks_for_its_right_and_compares_its_codes() -> None:
    with house_of_eight() as h:
        own = {"Code": "WEG", "Name": "Weg", "CompanyId": h.connection.company_id}
        h.milestones.world.add("CostUnit", own)

        report = h.wiring.checks.run(h.connection.id)

        (found,) = [each for each in report.findings if each.item == "cost-units"]
        assert (found.level, found.code) == (Level.WARNING, "cost-unit-unknown")
        assert found.table is not None
        assert found.table.rows == (("WEG", "Weg", "0"),)
        asked = h.exact.journal.calls(lambda call: "UserHasRights" in call.endpoint)
        assert any("hrm/Costunits" in call.query for call in asked)


def test_a_refused_right_is_told_by_its_own_name() -> None:
    with house_of_eight() as h:
        rights = h.wiring.clients.rights

        assert rights.entity_of("hrm/Costunits") == "cost_units"
        assert rights.right_of("cost_units") == "Financiële stamgegevens bekijken"


def test_its_entry_in_the_schema_of_a_configuration_file_is_generated() -> None:
    schema = rendered(SCHEMA.read_text(), EIGHT, {"cost_units": "cost units"})

    assert '"cost_units": {"$ref": "#/$defs/quarterly", "title": "Cost units"}' in schema
    assert rendered(schema, ENTITIES) == SCHEMA.read_text()
