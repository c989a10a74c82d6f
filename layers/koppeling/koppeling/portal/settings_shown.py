"""What was agreed when a connection was set up, for people: in groups, and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from koppeling.core import rendering
from koppeling.core.connection import Connection
from koppeling.pull.entities.registry import ENTITIES

# The fields of a connection that its people are told of, in the order of the page
GROUPS: Mapping[str, Sequence[str]] = {
    "invoices": (
        *("start_date", "sales_journal", "credit_journal", "debtor_gl_account", "currency"),
        *("with_pdfs", "existing_as_entries", "existing_as_pdfs", "with_projects"),
        *("project_optional", "entry_number_source"),
    ),
    "customers": ("invoice_email", "clear_empty_email", "customer_type"),
    "items": ("time_item_type", "other_item_type"),
    "employees": ("employee_number", "norm_hours_per_week"),
    "projects": (
        *("project_types", "project_allows_planning", "project_hides_budgets"),
        *("project_contract_received", "project_budget_mandatory"),
    ),
}


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Some settings under one heading, each with its value in words."""

    title: str
    rows: tuple[tuple[str, str], ...]


def settings_shown(connection: Connection, language: str) -> tuple[SettingGroup, ...]:
    """Return the settings in a language."""
    texts = rendering.load("portal/settings", language)
    groups = [
        SettingGroup(
            texts["group"][group],
            tuple(
                (rendering.fill(texts["field"][name], {}), _value(connection, name, texts))
                for name in names
            ),
        )
        for group, names in GROUPS.items()
    ]
    return (*groups, SettingGroup(texts["group"]["data"], tuple(_entities(connection, texts))))


def _entities(connection: Connection, texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how often each entity is pulled, or that it is off."""
    for name, entity in ENTITIES.items():
        setting = connection.setting(name)
        minutes = max(setting.interval_minutes, entity.interval_minutes)
        hours, rest = divmod(minutes, 60)
        often = texts["often"]["minutes" if rest else "hours"]
        count = str(minutes if rest else hours)
        said = often if setting.enabled else texts["often"]["off"]
        yield rendering.fill(texts["entity"][name], {}), rendering.fill(said, {"count": count})


def _value(connection: Connection, name: str, texts: Mapping[str, Any]) -> str:
    match value := getattr(connection, name):
        case bool():
            return rendering.fill(texts["word"]["yes" if value else "no"], {})
        case None:
            return rendering.fill(texts["empty"][name], {})
        case StrEnum():
            return rendering.fill(texts["choice"][f"{type(value).__name__}-{value}"], {})
        case date():
            return rendering.moment(value.isoformat(), texts["word"]["language"])
        case tuple():
            return ", ".join(texts["project_type"][str(each)] for each in value)
        case _:
            return str(value)
