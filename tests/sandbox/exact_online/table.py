"""A table that is always sorted by Timestamp, so that a sync page is found by bisection."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from operator import itemgetter

from tests.sandbox.exact_online.values import Row

_timestamp = itemgetter("Timestamp")


class Table:
    """Rows by key and by Timestamp; a changed row is a new dict, so a reader never sees half."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._rows: list[Row] = []
        self._by_key: dict[object, Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def get(self, key: object) -> Row | None:
        """Return the row with this key."""
        return self._by_key.get(key)

    def put(self, row: Row) -> None:
        """Add a row, or replace the one with the same key; its Timestamp gives its place."""
        self.remove(row[self.key])
        self._by_key[row[self.key]] = row
        if not self._rows or self._rows[-1]["Timestamp"] < row["Timestamp"]:
            self._rows.append(row)
        else:
            insort(self._rows, row, key=_timestamp)

    def remove(self, key: object) -> Row | None:
        """Take a row away and return it."""
        row = self._by_key.pop(key, None)
        if row is not None:
            del self._rows[bisect_left(self._rows, row["Timestamp"], key=_timestamp)]
        return row

    def after(self, timestamp: int) -> Iterator[Row]:
        """Return the rows with a higher Timestamp, lowest first (X90)."""
        start = bisect_right(self._rows, timestamp, key=_timestamp)
        rows = self._rows
        return (rows[position] for position in range(start, len(rows)))
