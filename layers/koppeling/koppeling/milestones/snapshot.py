"""The records of one entity of one company, kept small: each page compressed, beside an index."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from koppeling.core import decimal_json as decimals
from koppeling.core.ids import MilestonesId
from koppeling.milestones.lists import Lists
from koppeling.milestones.rows import code_in, is_of, key_of
from koppeling.milestones.wire import differences
from koppeling.pull.entities.entity import Target
from koppeling.pull.link_values import Row
from koppeling.pull.snapshot import KeptSnapshot, ListPlace

# Who looks records up goes through them mostly in the order of the list
BLOCKS_AT_HAND = 4
# Most of what a block can be made smaller, at a third of the time
LEVEL = 3
# In bytes: as text it fits in an item of DynamoDB, which takes up to 400 KB
LARGEST_BLOCK = 250_000
# A row is found by the number of its block, and its place there
_STRIDE = 10_000


class ListSnapshot:
    """A snapshot that is read page by page; safe for several threads once it is complete."""

    def __init__(
        self, lists: Lists, target: Target, company_id: str, kept: KeptSnapshot | None = None
    ) -> None:
        """Begin to read, or go on from what was kept of an earlier reading."""
        self._lists = lists
        self._target = target
        self._company_id = company_id
        self._blocks: list[bytes] = []
        self._where: dict[MilestonesId, int] = {}
        # Nearly every code has one record, and a text takes less room than a list with it
        self._keys: dict[str, MilestonesId | list[MilestonesId]] = {}
        self._noted: dict[MilestonesId, str] = {}
        self._block = lru_cache(BLOCKS_AT_HAND)(self._opened)
        self._place: ListPlace | None = None
        self._has_begun = kept is not None
        self._kept = 0
        if kept is not None:
            self._place = kept.place
            for block in kept.blocks:
                self._enter_block(_rows(block), block)
            self._kept = len(self._blocks)

    def __len__(self) -> int:
        return len(self._where)

    def __iter__(self) -> Iterator[MilestonesId]:
        return iter(self._where)

    @property
    def has_begun(self) -> bool:
        return self._has_begun

    @property
    def is_complete(self) -> bool:
        return self._has_begun and self._place is None

    def read(self, is_time_left: Callable[[], bool] = lambda: True) -> bool:
        """Read on, page by page; returns whether the list is read to its end.

        Raises:
            Consequence: a call failed; the pages before it are kept.
        """
        if self.is_complete:
            return True
        for rows, place in self._lists.pages(self._target.path, self._place):
            mine = [row for row in rows if is_of(row, self._target, self._company_id)]
            if mine:
                self._index(mine)
            self._has_begun, self._place = True, place
            if place is not None and not is_time_left():
                return False
        return True

    def find(self, code: str) -> list[MilestonesId]:
        held = self._keys.get(code, [])
        return list(held) if isinstance(held, list) else [held]

    def fields(self, key: MilestonesId) -> Mapping[str, Any] | None:
        noted = self._noted.get(key)
        if noted is not None:
            return {self._target.key: key, self._target.code: noted}
        where = self._where.get(key)
        if where is None:
            return None
        block, place = divmod(where, _STRIDE)
        row: Row = self._block(block)[place]
        return row

    def differences(
        self, key: MilestonesId, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]] | None:
        held = self.fields(key)
        if held is None or not held.keys() >= values.keys():
            return None
        return differences(self._target, held, values)

    def note(self, key: MilestonesId, code: str) -> None:
        self._enter(key, code, self._where.get(key, -1))
        self._noted[key] = code

    def taken_since(self) -> KeptSnapshot:
        """Return what was read and noted since the last time, to be kept."""
        if self._noted:
            rows: list[Row] = [
                {self._target.key: key, self._target.code: code}
                for key, code in self._noted.items()
            ]
            self._index(rows)
            self._noted.clear()
        taken = KeptSnapshot(tuple(self._blocks[self._kept :]), self._place)
        self._kept = len(self._blocks)
        return taken

    def _index(self, rows: list[Row]) -> None:
        """Enter rows, in halves when they are too large for one block."""
        block, known = _block_of(rows), (self._target.key, self._target.code)
        if len(block) <= LARGEST_BLOCK or (len(rows) == 1 and rows[0].keys() <= {*known}):
            self._enter_block(rows, block)
        elif len(rows) > 1:
            half = len(rows) // 2
            self._index(rows[:half])
            self._index(rows[half:])
        else:
            # Of a record as large as that its code is enough: it is read before it is written
            self._index([{name: row.get(name) for name in known} for row in rows])

    def _enter_block(self, rows: Iterable[Row], block: bytes) -> None:
        start = len(self._blocks) * _STRIDE
        for place, row in enumerate(rows, start):
            self._enter(key_of(row, self._target), code_in(row, self._target), place)
        self._blocks.append(block)

    def _enter(self, key: MilestonesId, code: str, where: int) -> None:
        """Enter a record under its code, and under no code that it had before."""
        if key in self._where:
            self._leave(key)
        held = self._keys.get(code)
        if held is None:
            self._keys[code] = key
        else:
            self._keys[code] = [*(held if isinstance(held, list) else [held]), key]
        self._where[key] = where

    def _leave(self, key: MilestonesId) -> None:
        before = self.fields(key)
        code = code_in(before or {}, self._target)
        others = [each for each in self.find(code) if each != key]
        if others:
            self._keys[code] = others
        else:
            self._keys.pop(code, None)

    def _opened(self, block: int) -> list[Row]:
        return _rows(self._blocks[block])


def _block_of(rows: Iterable[Row]) -> bytes:
    return zlib.compress(decimals.dumps(list(rows)), LEVEL)


def _rows(block: bytes) -> list[Row]:
    rows: list[Row] = decimals.loads(zlib.decompress(block))
    return rows
