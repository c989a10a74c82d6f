"""Projects of customers, as a Project (L 3.7)."""

from koppeling.core.connection import Connection
from koppeling.core.text import code_of
from koppeling.pull.entities.days import day_of, is_active_on, next_change
from koppeling.pull.entities.entity import FOUR_HOURS, Entity, Feed, Target, WireKind
from koppeling.pull.entities.fields import SYNCED, FieldKind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference, Row


def _customer(value: object) -> Reference:
    return Reference("accounts", code_of(value), required=True)


def _midnight(value: object) -> str | None:
    """Return a day as a date-time without zone (M15)."""
    day = day_of(value)
    return None if day is None else f"{day.isoformat()}T00:00:00"


PROJECT = (
    LinkField("ProjectCode", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
    LinkField("LongDescription", "Notes"),
    LinkField("CustomerCompanyId", "AccountCode", _customer, kind=FieldKind.CODE),
    LinkField("StartDate", "StartDate", _midnight, kind=FieldKind.DAY),
    LinkField("EndDate", "EndDate", _midnight, kind=FieldKind.DAY),
)
_FIELDS = {**SYNCED, **source_fields(PROJECT), "Type": FieldKind.NUMBER}


@by_code
def map_project(row: Row, code: str, context: MappingContext) -> Mapped:
    """Return what a project means for QicsMilestones; without a customer it is refused."""
    ends = row.get("EndDate")
    has_customer = code_of(row.get("AccountCode")) is not None
    return Mapped(
        code=code,
        values={**map_fields(PROJECT, row), "IsActive": is_active_on(context.today, None, ends)},
        on_create=_on_create(context.connection),
        importable=number(row.get("Type")) in context.connection.project_types,
        changes_on=next_change(context.today, None, ends),
        refused=None if has_customer else Notice("project-without-customer", {"code": code}),
    )


def _on_create(connection: Connection) -> dict[str, LinkValue]:
    return {
        "AllowPlanning": connection.project_allows_planning,
        "HideBudgetsOnTimesheet": connection.project_hides_budgets,
        "IsContractReceived": connection.project_contract_received,
        "IsBudgetMandatoryOnTimeEntry": connection.project_budget_mandatory,
    }


PROJECTS = Entity(
    name="projects",
    feeds=(Feed("projects", "sync/Project/Projects", _FIELDS),),
    right="Projecten bekijken",  # X32: assumed
    target=Target(
        "Project",
        code="ProjectCode",
        kinds={
            "CustomerCompanyId": WireKind.INT64,
            "StartDate": WireKind.DATE,
            "EndDate": WireKind.DATE,
        },
    ),
    map=map_project,
    interval_minutes=FOUR_HOURS,
)
