"""One table: its items by their keys, and its indexes, kept up with every write."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.sandbox.dynamodb.capacity import size
from tests.sandbox.dynamodb.checks import check_item, check_key
from tests.sandbox.dynamodb.values import Item, Refusal

LARGEST_ITEM = 400 * 1024
type Key = tuple[str, ...]
type Pair = tuple[Key, Item]


@dataclass(frozen=True, slots=True)
class Schema:
    """Which attributes make a key: that of the partition, and that of the place in it."""

    names: tuple[str, ...]

    def key(self, item: Item) -> Key:
        """Return the key of an item.

        Raises:
            Refusal: it has none, or one that is no text, or an empty one.
        """
        parts = tuple(item.get(name, {}).get("S", "") for name in self.names)
        if not all(parts):
            raise Refusal("ValidationException", f"no key of {self.names}: {parts}")
        check_key(parts)
        return parts

    def exact_key(self, key: Item) -> Key:
        """Return a key that stands alone.

        Raises:
            Refusal: it is none, or holds more than that.
        """
        if key.keys() != {*self.names}:
            raise Refusal("ValidationException", "The provided key element does not match")
        return self.key(key)


@dataclass(slots=True)
class Table:
    """Holds items; each is a dictionary that is replaced and never changed."""

    schema: Schema
    indexes: Mapping[str, Schema]
    _items: dict[str, dict[Key, Item]] = field(default_factory=dict)
    _indexed: dict[tuple[str, str], dict[Key, Item]] = field(default_factory=dict)
    _sorted: dict[tuple[str | None, str], list[Key]] = field(default_factory=dict)

    def get(self, key: Key) -> Item | None:
        """Return the item of a key."""
        return self._items.get(key[0], {}).get(key)

    def put(self, item: Item) -> None:
        """Add an item, or put it in the place of another.

        Raises:
            Refusal: it has no key, or one of an index is no text, or it is too large, or a value in
                it is none.
        """
        key = self.schema.key(item)
        check_item(item)
        if size(item) > LARGEST_ITEM:
            raise Refusal("ValidationException", "Item size has exceeded the maximum allowed size")
        places = list(self._places(item))
        is_new = key not in self._items.get(key[0], {})
        self._leave_indexes(key)
        self._items.setdefault(key[0], {})[key] = item
        if is_new:
            self._sorted.pop((None, key[0]), None)
        for place in places:
            self._indexed.setdefault(place, {})[key] = item
            self._sorted.pop(place, None)

    def delete(self, key: Key) -> None:
        """Remove the item of a key, if there is one."""
        self._leave_indexes(key)
        if self._items.get(key[0], {}).pop(key, None) is not None:
            self._sorted.pop((None, key[0]), None)

    def partition(self, value: str, index: str | None = None, prefix: str = "") -> list[Pair]:
        """Return what stands in one partition, of the table or of an index, in its order.

        With a `prefix` only what has a place that begins with it: of 10,000 items it looks at
        those alone, as DynamoDB does.
        """
        held = (
            self._items.get(value, {}) if index is None else self._indexed.get((index, value), {})
        )
        keys = self._sorted.get((index, value))
        if keys is None:
            keys = self._sorted[index, value] = sorted(held)
        if prefix and index is None:
            first = bisect_left(keys, (value, prefix))
            last = bisect_left(keys, (value, f"{prefix}\U0010ffff"))
            keys = keys[first:last]
        return [(key, held[key]) for key in keys]

    def all(self) -> list[Pair]:
        """Return everything, in an order that stays."""
        return sorted((pair for each in self._items.values() for pair in each.items()), key=_key)

    def _leave_indexes(self, key: Key) -> None:
        item = self._items.get(key[0], {}).get(key)
        for place in () if item is None else self._places(item):
            del self._indexed[place][key]
            self._sorted.pop(place, None)

    def _places(self, item: Item) -> Iterator[tuple[str, str]]:
        """Return where the indexes find an item."""
        for name, schema in self.indexes.items():
            if item.keys() >= {*schema.names}:
                yield name, schema.key(item)[0]


def _key(pair: Pair) -> Key:
    return pair[0]
