"""Fakes of what the pages of a connection read and do."""

from dataclasses import dataclass, field

from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind, LogPage


@dataclass(slots=True)
class FakeLog:
    """The lines of every connection, in the order in which they were added."""

    entries: list[LogEntry] = field(default_factory=list)

    def add(self, entry: LogEntry) -> None:
        """Add a line."""
        self.entries.append(entry)

    def page(
        self,
        connection: ConnectionId,
        *,
        kind: LogKind | None = None,
        older_than: str = "",
        limit: int = 50,
    ) -> LogPage:
        """Return the newest lines; a place is the number of lines that are newer."""
        asked = [
            entry
            for entry in sorted(self.entries, key=lambda entry: entry.at, reverse=True)
            if entry.connection == connection and kind in {None, entry.kind}
        ]
        first = int(older_than or 0)
        older = str(first + limit) if len(asked) > first + limit else ""
        return LogPage(tuple(asked[first : first + limit]), older)
