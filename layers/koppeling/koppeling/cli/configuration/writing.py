"""A connection becomes a configuration file, which reads back as the same connection."""

from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from koppeling.cli.configuration.places import ENTITY_PLACE, PLACES
from koppeling.cli.configuration.schema import schema
from koppeling.core.connection import Connection, EntitySetting


def as_document(connection: Connection) -> dict[str, Any]:
    """Return a connection as a file holds it: what differs from the defaults, and what has none."""
    defaults = {one.name: one.default for one in fields(Connection)}
    document: dict[str, Any] = dict.fromkeys(schema()["properties"])
    for place, name in PLACES.items():
        value = getattr(connection, name)
        if defaults[name] is MISSING or value != defaults[name]:
            _put(document, place, plain(value))
    document[ENTITY_PLACE] = {
        name: _setting(setting) for name, setting in connection.entities.items()
    }
    return {name: value for name, value in document.items() if value not in (None, {})}


def as_yaml(connection: Connection) -> str:
    """Return a connection as the text of a file."""
    import yaml  # noqa: PLC0415 - only who writes a file needs it

    return yaml.safe_dump(as_document(connection), sort_keys=False, allow_unicode=True, width=100)


def plain(value: object) -> Any:  # noqa: ANN401 - what YAML and JSON can hold
    """Return a value as YAML and JSON know it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _setting(setting: EntitySetting) -> dict[str, Any]:
    written: dict[str, Any] = {"enabled": setting.enabled}
    if setting.interval_minutes != EntitySetting().interval_minutes:
        written["interval_minutes"] = setting.interval_minutes
    return written


def _put(document: dict[str, Any], place: str, value: object) -> None:
    *above, name = place.split(".")
    group = document
    for step in above:
        if group.get(step) is None:
            group[step] = {}
        group = group[step]
    group[name] = value
