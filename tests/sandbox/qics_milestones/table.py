"""One entity's records with the indexes that keep look-ups quick among 100,000 of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.sandbox.qics_milestones.filters import Condition
from tests.sandbox.qics_milestones.schema import Entity

type Record = dict[str, Any]
"""A record as it is sent. Never changed in place: a write puts a new one in its stead."""


class Table:
    """Rows by key, in the order of their keys; the caller holds the lock."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self.rows: dict[str, Record] = {}
        self.versions: dict[str, int] = defaultdict(int)
        self._index: dict[tuple[str, Any], set[int]] = defaultdict(set)

    def next_key(self) -> str:
        """Return the key of the record that will be added next; nothing is ever deleted (M27)."""
        return str(len(self.rows) + 1)

    def put(self, key: str, record: Record) -> None:
        """Add or replace a row."""
        before = self.rows.get(key)
        for name in self._entity.indexed:
            if before is not None:
                self._index[name, before[name]].discard(int(key))
            self._index[name, record[name]].add(int(key))
        self.rows[key] = record
        self.versions[key] += 1

    def matches(self, conditions: Sequence[Condition]) -> Iterator[Record]:
        """Return the rows that meet all conditions, by key."""
        open_questions = [
            condition for condition in conditions if len(self._bucket(condition)) < len(self.rows)
        ]
        rows = self._candidates(open_questions)
        if not open_questions:
            return rows
        return (row for row in rows if all(question.holds(row) for question in open_questions))

    def _candidates(self, conditions: Sequence[Condition]) -> Iterator[Record]:
        buckets = [
            self._bucket(condition)
            for condition in conditions
            if condition.field in self._entity.indexed
        ]
        if not buckets:
            return iter(self.rows.values())
        smallest = min(buckets, key=len)
        return (self.rows[str(key)] for key in sorted(smallest))

    def _bucket(self, condition: Condition) -> set[int]:
        return self._index.get((condition.field, condition.value), set())
