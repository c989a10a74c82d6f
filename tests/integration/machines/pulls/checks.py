"""What holds after every tick, whatever happened: looked at from both sandboxes and the stores."""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.entities.entity import Entity, FeedKind
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import Environment
from tests.integration import truth_entities as truth

type Key = tuple[str, str]
PAGE = 60  # X42: rows on a page of a list


@dataclass(slots=True)
class Watch:
    """Compares the world before and after each tick."""

    env: Environment
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    cursors: dict[tuple[str, str], int] = field(default_factory=dict)
    moved: set[tuple[str, str]] = field(default_factory=set)

    def division_moved(self) -> None:
        """Let every cursor go back once: its Timestamps are of the old database (X97)."""
        self.moved = {(name, feed.name) for name, e in ENTITIES.items() for feed in e.feeds}

    def before(self) -> None:
        """Remember how QicsMilestones stands."""
        self.rows = self._records()
        world = self.env.milestones.world
        self.versions = {key: world.version(*key) for key in self.rows}

    def after(self, states: dict[str, PullState]) -> None:
        """Hold the tick against what it may never do."""
        now, world = self._records(), self.env.milestones.world
        for key, row in self.rows.items():
            target, number = key
            wrote = world.version(target, number) - self.versions[key]
            assert not wrote or now[key] != row, f"{key} was written {wrote} times for nothing"  # noqa: S101 - the check
            assert truth.not_ours(target, now[key]) == truth.not_ours(target, row), key  # noqa: S101 - the check
        for name, state in states.items():
            self._compare_cursors(name, state)

    def _compare_cursors(self, name: str, state: PullState) -> None:
        """R9: no cursor goes back, unless the division moved or everything is read anew."""
        if state.read_mode is not ReadMode.INCREMENTAL:
            return
        for feed, cursor in state.feeds.items():
            key, before = (name, feed), self.cursors.get((name, feed), 0)
            if cursor.cursor < before:
                assert key in self.moved, (name, feed, before, cursor)  # noqa: S101 - the check
                self.moved.discard(key)
            self.cursors[key] = int(cursor.cursor)

    def _records(self) -> dict[Key, dict[str, Any]]:
        world = self.env.milestones.world
        return {
            (target, row[f"{target}Id"]): row
            for target in truth.targets()
            for row in world.records(target)
        }


def quiet_calls(env: Environment, entity: Entity) -> int:
    """Return what a tick without changes may cost (P1)."""
    feeds = [feed for feed in entity.feeds if feed.kind is FeedKind.LIST]
    tables = env.exact.world.tables
    listed = sum(ceil(len(tables[truth.KINDS[feed.name].table]) / PAGE) for feed in feeds)
    return listed + sum(feed.kind is FeedKind.SYNC for feed in entity.feeds)


def calls_by_entity(env: Environment) -> dict[str, int]:
    """Return how many calls each entity made since the journal was cleared."""
    counted = Counter(call.endpoint for call in env.exact.journal.calls())
    return {
        name: sum(counted[feed.endpoint] for feed in entity.feeds)
        for name, entity in ENTITIES.items()
    }


def shared_links(env: Environment) -> list[str]:
    """Return the records of QicsMilestones that two records of Exact write."""
    own, records = env.connection.id, env.wiring.stores.pull_stores.records
    keys = Counter(
        f"{name} {record.milestones_id}"
        for name in ENTITIES
        for record in records.get_many(own, name, records.ids(own, name)).values()
        if record.milestones_id is not None
    )
    return [key for key, times in keys.items() if times > 1]


def writes(env: Environment) -> list[str]:
    """Return the writes to records of QicsMilestones since its journal was cleared."""
    calls = env.milestones.journal.calls(lambda call: call.method in ("POST", "PUT"))
    return [f"{call.method} {call.endpoint}" for call in calls if call.endpoint != "token"]


def keep_first_rows(env: Environment, tables: dict[str, int]) -> None:
    """Leave of tables of Exact only the first rows, so that a run takes little time."""
    for name, count in tables.items():
        table = env.exact.world.tables[name]
        for row in list(table)[count:]:
            table.remove(row[table.key])
