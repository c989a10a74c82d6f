"""Projects, each of a customer, as a Project (L 3.7)."""

from collections.abc import Mapping
from datetime import date

from koppeling.core.connection import Connection
from koppeling.core.text import clean
from koppeling.pull.entities.link_field import (
    LinkField,
    carried,
    is_active_on,
    next_change,
    number,
    only_row,
    sources,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference
from koppeling.pull.record import Sources


def _customer(value: object) -> Reference:
    return Reference("accounts", clean(value), required=True)


def _midnight(value: object) -> str | None:
    """Return a day as a date-time without zone (M15)."""
    day = clean(value)
    return None if day is None else f"{day}T00:00:00"


PROJECT = (
    LinkField("ProjectCode", "Code"),
    LinkField("Name", "Description", stays=True),
    LinkField("LongDescription", "Notes"),
    LinkField("CustomerCompanyId", "AccountCode", _customer),
    LinkField("StartDate", "StartDate", _midnight),
    LinkField("EndDate", "EndDate", _midnight),
)
SOURCES = sources(PROJECT) | {"ID", "Timestamp", "Type"}


def map_project(
    rows: Sources, connection: Connection, today: date, _written: Mapping[str, LinkValue]
) -> Mapped | None:
    """Return what a project means for QicsMilestones; without a customer it is refused."""
    row = only_row(rows, "projects")
    code = clean(row.get("Code")) if row else None
    if row is None or code is None:
        return None
    ends = row.get("EndDate")
    has_customer = clean(row.get("AccountCode")) is not None
    return Mapped(
        code=code,
        values={**carried(PROJECT, row), "IsActive": is_active_on(today, None, ends)},
        on_create=_on_create(connection),
        importable=number(row.get("Type")) in connection.project_types,
        changes_on=next_change(today, None, ends),
        refused=None if has_customer else Notice("project-without-customer", {"code": code}),
    )


def _on_create(connection: Connection) -> dict[str, LinkValue]:
    return {
        "CompanyId": connection.company_id,
        "AllowPlanning": connection.project_allows_planning,
        "HideBudgetsOnTimesheet": connection.project_hides_budgets,
        "IsContractReceived": connection.project_contract_received,
        "IsBudgetMandatoryOnTimeEntry": connection.project_budget_mandatory,
    }
