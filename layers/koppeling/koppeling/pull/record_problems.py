"""The problems of the records of one pull: opened, and closed again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.fields import shown
from koppeling.pull.link_values import Mapped
from koppeling.pull.meaning import FAILED, UNREADABLE
from koppeling.pull.record import Record
from koppeling.pull.rows import Stray

GONE = "record-gone-in-exact"
SHRANK = "list-shrank"
# The subject of rows that do not say which they are, in the place of an ID
STRAYS = ExactId("rows-without-id")
# So many mistakes of ours are named in the log line of a run
NAMED_MISTAKES = 5


@dataclass(frozen=True, slots=True)
class RecordProblems:
    """The problems of one connection and entity.

    `mistakes` says, for our log, which records could not be handled by a fault of ours.
    """

    connection: ConnectionId
    entity: Entity
    problems: Problems
    mistakes: list[str] = field(default_factory=list)

    def open(self, problem: Problem) -> None:
        """Open the problem of a record."""
        self.problems.open(problem)
        if problem.code == FAILED and len(self.mistakes) < NAMED_MISTAKES:
            self.mistakes.append(f"{problem.subject}: {problem.values.get('detail', '')}")

    def close(self, exact_id: ExactId, of: str = "") -> None:
        """Close the problems of a record; `of` says which of its subjects."""
        self.problems.close(self.connection, self._subject(exact_id, of))

    def open_gone(self, records: Iterable[Record]) -> None:
        """Report records that Exact has no more (L8)."""
        for record in records:
            values = {"entity": self.entity.singular, "code": record.code or record.exact_id}
            subject = self._subject(record.exact_id, "/gone")
            self.open(Problem(self.connection, subject, GONE, values))

    def close_came_back(self, known: Mapping[ExactId, Record], records: Iterable[Record]) -> None:
        """Take back that records are gone which Exact has after all."""
        for record in records:
            if known[record.exact_id].gone and not record.gone:
                self.close(record.exact_id, "/gone")

    def open_strays(self, first: Stray) -> None:
        """Report rows that do not say which they are; the first of them is named."""
        values = {
            "entity": self.entity.singular,
            "code": first.name,
            "field": first.field,
            "value": shown(first.row.get(first.field)),
        }
        self.open(Problem(self.connection, self._subject(STRAYS), UNREADABLE, values))

    def close_strays(self) -> None:
        """Forget rows that did not say which they are, before all rows are read again."""
        self.close(STRAYS)

    def open_shrunk(self, feed: Feed, values: Mapping[str, str]) -> None:
        """Report that a feed of changes, read from its beginning, has far fewer rows (R15)."""
        subject = self._subject(ExactId(feed.name), "/list")
        self.open(Problem(self.connection, subject, SHRANK, {"entity": feed.name, **values}))

    def close_shrunk(self, feed: Feed) -> None:
        """Take back that a feed has far fewer rows."""
        self.close(ExactId(feed.name), "/list")

    def with_notices(self, record: Record, mapped: Mapped) -> Record:
        """Open the notices of a record, and close those that no longer hold."""
        codes = tuple(notice.code for notice in mapped.notices)
        if record.noticed and codes != record.noticed:
            self.close(record.exact_id, "/notice")
        for notice in mapped.notices:
            subject = self._subject(record.exact_id, "/notice")
            self.open(Problem(self.connection, subject, notice.code, notice.values))
        return replace(record, noticed=codes)

    def _subject(self, exact_id: ExactId, of: str = "") -> str:
        return f"{self.entity.name}/{exact_id}{of}"
