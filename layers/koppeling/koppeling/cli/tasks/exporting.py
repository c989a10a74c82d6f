"""Exporting: everything that is kept of one connection, one JSON text a line, without secrets."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from koppeling.cli.tasks.logins import Login
from koppeling.cli.tasks.ports import Exporter, Shelf
from koppeling.core.ids import ConnectionId


def lines(
    connection: ConnectionId, exporter: Exporter, shelf: Shelf, logins: Iterable[Login]
) -> Iterator[str]:
    """Yield a line for each item, login and object; `kind` says which of these it is."""
    for item in exporter.items(connection):
        yield _line("item", item)
    for login in logins:
        yield _line("login", asdict(login))
    for lying in shelf.lying(connection):
        told = {"key": lying.key, "size": lying.size, "modified": lying.modified}
        yield _line("inbox", told)


def _line(kind: str, told: Mapping[str, Any]) -> str:
    return json.dumps({"kind": kind, **told}, ensure_ascii=False, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
