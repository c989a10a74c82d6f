"""Deletions in Exact: their feed is read once a day, and marks our own records only (X98 to X100).

first run of a day ──► read today by another pull? ──no──► read the feed, note each deletion for
                              │ yes                        the entity that it is of
                              ▼                                     │
                     mark what is noted for this entity ◄───────────┘

What was read the day before is read again, since a deletion may be committed late (X94); a record
is marked once.

QicsMilestones is never told that a record is gone (L8). One that is marked gives its link to the
record that has its code now, so a customer who was deleted and made again is the same customer over
there. A part of a record, such as a contact, leaves its owner, which is written without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any

from koppeling.core.errors import Defer, Fatal, Reject, Retry
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.fields import is_id
from koppeling.pull.ports import DeletionNotes, Source
from koppeling.pull.rows import timestamps

FEED = "sync/Deleted"
SELECT = frozenset({"ID", "EntityKey", "EntityType", "Timestamp"})

type MarkGone = Callable[[Iterable[ExactId]], None]
"""Marks records of this entity that Exact deleted."""

type DropParts = Callable[[Feed, Sequence[ExactId]], None]
"""Lets rows of a feed leave the records that hold them."""


@dataclass(slots=True, kw_only=True)
class Deletions:
    """The deletions of one connection, as a run of one entity sees them."""

    connection: ConnectionId
    entity: Entity
    entities: Mapping[str, Entity]
    source: Source
    notes: DeletionNotes
    today: date
    _moved_at: str | None = None
    _was_read: bool = False
    _lock: Lock = field(default_factory=Lock)

    def run(self, state: PullState, mark: MarkGone, drop: DropParts) -> PullState:
        """Mark and drop what was deleted since the last day, in the first run of a day."""
        self._moved_at = state.division_moved_at
        if self.entity.main.deletion_type is None or state.deletions_on == self.today:
            return state
        # Before the first load no record is known that could be gone
        if state.deletions_on is not None:
            if self.notes.log(self.connection).read_on != self.today and not self._read():
                return state
            self._mark(mark)
            self._drop(drop)
        return replace(state, deletions_on=self.today)

    def look(self, mark: MarkGone) -> None:
        """Read the feed now, at most once in a run: a record seems to have lost its code.

        Parts that were deleted stay noted for the first run of the next day.
        """
        with self._lock:
            if self.entity.main.deletion_type is not None and not self._was_read and self._read():
                self._mark(mark)

    def _read(self) -> bool:
        """Read on from where the feed was read to; False when the next run has to try again.

        What is wrong with this feed alone stops no pull. Without the right to it nothing is marked.
        """
        self._was_read = True
        log = self.notes.log(self.connection)
        after = log.begin(self._moved_at)
        highest: int = after
        try:
            for page in self.source.pages(FEED, SELECT, after, None):
                self.notes.note(self.connection, self._of_entities(page.rows))
                highest = max([highest, *timestamps(page.rows)])
        except (Fatal, Reject):
            highest = after
        except (Retry, Defer):
            return False
        self.notes.save(self.connection, log.after_read(highest, self.today, self._moved_at))
        return True

    def _mark(self, mark: MarkGone) -> None:
        noted = self.notes.noted(self.connection, self.entity.name)
        if noted:
            mark(noted)
            self.notes.forget(self.connection, self.entity.name, noted)

    def _drop(self, drop: DropParts) -> None:
        for feed in self.entity.parts:
            name = _noted_name(self.entity, feed)
            noted = self.notes.noted(self.connection, name)
            if noted:
                drop(feed, noted)
                self.notes.forget(self.connection, name, noted)

    def _of_entities(self, rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, ExactId]]:
        """Return the name and the ID of each deleted row that the link knows of (X99)."""
        types = {
            str(feed.deletion_type): _noted_name(entity, feed)
            for entity in self.entities.values()
            for feed in entity.feeds
            if feed.deletion_type is not None
        }
        return [
            (types[kind], ExactId(row["EntityKey"]))
            for row in rows
            # A row that names no record is left out, and stops no other
            if (kind := str(row.get("EntityType"))) in types and is_id(row.get("EntityKey"))
        ]


def _noted_name(entity: Entity, feed: Feed) -> str:
    """Return the name under which deleted rows of a feed are noted."""
    return f"{entity.name}/{feed.name}" if entity.is_of_parts(feed) else entity.name
