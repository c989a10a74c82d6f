"""The rows of a page, laid over the stored records that they concern."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from koppeling.core.ids import ExactId
from koppeling.pull.cursor import ReadMode
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.holders import Moves, Owned, overtaken
from koppeling.pull.record import Record, merge, without
from koppeling.pull.sightings import UNNUMBERED, shown, without_unseen


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """The rows of one page by their records, and which of them leave another record.

    `read` is the number of the read of everything that the page is of.
    """

    entity: Entity
    feed: Feed
    owned: Owned
    moves: Moves
    mode: ReadMode = ReadMode.INCREMENTAL
    read: int = UNNUMBERED

    @property
    def is_reread(self) -> bool:
        """Say whether everything is read again, whatever the stored Timestamps are."""
        return self.mode is not ReadMode.INCREMENTAL

    def without_overtaken(self, known: Mapping[ExactId, Record]) -> "PageOfRows":
        """Leave out rows of which another record holds a newer version already (X92)."""
        late = set() if self.is_reread else overtaken(self.moves, self.owned, known)
        if not late:
            return self
        owned = {
            owner: [row for row in rows if row["ID"] not in late]
            for owner, rows in self.owned.items()
        }
        moves = self.moves.without(late)
        return replace(self, owned=owned, moves=moves)

    def laid_over(self, known: Mapping[ExactId, Record]) -> list[tuple[Record, bool]]:
        """Return every record that the page concerns, each with whether it changed."""
        left, unsettled = self.moves.left, self.moves.unsettled
        return [
            self._laid_over(record, left.get(key, set()), unsettled)
            for key, record in known.items()
        ]

    def _laid_over(
        self, record: Record, left: set[str], unsettled: set[ExactId]
    ) -> tuple[Record, bool]:
        kept = without(record, self.feed.name, left)
        if record.exact_id in unsettled and record.sources:
            # Whether the run that died wrote it over there is not known
            kept = replace(kept, fingerprint=None)
        rows = self.owned.get(record.exact_id)
        if rows is None:
            return kept, kept is not record
        laid, is_new = merge(kept, self.feed.name, rows, reread=self.is_reread)
        seen = shown(laid, self.feed, rows, self.read)
        if not self.entity.is_of_parts(self.feed):
            seen = without_unseen(seen, self.entity, self.read)
        return seen, is_new or kept is not record
