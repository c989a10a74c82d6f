"""What a pull remembers, in memory, with the conditions of the real stores."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import DeletionLog
from koppeling.pull.record import ParkedChange, Record
from tests.unit.pull.store_keys import check_key


@dataclass(slots=True)
class FakeStates:
    """One pull: where it stands, and whether a run is at work."""

    state: PullState = field(default_factory=lambda: PullState(fencing=0))
    leased_until: datetime | None = None
    leases: int = 0

    def read(self, connection: ConnectionId, entity: str, now: datetime) -> PullState | None:
        """Return where the pull stands; None while a run holds the lease."""
        check_key(connection, entity)
        return None if self.leased_until is not None and now <= self.leased_until else self.state

    def acquire(
        self,
        connection: ConnectionId,
        entity: str,
        now: datetime,
        lease: timedelta,
        *,
        seen: PullState | None = None,
    ) -> PullState | None:
        """Take the lease."""
        if self.read(connection, entity, now) is None:
            return None
        if seen is not None and seen.fencing != self.state.fencing:
            return None
        self.leased_until = now + lease
        self.leases += 1
        self.state = replace(self.state, fencing=self.state.fencing + 1)
        return self.state

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where the pull stands."""
        check_key(connection, entity)
        return self.state

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands."""
        check_key(connection, entity)
        if state.fencing != self.state.fencing:
            raise Retry("pull-overtaken")
        self.state = replace(state, nothing_parked=False)

    def release(self, connection: ConnectionId, entity: str, state: PullState) -> None:
        """Write where the pull stands and give the lease back."""
        self.save(connection, entity, state)
        self.state, self.leased_until = state, None


@dataclass(slots=True)
class FakeRecords:
    """Records by their ID."""

    known: dict[ExactId, Record] = field(default_factory=dict)
    planned: dict[ExactId, date] = field(default_factory=dict)

    def get_many(
        self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        """Return those that are known."""
        check_key(connection, entity)
        return {each: self.known[each] for each in ids if each in self.known}

    def ids(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        """Return the IDs of all that are known."""
        check_key(connection, entity)
        return list(self.known)

    def save_many(self, connection: ConnectionId, entity: str, records: Iterable[Record]) -> None:
        """Write records."""
        check_key(connection, entity)
        self.known |= {record.exact_id: record for record in records}

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the account with this code."""
        check_key(connection, entity)
        of_entity = self.known.values() if entity == ACCOUNTS.name else ()
        found = [record for record in of_entity if record.code == code]
        return min(found, key=lambda record: record.milestones_id is None, default=None)

    def plan_reviews(
        self, connection: ConnectionId, entity: str, days: Mapping[ExactId, date]
    ) -> None:
        """Plan to look at records again."""
        check_key(connection, entity)
        self.planned |= days

    def reviews_due(self, connection: ConnectionId, entity: str, today: date) -> list[ExactId]:
        """Return those whose day has come."""
        check_key(connection, entity)
        return [each for each, day in self.planned.items() if day <= today]

    def reviewed(self, connection: ConnectionId, entity: str, today: date) -> None:
        """Forget those whose day has come."""
        for each in self.reviews_due(connection, entity, today):
            del self.planned[each]


@dataclass(slots=True)
class FakeLinks:
    """Links by the key in QicsMilestones, of one entity."""

    owners: dict[MilestonesId, ExactId] = field(default_factory=dict)
    complete: bool = False

    def take(
        self,
        connection: ConnectionId,
        entity: str,
        key: MilestonesId,
        exact_id: ExactId,
        *,
        instead_of: ExactId | None = None,
    ) -> bool:
        """Link if the record is free, ours, or of who is named."""
        check_key(connection, entity)
        if self.owners.get(key) not in (None, exact_id, instead_of):
            return False
        self.owners[key] = exact_id
        return True

    def owner(self, connection: ConnectionId, entity: str, key: MilestonesId) -> ExactId | None:
        """Return who has a link."""
        check_key(connection, entity)
        return self.owners.get(key) if entity == ACCOUNTS.name else None

    def any(self, connection: ConnectionId, entity: str) -> bool:
        """Say whether there is any."""
        check_key(connection, entity)
        return bool(self.owners)

    def note(
        self, connection: ConnectionId, entity: str, links: Mapping[MilestonesId, ExactId]
    ) -> None:
        """Write links."""
        check_key(connection, entity)
        self.owners |= links

    def is_complete(self, connection: ConnectionId, entity: str) -> bool:
        """Say whether all are noted."""
        check_key(connection, entity)
        return self.complete

    def mark_complete(self, connection: ConnectionId, entity: str) -> None:
        """Note that they are."""
        check_key(connection, entity)
        self.complete = True


@dataclass(slots=True)
class FakeDeletions:
    """Deletions that were read, and are not marked yet."""

    kept: DeletionLog = field(default_factory=DeletionLog)
    deleted: list[tuple[str, ExactId]] = field(default_factory=list)

    def log(self, connection: ConnectionId) -> DeletionLog:
        """Return how far the feed was read."""
        check_key(connection)
        return self.kept

    def save(self, connection: ConnectionId, log: DeletionLog) -> None:
        """Keep how far the feed was read."""
        check_key(connection)
        self.kept = log

    def note(self, connection: ConnectionId, deleted: Iterable[tuple[str, ExactId]]) -> None:
        """Keep deleted records."""
        check_key(connection)
        self.deleted.extend(deleted)

    def noted(self, connection: ConnectionId, entity: str) -> list[ExactId]:
        """Return those of an entity."""
        check_key(connection, entity)
        return [exact_id for name, exact_id in self.deleted if name == entity]

    def forget(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget some."""
        check_key(connection, entity)
        gone = {(entity, exact_id) for exact_id in ids}
        self.deleted = [each for each in self.deleted if each not in gone]


@dataclass(slots=True)
class FakeHolders:
    """Who holds rows, by feed and ID of the row; `writes` is how many were noted."""

    held: dict[tuple[str, str], tuple[ExactId, ...]] = field(default_factory=dict)
    writes: int = 0

    def get_many(
        self, connection: ConnectionId, entity: str, feed: str, rows: Iterable[str]
    ) -> dict[str, tuple[ExactId, ...]]:
        """Return those that are known."""
        check_key(connection, entity)
        return {row: self.held[feed, row] for row in rows if (feed, row) in self.held}

    def note(
        self,
        connection: ConnectionId,
        entity: str,
        feed: str,
        holders: Mapping[str, tuple[ExactId, ...]],
    ) -> None:
        """Keep who holds rows."""
        check_key(connection, entity)
        self.writes += len(holders)
        for row, records in holders.items():
            self.held[feed, row] = records
            if not records:
                del self.held[feed, row]


@dataclass(slots=True)
class FakeRetries:
    """The retry set."""

    parked: dict[ExactId, ParkedChange] = field(default_factory=dict)
    during: Callable[[], None] = lambda: None

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked."""
        check_key(connection, entity)
        self.during()
        return list(self.parked.values())

    def park(self, connection: ConnectionId, entity: str, changes: Iterable[ParkedChange]) -> None:
        """Keep changes."""
        check_key(connection, entity)
        self.parked |= {change.exact_id: change for change in changes}

    def drop(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Forget changes."""
        check_key(connection, entity)
        for each in ids:
            self.parked.pop(each, None)
