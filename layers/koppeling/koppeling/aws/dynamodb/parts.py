"""A value that is too large for one item, in parts beside it.

The key of a part holds a hash of the whole value, so a part is never changed. New parts are written
before the item that names them, and old ones are removed after it. So a reader finds a whole, or
that the item it read is not the newest.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, connection_key

# DynamoDB takes items up to 400 KB. A part is a text within JSON, where each quote takes two bytes.
LARGEST_VALUE = 150_000
# The attribute of `data` that names the parts
PARTS = "parts"


class Parts:
    """Stores the large values of one kind of item; `prefix` begins the keys of their parts."""

    def __init__(self, items: type[SyncItem], prefix: str) -> None:
        self._items = items
        self._prefix = prefix
        self._split: set[tuple[str, str]] = set()

    def put(self, connection: str, name: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
        """Store a value in parts and return what names them; None if it fits in one item."""
        text = json.dumps(value)
        if len(text) <= LARGEST_VALUE:
            return None
        digest = sha256(text.encode()).hexdigest()[:32]
        starts = range(0, len(text), LARGEST_VALUE)
        with self._items.batch_write() as batch:
            for number, start in enumerate(starts):
                part = {"text": text[start : start + LARGEST_VALUE]}
                sort_key = self._sort_key(name, digest, number)
                batch.save(self._items(connection_key(connection), sort_key, data=part))
        self._split.add((connection, name))
        return {"digest": digest, "count": len(starts)}

    def get(self, connection: str, name: str, named: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a value from its parts; None when a newer value took their place meanwhile."""
        self._split.add((connection, name))
        keys = [
            (connection_key(connection), self._sort_key(name, named["digest"], number))
            for number in range(named["count"])
        ]
        found = self._items.batch_get(keys, consistent_read=True)
        texts = {item.sk: item.data["text"] for item in found}
        if len(texts) < len(keys):
            return None
        value: dict[str, Any] = json.loads("".join(texts[sort_key] for _, sort_key in keys))
        return value

    def remove_old(self, connection: str, named: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Remove the parts that the items with these names no longer name."""
        for name in [name for name in named if (connection, name) in self._split]:
            self._remove(connection, name, named[name])

    def _remove(self, connection: str, name: str, kept: Mapping[str, Any] | None) -> None:
        prefix = f"{self._prefix}{name}#"
        current = f"{prefix}{kept['digest']}#" if kept else None
        found: Iterable[SyncItem] = self._items.query(
            connection_key(connection), self._items.sk.startswith(prefix), consistent_read=True
        )
        with self._items.batch_write() as batch:
            for item in found:
                if current is None or not item.sk.startswith(current):
                    batch.delete(item)

    def _sort_key(self, name: str, digest: str, number: int) -> str:
        return f"{self._prefix}{name}#{digest}#{number:04d}"
