"""The retry set of one run, which is not asked for when it is known to be empty (P6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.ports import Retries
from koppeling.pull.record import ParkedChange


@dataclass(slots=True)
class KnownRetries:
    """The retry set of one connection and entity; `was_empty` says what its last run left."""

    retries: Retries
    was_empty: bool
    _ids: set[ExactId] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Know the changes of a set that is empty."""
        self._ids = set() if self.was_empty else None

    @property
    def is_empty(self) -> bool:
        """Say whether no change is parked, as far as this run knows."""
        return self._ids is not None and not self._ids

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""
        if self.is_empty:
            return []
        parked = self.retries.all(connection, entity)
        self._ids = {each.exact_id for each in parked}
        return parked

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep changes for later."""
        parked = list(changes)
        if self._ids is not None:
            # Before the write: one that fails half way may have parked some
            self._ids |= {each.exact_id for each in parked}
        self.retries.park(connection, entity, parked)

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget changes."""
        dropped = list(ids)
        self.retries.drop(connection, entity, dropped)
        if self._ids is not None:
            self._ids.difference_update(dropped)
