"""What the link keeps of an administration: the cache of look-ups and the pulled records."""

from datetime import UTC, datetime
from typing import Any

from koppeling.core.ids import ConnectionId
from koppeling.exact.lookups import ExactLookups
from koppeling.pull.record import Record
from tests.unit.exact.wire import Wire, client_of

ACME = ConnectionId("acme")
# On a Dutch clock it is the next day already
NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

type CacheKey = tuple[str, str, str, str]


class Kept:
    """A cache by its whole key, and records by connection, entity and code."""

    def __init__(self) -> None:
        self.cached: dict[CacheKey, dict[str, Any]] = {}
        self.forgotten: list[CacheKey] = []
        self.records: dict[tuple[str, str, str], Record] = {}

    def get(self, connection: str, system: str, kind: str, code: str) -> dict[str, Any] | None:
        """Return what the cache holds."""
        return self.cached.get((connection, system, kind, code))

    def put(self, connection: str, system: str, kind: str, code: str, row: dict[str, Any]) -> None:
        """Let the cache hold a row."""
        self.cached[connection, system, kind, code] = row

    def forget(self, connection: str, system: str, kind: str, code: str) -> None:
        """Let the cache hold it no longer."""
        self.forgotten.append((connection, system, kind, code))
        self.cached.pop((connection, system, kind, code), None)

    def find_by_code(self, connection: str, entity: str, code: str) -> Record | None:
        """Return the record that a pull stored."""
        return self.records.get((connection, entity, code))


def on(wire: Wire, kept: Kept | None = None, *, anew: bool = False) -> ExactLookups:
    """Return the look-ups on this wire, with what is kept."""
    held = kept or Kept()
    return ExactLookups(ACME, client_of(wire), held, held, now=lambda: NOW, anew=anew)
