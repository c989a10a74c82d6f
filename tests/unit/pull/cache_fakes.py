"""The look-ups that pulls and pushes remember, in memory."""

from dataclasses import dataclass, field
from typing import Any

from koppeling.core.ids import ConnectionId
from tests.unit.pull.store_keys import check_key


@dataclass(slots=True)
class FakeLookupCache:
    """What was looked up before."""

    held: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what was remembered."""
        check_key(connection)
        return self.held.get((system, kind, code))

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Remember."""
        check_key(connection)
        self.held[system, kind, code] = found

    def forget(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Remember no longer."""
        check_key(connection)
        self.held.pop((system, kind, code), None)
