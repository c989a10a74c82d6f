"""Projects of customers, as a Project (L 3.7)."""

from koppeling.core.connection import Connection
from koppeling.core.text import code_of
from koppeling.pull.entities.days import day_of, is_active_on, next_change
from koppeling.pull.entities.entity import FOUR_HOURS, Entity, Feed, Target, WireKind
from koppeling.pull.entities.fields import SYNCED, FieldKind, of_kind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    id_of,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference, Row


def _midnight(value: object) -> str | None:
    """Return a day as a date-time without zone (M15)."""
    day = day_of(value)
    return None if day is None else f"{day.isoformat()}T00:00:00"


PROJECT = (
    LinkField("ProjectCode", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
    LinkField("LongDescription", "Notes"),
    LinkField("StartDate", "StartDate", _midnight, kind=FieldKind.DAY),
    LinkField("EndDate", "EndDate", _midnight, kind=FieldKind.DAY),
)
_FIELDS = {
    **SYNCED,
    **source_fields(PROJECT),
    **of_kind(FieldKind.CODE, "AccountCode"),
    **of_kind(FieldKind.REFERENCE, "Account"),
    **of_kind(FieldKind.NUMBER, "Type"),
}


@by_code
def map_project(row: Row, code: str, context: MappingContext) -> Mapped:
    """Return what a project means for QicsMilestones; without a customer it is refused."""
    ends = row.get("EndDate")
    code_of_customer, customer_id = code_of(row.get("AccountCode")), id_of(row.get("Account"))
    customer = Reference("accounts", code_of_customer, required=True, target_id=customer_id)
    return Mapped(
        code=code,
        values={
            **map_fields(PROJECT, row),
            "CustomerCompanyId": customer,
            "IsActive": is_active_on(context.today, None, ends),
        },
        on_create=_on_create(context.connection),
        importable=number(row.get("Type")) in context.connection.project_types,
        changes_on=next_change(context.today, None, ends),
        refused=Notice("project-without-customer", {"code": code}) if customer.is_empty else None,
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
    feeds=(Feed("projects", "sync/Project/Projects", _FIELDS, deletion_type=21),),
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
