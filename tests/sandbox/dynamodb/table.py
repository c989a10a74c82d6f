"""One table: its items by their keys, and its indexes, kept up with every write."""

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
        self.delete(key)
        self._items.setdefault(key[0], {})[key] = item
        for place in places:
            self._indexed.setdefault(place, {})[key] = item

    def delete(self, key: Key) -> None:
        """Remove the item of a key, if there is one."""
        item = self._items.get(key[0], {}).pop(key, None)
        for place in () if item is None else self._places(item):
            del self._indexed[place][key]

    def partition(self, value: str, index: str | None = None) -> list[Pair]:
        """Return what stands in one partition, of the table or of an index, in its order."""
        if index is None:
            return sorted(self._items.get(value, {}).items(), key=_key)
        return sorted(self._indexed.get((index, value), {}).items(), key=_key)

    def all(self) -> list[Pair]:
        """Return everything, in an order that stays."""
        return sorted((pair for each in self._items.values() for pair in each.items()), key=_key)

    def _places(self, item: Item) -> Iterator[tuple[str, str]]:
        """Return where the indexes find an item."""
        for name, schema in self.indexes.items():
            if item.keys() >= {*schema.names}:
                yield name, schema.key(item)[0]


def _key(pair: Pair) -> Key:
    return pair[0]
