"""What a preview found, row by row, kept small: a first load may overwrite 10,000 records."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from koppeling.core.text import cut

# What one page shows, and what is kept together
ROWS_TOGETHER = 100
# In bytes: as text it fits in an item of DynamoDB, which takes up to 400 KB
LARGEST_BLOCK = 250_000
# So much of a text is shown; less when a whole block of them would be too large
SHOWN = (1000, 100, 20)
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
    block = b""
    for longest in SHOWN:
        block = _compressed([_shown(each, longest) for each in rows])
        if len(block) <= LARGEST_BLOCK:
            break
    return block


def _compressed(plain: list[list[Any]]) -> bytes:
    return zlib.compress(json.dumps(plain, separators=(",", ":"), default=str).encode())


def _shown(row: PreviewRow, longest: int) -> list[Any]:
    fields = {
        name: (shown(old, longest), shown(new, longest)) for name, (old, new) in row.fields.items()
    }
    values = {name: shown(value, longest) for name, value in row.values.items()}
    return [row.code, shown(row.name, longest), fields, row.problem, values]


def shown(value: object, longest: int = SHOWN[0]) -> object:
    """Return a value as much of it as people are shown."""
    if isinstance(value, str) and len(value) > longest:
        return f"{cut(value, longest)}\u2026"
    return value


def unpacked(block: bytes) -> list[PreviewRow]:
    """Return the rows of a block."""
    return [
        PreviewRow(code, name, {each: (old, new) for each, (old, new) in fields.items()}, *rest)
        for code, name, fields, *rest in json.loads(zlib.decompress(block))
    ]


def digest_of(marks: Sequence[bytes]) -> str:
    """Return one hash of all changes, whatever their order."""
    return sha256(b"".join(sorted(marks))).hexdigest()
