"""The log of a connection (Logboek): rounds, decisions, logins and settings, for its people."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from koppeling.core.ids import ConnectionId


class LogKind(StrEnum):
    """What a line of the log is about."""

    ROUND = "round"
    DECISION = "decision"
    LOGIN = "login"
    SIGN_IN = "sign-in"
    SETTINGS = "settings"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log.

    `who` is a mail address of a person, or empty for the link itself. `what` is a short code, such
    as `pulled` or `skipped`; `messages/portal/log.*.toml` has a sentence for each. `subject` is
    what it was about: an entity, or `invoice/20260412`. `values` fill the sentence, `counts` are
    those of a round.
    """

    connection: ConnectionId
    at: datetime
    kind: LogKind
    what: str
    who: str = ""
    role: str = ""
    subject: str = ""
    reason: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines of the log, newest first; `older` is where the next page begins, or empty."""

    entries: tuple[LogEntry, ...]
    older: str = ""


class Log(Protocol):
    """The log of every connection."""

    def add(self, entry: LogEntry) -> None:
        """Add a line."""

    def page(
        self,
        connection: ConnectionId,
        *,
        kind: LogKind | None = None,
        older_than: str = "",
        limit: int = 50,
    ) -> LogPage:
        """Return the newest lines, or those of before a place that a page gave as `older`."""
