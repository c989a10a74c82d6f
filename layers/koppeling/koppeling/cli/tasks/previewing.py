"""Previews of a connection: made by its functions, kept, and read from what they kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koppeling.cli.tasks.pulling import function_of
from koppeling.core.connection import Connection
from koppeling.core.csv_table import Table, as_csv
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import EntityPreview, digest_of_all, totals
from koppeling.pull.preview_rows import PreviewRow, Section
from koppeling.pull.preview_words import PreviewWords
from koppeling.pull.previewing import PASSING, TRIED_AGAIN_SECONDS

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

# What fits on a screen; files hold all of them
SHOWN = 40
# A minute lies between two of them
TRIES = 3


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The previews of a connection, in the order of a first load."""

    connection: Connection
    previews: tuple[EntityPreview, ...]

    @property
    def digest(self) -> str:
        """Return what an approval of it is held against."""
        return digest_of_all(self.previews)

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the counts of all entities together."""
        return totals(self.previews)


class Previews:
    """The previews of one stack."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def make(self, connection: Connection) -> Iterator[str]:
        """Make every preview anew, in the order of a first load; yields what was looked at."""
        for entity in enabled(connection):
            event = {"connection": connection.id, "preview": True}
            for _ in range(TRIES):
                answer = self._stack.functions.invoke(function_of(entity), event)
                if answer["outcome"] not in PASSING:
                    break
                for _ in range(TRIED_AGAIN_SECONDS):
                    self._stack.pause(1.0)  # short, so that Ctrl-C is noticed soon
            yield entity

    def look(self, connection: Connection) -> FirstLook:
        """Return what is kept."""
        kept = self._stack.stores.previews.of(connection.id)
        found = tuple(kept[each] for each in enabled(connection) if each in kept)
        return FirstLook(connection, found)

    def rows(
        self, look: FirstLook, section: Section, most: int | None = None
    ) -> Iterator[tuple[str, PreviewRow]]:
        """Yield the rows of a section with their entity, at most so many."""
        left = most
        for preview in look.previews:
            for row in self._stack.stores.previews.every_row(look.connection.id, preview, section):
                if left == 0:
                    return
                left = None if left is None else left - 1
                yield preview.entity, row

    def save(self, look: FirstLook, folder: Path, words: PreviewWords) -> list[Path]:
        """Write a file for each section that has rows, as a Dutch Excel opens it."""
        folder.mkdir(parents=True, exist_ok=True)
        return [file for each in Section if (file := self._saved(look, folder, words, each))]

    def _saved(
        self, look: FirstLook, folder: Path, words: PreviewWords, section: Section
    ) -> Path | None:
        lines = LINES[section](words, self.rows(look, section))
        rows = tuple(tuple(map(str, line)) for line in lines)
        if not rows:
            return None
        file = folder / f"{look.connection.id}-{section}.csv"
        columns = tuple(words.say(f"column.{each}") for each in COLUMNS[section])
        file.write_text(as_csv(Table(columns, rows)), encoding="utf-8", newline="")
        return file


def enabled(connection: Connection) -> list[str]:
    """Return what is switched on, in the order of a first load."""
    return [each for each in ENTITIES if connection.setting(each).enabled]


type _Rows = Iterable[tuple[str, PreviewRow]]

COLUMNS: Mapping[Section, tuple[str, ...]] = {
    Section.OVERWRITTEN: ("entity", "code", "name", "field", "old", "will_be"),
    Section.NEW: ("entity", "code", "name"),
    Section.TOLD: ("entity", "code", "why"),
}


def _overwritten(words: PreviewWords, rows: _Rows) -> Iterator[tuple[str, ...]]:
    for entity, row in rows:
        for line in words.overwritten([row]):
            yield (words.entity(entity), *line)


def _new(words: PreviewWords, rows: _Rows) -> Iterator[tuple[str, ...]]:
    for entity, row in rows:
        yield words.entity(entity), row.code, row.name


def _told(words: PreviewWords, rows: _Rows) -> Iterator[tuple[str, ...]]:
    for entity, row in rows:
        yield words.entity(entity), row.code, words.why(row)


LINES: Mapping[Section, Callable[[PreviewWords, _Rows], Iterator[tuple[str, ...]]]] = {
    Section.OVERWRITTEN: _overwritten,
    Section.NEW: _new,
    Section.TOLD: _told,
}


def as_json(look: FirstLook, rows: Mapping[Section, Iterable[tuple[str, PreviewRow]]]) -> Any:  # noqa: ANN401 - JSON
    """Return a look for a program; it holds every row."""
    return {
        "connection": look.connection.id,
        "started": look.connection.started,
        "digest": look.digest,
        "counts": look.counts,
        "entities": look.previews,
        **{
            section.value: [{"entity": entity, **_plain(row)} for entity, row in found]
            for section, found in rows.items()
        },
    }


def _plain(row: PreviewRow) -> dict[str, Any]:
    said = {"code": row.code, "name": row.name, "fields": row.fields, "problem": row.problem}
    return {name: value for name, value in said.items() if value}
