"""What a preview found, row by row, kept small: a first load may overwrite 10,000 records."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

# What one page shows, and what is kept together
ROWS_TOGETHER = 100
# Of a hash; among 100,000 records two are alike once in 10,000 times
MARK_BYTES = 8


class Section(StrEnum):
    """The parts of a preview, in the order in which people read them.

    `overwritten`: records of QicsMilestones that change. `new`: records that are created.
    `told`: what is left out, or worth knowing, each with the code of its problem.
    """

    OVERWRITTEN = "overwritten"
    NEW = "new"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One record: `fields` holds the old and the new value of each field that changes."""

    code: str
    name: str = ""
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def mark(self, key: str) -> bytes:
        """Return what tells this change of a record from every other one."""
        said = json.dumps([key, self.code, self.fields], sort_keys=True, default=str)
        return sha256(said.encode(errors="surrogatepass")).digest()[:MARK_BYTES]


@dataclass(slots=True)
class RowBlocks:
    """The rows of one section: whole blocks are compressed while they are added."""

    full: list[bytes] = field(default_factory=list)
    rest: list[PreviewRow] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.full) * ROWS_TOGETHER + len(self.rest)

    def add(self, row: PreviewRow) -> None:
        """Add a row."""
        self.rest.append(row)
        if len(self.rest) == ROWS_TOGETHER:
            self.full.append(packed(self.rest))
            self.rest = []

    def blocks(self) -> Iterator[bytes]:
        """Yield every block, in the order in which its rows came."""
        yield from self.full
        if self.rest:
            yield packed(self.rest)


def packed(rows: Sequence[PreviewRow]) -> bytes:
    """Return rows as they are kept."""
    plain = [[each.code, each.name, each.fields, each.problem, each.values] for each in rows]
    return zlib.compress(json.dumps(plain, separators=(",", ":"), default=str).encode())


def unpacked(block: bytes) -> list[PreviewRow]:
    """Return the rows of a block."""
    return [
        PreviewRow(code, name, {each: (old, new) for each, (old, new) in fields.items()}, *rest)
        for code, name, fields, *rest in json.loads(zlib.decompress(block))
    ]


def digest_of(marks: Sequence[bytes]) -> str:
    """Return one hash of all changes, whatever their order."""
    return sha256(b"".join(sorted(marks))).hexdigest()
