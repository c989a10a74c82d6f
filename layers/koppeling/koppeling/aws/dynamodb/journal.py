"""The journal of first loads, and what an undo takes away of a connection."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.parts import LARGEST_VALUE
from koppeling.aws.dynamodb.table import SyncStore, compact, connection_key, epoch
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.journal import KEPT_FOR, JournalLine
from koppeling.pull.undo_record import UndoLine

_LINE = Codec(JournalLine, as_is=["old", "new"], without_defaults=True)
_TOLD = Codec(UndoLine, as_is=["kept"])
TOLD = "UNDONE#"
# The 90 days begin when a load ends, and its first lines are as old as it took
LONGEST_LOAD = timedelta(days=30)
# Items that are removed before it is asked again whether there is time
REMOVED_TOGETHER = 500
# What the pulls of an entity keep of a connection, by the beginning of its sort key
_OF_A_LOAD = ("RECORD", "PART", "REVIEW", "RETRY", "LINK", "HOLDER", "DELETED")


class JournalStore(SyncStore):
    """Keeps one item per write, or some for a line that is too large for one; TTL removes them."""

    def write(
        self, connection: ConnectionId, entity: str, line: JournalLine, at: datetime, number: int
    ) -> None:
        sort_key = f"{_prefix(entity)}{line.exact_id}#{at.isoformat()}#{number:06d}"
        partition, ends = connection_key(connection), epoch(at + KEPT_FOR + LONGEST_LOAD)
        data = _LINE.encode(line)
        text = compact(data)
        if len(text) <= LARGEST_VALUE:
            self._items(partition, sort_key, data=data, expires_at=ends).save()
            return
        texts = [text[i : i + LARGEST_VALUE] for i in range(0, len(text), LARGEST_VALUE)]
        with self._items.batch_write() as batch:
            for part, some in enumerate(texts):
                kept = {"text": some, "part": part, "of": len(texts)}
                key = f"{sort_key}#{part:05d}"
                batch.save(self._items(partition, key, data=kept, expires_at=ends))

    def lines(self, connection: ConnectionId, entity: str) -> Iterator[JournalLine]:
        texts: list[str] = []
        for item in self._query(connection, _prefix(entity), consistent_read=True):
            whole = _joined(texts, item.data)
            if whole is not None:
                yield _LINE.decode(whole)

    def drop(self, connection: ConnectionId, entity: str) -> Iterator[int]:
        return self._remove(connection, [_prefix(entity)])

    def drop_records(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Remove the lines of some records."""
        for _ in self._remove(connection, [f"{_prefix(entity)}{each}#" for each in ids]):
            pass

    def tell(self, connection: ConnectionId, entity: str, lines: Iterable[UndoLine]) -> None:
        """Keep what became of records, for as long as the journal is kept."""
        expires_at = epoch(self._now() + KEPT_FOR)
        with self._items.batch_write() as batch:
            for line in lines:
                key = connection_key(connection), f"{TOLD}{entity}#{line.exact_id}"
                batch.save(self._items(*key, data=_TOLD.encode(line), expires_at=expires_at))

    def told(self, connection: ConnectionId) -> Iterator[UndoLine]:
        for item in self._query(connection, TOLD, consistent_read=True):
            yield _TOLD.decode(item.data)

    def forget_told(self, connection: ConnectionId) -> None:
        """Remove what an earlier undo told."""
        for _ in self._remove(connection, [TOLD]):
            pass

    def forget(self, connection: ConnectionId, entity: str) -> Iterator[int]:
        """Remove all that the pulls of an entity kept; yields after each part of the work."""
        kept = [f"{kind}#{entity}#" for kind in _OF_A_LOAD]
        # What a code stands for there, which an undo gives back to another record
        return self._remove(connection, [*kept, f"REFERENCE#milestones#{entity}#"])

    def _remove(self, connection: ConnectionId, prefixes: Iterable[str]) -> Iterator[int]:
        for prefix in prefixes:
            keys = ["pk", "sk"]
            found = self._query(connection, prefix, consistent_read=True, attributes_to_get=keys)
            for some in batched(found, REMOVED_TOGETHER, strict=False):
                with self._items.batch_write() as batch:
                    for item in some:
                        batch.delete(item)
                yield len(some)


def _joined(texts: list[str], data: dict[str, Any]) -> dict[str, Any] | None:
    """Return a line once its last part is there; `texts` are the parts so far.

    Of one that is not whole the write was cut off, so its record was not written.
    """
    if "text" not in data:
        texts.clear()
        return data
    if data["part"] == 0:
        texts.clear()
    texts.append(data["text"])
    if len(texts) < data["of"] or data["part"] != len(texts) - 1:
        return None
    whole: dict[str, Any] = json.loads("".join(texts))
    return whole


def _prefix(entity: str) -> str:
    return f"JOURNAL#{entity}#"
