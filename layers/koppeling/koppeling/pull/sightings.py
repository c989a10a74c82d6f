"""What a read of everything shows of a record: what it does not show, Exact has no more.

A read has a number, which is kept with each record that it comes by. The feeds of parts, such as
contacts, are read before the feed that makes the record. So when a record comes by in its own feed,
everything that the read shows of its parts is known, and the others leave. One page is in memory
at a time, and a read may go on in many invocations. Records are stored in such a read anyway, so
the numbers cost no write.
"""

from collections.abc import Iterable
from dataclasses import replace

from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.record import Record, Sighting, without
from koppeling.pull.rows import Rows

# A read whose rows cannot be relied on has no number: nothing is judged by it
UNNUMBERED = 0


def shown(record: Record, feed: Feed, rows: Rows, read: int) -> Record:
    """Note that a read showed these rows of a record."""
    if read == UNNUMBERED:
        return record
    ids = {row["ID"] for row in rows}
    unseen = tuple(row_id for row_id in _unseen(record, feed.name, read) if row_id not in ids)
    return replace(record, seen={**record.seen, feed.name: Sighting(read, unseen)})


def without_unseen(record: Record, entity: Entity, read: int) -> Record:
    """Take off the parts that a read did not show; for when the feeds of parts are read."""
    if read == UNNUMBERED:
        return record
    for feed in entity.parts:
        record = without(record, feed.name, _unseen(record, feed.name, read))
        record = replace(record, seen={**record.seen, feed.name: Sighting(read)})
    return record


def are_absent(records: Iterable[Record], entity: Entity, read: int) -> list[Record]:
    """Return the records that a read, which has come to its end, did not come by."""
    name = entity.main.name
    return [
        record
        for record in records
        if record.sources.get(name) and (name not in record.seen or record.seen[name].read != read)
    ]


def _unseen(record: Record, feed: str, read: int) -> tuple[str, ...]:
    sighting = record.seen.get(feed)
    if sighting is not None and sighting.read == read:
        return sighting.unseen
    return tuple(record.sources.get(feed, {}))
