"""Rows that belong to a record, such as the contacts of an account: which records hold them.

A row that names another owner has to leave the first one. Exact tells the new owner only, so an
index keeps the holders of each row. It names every record that may hold the row:

new owner noted ──► records processed and stored ──► former ones taken out of the index

So a run that dies on the way leaves an index that still finds every holder. An index item is
written when a row is new, moves or goes; an unchanged row costs no write.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.fields import row_key
from koppeling.pull.ports import RowHolders
from koppeling.pull.record import Record, is_older
from koppeling.pull.rows import Rows

type Held = Mapping[str, tuple[ExactId, ...]]
"""The records that may hold a row, by the ID of the row."""

type Owned = dict[ExactId, Rows]
"""Rows by the record they belong to."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The owners that the rows of a page name, by the ID of the row, and who held them before."""

    feed: str = ""
    owners: Mapping[str, ExactId | None] = field(default_factory=dict)
    held: Held = field(default_factory=dict)

    @property
    def left(self) -> dict[ExactId, set[str]]:
        """Return the rows that leave a record, by that record."""
        leaving: dict[ExactId, set[str]] = defaultdict(set)
        for row_id, owner in self.owners.items():
            for holder in self.held.get(row_id, ()):
                if holder != owner:
                    leaving[holder].add(row_id)
        return dict(leaving)

    @property
    def unsettled(self) -> set[ExactId]:
        """Return the records between which a row was about to move when a run died."""
        return {
            record
            for row_id, owner in self.owners.items()
            if len(held := self.held.get(row_id, ())) > 1
            for record in (*held, owner)
            if record is not None
        }

    @property
    def arriving(self) -> Held:
        """Return the holders of rows that get a new one, with all that may hold them meanwhile."""
        return {
            row_id: (*held, owner)
            for row_id, owner in self.owners.items()
            if owner is not None and owner not in (held := self.held.get(row_id, ()))
        }

    @property
    def moved(self) -> Held:
        """Return the only holder of each row that left another one; none if nobody owns it now."""
        return {
            row_id: () if owner is None else (owner,)
            for row_id, owner in self.owners.items()
            if any(holder != owner for holder in self.held.get(row_id, ()))
        }

    def without(self, ids: Collection[str]) -> "Moves":
        """Return the moves of the other rows."""
        owners = {row_id: owner for row_id, owner in self.owners.items() if row_id not in ids}
        return Moves(self.feed, owners, self.held)


@dataclass(frozen=True, slots=True)
class Holders:
    """The holders of the rows of one connection and entity."""

    connection: ConnectionId
    entity: Entity
    index: RowHolders

    def of_page(self, feed: Feed, rows: Iterable[Mapping[str, Any]], owned: Owned) -> Moves:
        """Return what a page tells of the owners of its rows."""
        if not self.entity.is_of_parts(feed):
            return Moves()
        owners: dict[str, ExactId | None] = {
            row_id: None
            for row in rows
            if not row.get(feed.owner) and (row_id := row_key(row)) is not None
        }
        owners |= {row["ID"]: owner for owner, theirs in owned.items() for row in theirs}
        return Moves(feed.name, owners, self._held(feed, owners))

    def of_deleted(self, feed: Feed, ids: Iterable[ExactId]) -> Moves:
        """Return what leaves when Exact deleted some rows."""
        owners: dict[str, ExactId | None] = dict.fromkeys(ids)
        return Moves(feed.name, owners, self._held(feed, owners))

    def begin(self, moves: Moves) -> None:
        """Note new holders, before their records hold the rows."""
        self._note(moves.feed, moves.arriving)

    def end(self, moves: Moves) -> None:
        """Forget former holders, after their records are stored without the rows."""
        self._note(moves.feed, moves.moved)

    def _held(self, feed: Feed, ids: Iterable[str]) -> Held:
        return self.index.get_many(self.connection, self.entity.name, feed.name, ids)

    def _note(self, feed: str, holders: Held) -> None:
        if holders:
            self.index.note(self.connection, self.entity.name, feed, holders)


def newest(owned: Owned) -> Owned:
    """Leave each row with one owner: a page may show it with two, and the newer one counts."""
    last: dict[str, tuple[ExactId, dict[str, Any]]] = {}
    for owner, rows in owned.items():
        for row in rows:
            other = last.get(row["ID"])
            if other is None or not is_older(row, other[1]):
                last[row["ID"]] = (owner, row)
    return {
        owner: [row for row in rows if last[row["ID"]][0] == owner] for owner, rows in owned.items()
    }


def overtaken(moves: Moves, owned: Owned, known: Mapping[ExactId, Record]) -> set[str]:
    """Return the rows of which another record holds a newer version already (X92)."""
    rows = {row["ID"]: row for theirs in owned.values() for row in theirs}
    return {
        row_id
        for record_id, ids in moves.left.items()
        for row_id in ids & rows.keys()
        if (held := known[record_id].sources.get(moves.feed, {}).get(row_id)) is not None
        and is_older(rows[row_id], held)
    }
