"""What was agreed when a connection was set up, for people: in groups, and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
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
        often = _often(max(setting.interval_minutes, entity.interval_minutes), texts)
        said = often if setting.enabled else texts["often"]["off"]
        yield rendering.fill(texts["entity"][name], {}), rendering.fill(said, {})


def change_in_words(values: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the name of a setting that changed, and its old and new value, as the log tells them.

    What this page does not show, such as its people, has only the name of its group, and a line of
    an earlier release as well.
    """
    texts = rendering.load("portal/settings", language)
    first, _, rest = values.get("field", "").partition(".")
    if first == "entities":
        entity, _, part = rest.partition(".")
        return _entity_change(values, entity, part, texts) if entity in ENTITIES else {}
    name = values.get("name", "")
    if name not in texts["field"]:
        return {}
    told = {"setting": rendering.fill(texts["field"][name], {})}
    return told | {side: _said(name, _typed(name, values[side]), texts) for side in ("old", "new")}


def _entity_change(
    values: Mapping[str, str], entity: str, part: str, texts: Mapping[str, Any]
) -> dict[str, str]:
    told = {"setting": rendering.fill(texts["entity"][entity], {})}
    for side in ("old", "new"):
        value = values[side]
        if part == "interval_minutes" and value.isdecimal():
            told[side] = _often(int(value), texts)
        else:
            told[side] = texts["often"]["on" if value == "yes" else "off"]
    return told


def _typed(name: str, text: str) -> Any:  # noqa: ANN401 - whatever a setting holds
    """Return a value of which the log keeps the text."""
    default = next(each.default for each in fields(Connection) if each.name == name)
    if text == "-":
        return None
    match default:
        case bool():
            return text == "yes"
        case StrEnum():
            return type(default)(text)
        case tuple():
            return tuple(text.split(", "))
        case _:
            return date.fromisoformat(text) if name == "start_date" else text


def _often(minutes: int, texts: Mapping[str, Any]) -> str:
    hours, rest = divmod(minutes, 60)
    count = str(minutes if rest else hours)
    said: str = texts["often"]["minutes" if rest else "hours"]
    return said.replace("{count}", count)


def _value(connection: Connection, name: str, texts: Mapping[str, Any]) -> str:
    value = getattr(connection, name)
    said = _said(name, value, texts)
    is_word = value is None or isinstance(value, bool | StrEnum)
    return said[:1].upper() + said[1:] if is_word else said


def _said(name: str, value: object, texts: Mapping[str, Any]) -> str:
    match value:
        case bool():
            said: str = texts["word"]["yes" if value else "no"]
        case None:
            said = texts["empty"].get(name, texts["word"]["nothing"])
        case StrEnum():
            said = texts["choice"][f"{type(value).__name__}-{value}"]
        case date():
            said = rendering.moment(value.isoformat(), texts["word"]["language"])
        case tuple():
            said = ", ".join(texts["project_type"][str(each)] for each in value)
        case _:
            said = str(value)
    return said
