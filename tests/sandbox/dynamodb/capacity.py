"""What calls cost at DynamoDB: read and write units, from the sizes of whole items.

A read counts what was looked at and not what was projected or filtered, in steps of 4 KB, and half
of it when it may lag behind. A write counts the larger of the item before and after it, in steps of
1 KB, also when its condition fails. An index is written anew only when what it keeps has changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.sandbox.dynamodb.values import Item

READ_BYTES, WRITE_BYTES = 4096, 1024
# A list or map takes three bytes, and one for each of its entries
_CONTAINER, _ENTRY = 3, 1


@dataclass(frozen=True, slots=True)
class Index:
    """The key of an index, and the attributes that it keeps; none means all of them."""

    key: frozenset[str]
    kept: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """Return what stands in the index for an item; None when it does not stand there."""
        if item is None or not item.keys() >= self.key:
            return None
        if self.kept is None:
            return item
        return {name: value for name, value in item.items() if name in self.kept}


class Units:
    """The units that were consumed, by the name of the call; those of indexes apart."""

    def __init__(self) -> None:
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.written_in_indexes: Counter[str] = Counter()
        self._indexes: dict[str, list[Index]] = {}

    def table_was_made(self, asked: Mapping[str, Any]) -> None:
        """Learn which indexes a table has, and what they keep."""
        own = _names(asked["KeySchema"])
        self._indexes[asked["TableName"]] = [
            index_of(index, own) for index in asked.get("GlobalSecondaryIndexes", ())
        ]

    def were_read(self, call: str, items: Iterable[Item], *, consistent: bool) -> None:
        """Count a read of items together, as a query makes it; of none it counts as of one byte."""
        steps = _steps(sum(map(size, items)), READ_BYTES)
        # Counted in halves, so that sums stay whole
        self.read[call] += steps * 2 if consistent else steps

    def was_written(self, call: str, table: str, before: Item | None, after: Item | None) -> None:
        """Count a write that put `after` in the place of `before`, or failed and left it."""
        largest = max(size(item or {}) for item in (before, after))
        self.written[call] += _steps(largest, WRITE_BYTES)
        for index in self._indexes.get(table, ()):
            self.written_in_indexes[call] += _of_index(index, before, after)

    @property
    def read_units(self) -> Decimal:
        """How many read units there were altogether."""
        return Decimal(sum(self.read.values())) / 2

    @property
    def write_units(self) -> int:
        """How many write units there were altogether, with those of the indexes."""
        return sum(self.written.values()) + sum(self.written_in_indexes.values())


def size(item: Item) -> int:
    """Return how many bytes an item takes: its names and its values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, raw),) = value.items()
    match kind:
        case "S":
            return len(raw.encode())
        case "N":
            # Two digits take a byte, and the number one more
            return (len(raw.lstrip("-").replace(".", "").strip("0")) + 1) // 2 + 1
        case "B":
            # As base64, of which four characters hold three bytes
            return len(raw) * 3 // 4
        case "BOOL" | "NULL":
            return 1
        case "L":
            return _CONTAINER + sum(_ENTRY + _value(each) for each in raw)
        case "M":
            return _CONTAINER + sum(_ENTRY + size({name: each}) for name, each in raw.items())
    raise NotImplementedError(f"the size of {kind}")


def _steps(length: int, step: int) -> int:
    return max(1, -(-length // step))


def _names(schema: Iterable[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(part["AttributeName"] for part in schema)


def index_of(asked: Mapping[str, Any], own: frozenset[str]) -> Index:
    """Return an index as a table was made with it; `own` is the key of the table."""
    key, projection = _names(asked["KeySchema"]), asked.get("Projection", {})
    if projection.get("ProjectionType", "ALL") == "ALL":
        return Index(key, None)
    return Index(key, own | key | frozenset(projection.get("NonKeyAttributes", ())))


def _of_index(index: Index, before: Item | None, after: Item | None) -> int:
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return 0
    moved = old is not None and new is not None and any(old[n] != new[n] for n in index.key)
    entries = [entry for entry in (old, new) if entry is not None]
    sizes = [_steps(size(entry), WRITE_BYTES) for entry in entries]
    # One that gets another key leaves its old place, and is put in the new one
    return sum(sizes) if moved else max(sizes)
