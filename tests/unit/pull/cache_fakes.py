"""The look-ups that pulls and pushes remember, in memory."""

from dataclasses import dataclass, field
from typing import Any

from koppeling.core.ids import ConnectionId


@dataclass(slots=True)
class FakeLookupCache:
    """What was looked up before."""

    held: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what was remembered."""
        del connection
        return self.held.get((system, kind, code))

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Remember."""
        del connection
        self.held[system, kind, code] = found

    def forget(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Remember no longer."""
        del connection
        self.held.pop((system, kind, code), None)
