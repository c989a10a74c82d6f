"""Which entry of a file is which field of a connection; writing and comparing follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from koppeling.cli.configuration.yaml_file import schema
from koppeling.cli.values import plain
from koppeling.core.connection import Connection, EntitySetting
from koppeling.pull.entities.registry import ENTITIES

FIELD_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "id": "id",
        "exact.host": "exact_host",
        "exact.administration.number": "division",
        "exact.administration.name": "administration_name",
        "exact.user": "exact_user",
        "milestones.company": "company_id",
        "milestones.user": "milestones_user",
        "milestones.tenant": "milestones_tenant",
        "milestones.calls_per_second": "milestones_calls_per_second",
        "start_date": "start_date",
        "invoices.sales_journal": "sales_journal",
        "invoices.credit_journal": "credit_journal",
        "invoices.debtor_gl_account": "debtor_gl_account",
        "invoices.currency": "currency",
        "invoices.pdfs": "with_pdfs",
        "invoices.existing.as_entries": "existing_as_entries",
        "invoices.existing.as_pdfs": "existing_as_pdfs",
        "invoices.projects": "with_projects",
        "invoices.project_optional": "project_optional",
        "invoices.entry_number": "entry_number_source",
        "customers.invoice_email": "invoice_email",
        "customers.clear_empty_email": "clear_empty_email",
        "customers.type": "customer_type",
        "items.time_type": "time_item_type",
        "items.other_type": "other_item_type",
        "employees.number": "employee_number",
        "employees.norm_hours_per_week": "norm_hours_per_week",
        "projects.types": "project_types",
        "projects.allows_planning": "project_allows_planning",
        "projects.hides_budgets": "project_hides_budgets",
        "projects.contract_received": "project_contract_received",
        "projects.budget_mandatory": "project_budget_mandatory",
        "people": "people",
        "warning_mails": "warning_mails",
    }
)
ENTITIES_PATH = "entities"
ADMINISTRATION = ("exact.host", "exact.administration.number")
COMPANY = ("milestones.company",)


def interval_of(entity: str, setting: EntitySetting) -> int:
    """Return how often an entity is pulled, which is never more often than its schedule."""
    return max(setting.interval_minutes, ENTITIES[entity].interval_minutes)


def as_document(connection: Connection) -> dict[str, Any]:
    """Return a connection as a file holds it: what differs from the defaults, and what has none."""
    # No value equals the mark of a field without a default
    defaults = {one.name: one.default for one in fields(Connection)}
    document: dict[str, Any] = dict.fromkeys(schema()["properties"])
    for path, name in FIELD_PATHS.items():
        value = getattr(connection, name)
        if value != defaults[name]:
            _put(document, path, plain(value))
    document[ENTITIES_PATH] = {
        name: _setting(setting) for name, setting in connection.entities.items()
    }
    return {name: value for name, value in document.items() if value not in (None, {})}


def as_yaml(connection: Connection) -> str:
    """Return a connection as the text of a file."""
    import yaml  # noqa: PLC0415 - only writing a file needs it

    return yaml.safe_dump(as_document(connection), sort_keys=False, allow_unicode=True, width=100)


def _setting(setting: EntitySetting) -> dict[str, Any]:
    written: dict[str, Any] = {"enabled": setting.enabled}
    if setting.interval_minutes != EntitySetting().interval_minutes:
        written["interval_minutes"] = setting.interval_minutes
    return written


def value_at(document: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - what a file holds
    """Return the value at a path of a document; None when the path leads to nothing."""
    found: Any = document
    for step in path.split("."):
        found = None if found is None else found.get(step)
    return found


def _put(document: dict[str, Any], path: str, value: object) -> None:
    *above, name = path.split(".")
    group = document
    for step in above:
        group[step] = group.get(step) or {}
        group = group[step]
    group[name] = value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One entry that changes; `old` is None for a connection that is new."""

    field: str
    old: Any
    new: Any


def entries(connection: Connection) -> dict[str, Any]:
    """Return every entry of a connection by its path in a file, defaults included."""
    found = {path: plain(getattr(connection, name)) for path, name in FIELD_PATHS.items()}
    for entity in ENTITIES:
        setting = connection.setting(entity)
        found[f"{ENTITIES_PATH}.{entity}.enabled"] = setting.enabled
        found[f"{ENTITIES_PATH}.{entity}.interval_minutes"] = interval_of(entity, setting)
    return found


def differences(before: Connection | None, after: Connection) -> tuple[FieldChange, ...]:
    """Return what differs, in the order of the file."""
    old = {} if before is None else entries(before)
    return tuple(
        FieldChange(field, old.get(field), value)
        for field, value in entries(after).items()
        if before is None or old.get(field) != value
    )
