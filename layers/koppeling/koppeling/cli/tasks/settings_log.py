"""What the log of a connection tells of its settings: what an operator changed, and when."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from koppeling.cli.configuration.fields import FIELD_PATHS, FieldChange
from koppeling.cli.values import shown
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind
from koppeling.push.decider import OPERATOR_ROLE

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

SET_UP, CHANGED, PAUSED, RESUMED = "set-up", "changed", "paused", "resumed"
UNDONE, DOUBLES_CHOSEN = "undone", "doubles-chosen"


def log_changes(
    stack: "Stack", connection: ConnectionId, changes: Iterable[FieldChange], *, is_new: bool
) -> None:
    """Log each entry that changed, old and new, and who did it; a new connection is one line."""
    if is_new:
        _add(stack, connection, SET_UP, {})
        return
    for change in changes:
        values = {"field": change.field, "old": in_words(change.old), "new": in_words(change.new)}
        if name := FIELD_PATHS.get(change.field):
            values["name"] = name
        _add(stack, connection, CHANGED, values)


def log_pause(stack: "Stack", connection: ConnectionId, *, paused: bool) -> None:
    """Log that the connection was paused, or goes on."""
    _add(stack, connection, PAUSED if paused else RESUMED, {})


def log_undo(stack: "Stack", connection: ConnectionId) -> None:
    """Log that somebody took the first load back."""
    _add(stack, connection, UNDONE, {})


def log_doubles(stack: "Stack", connection: ConnectionId, count: int) -> None:
    """Log that somebody chose which customers are one."""
    _add(stack, connection, DOUBLES_CHOSEN, {"count": str(count)})


def in_words(value: Any) -> str:  # noqa: ANN401 - what a file holds
    """Return a value as a line shows it; a person as address, role and language."""
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "-"
    if isinstance(value, Mapping):
        first, *others = map(str, value.values())
        return f"{first} ({', '.join(others)})" if others else first
    return shown(value)


def _add(stack: "Stack", connection: ConnectionId, what: str, values: Mapping[str, str]) -> None:
    entry = LogEntry(
        connection,
        stack.now(),
        LogKind.SETTINGS,
        what,
        who=stack.caller,
        role=OPERATOR_ROLE,
        values=values,
    )
    stack.stores.log.add(entry)
