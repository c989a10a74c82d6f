"""Lists of QicsMilestones that a first load has read, from one of its runs to the next."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.pull.snapshot import KeptSnapshot, ListPlace

# The runs of a load follow directly on each other
KEPT = timedelta(days=1)
# DynamoDB takes items up to 400 KB
LARGEST_PART = 200_000


class SnapshotStore(SyncStore):
    """Keeps the snapshot of one run: its head names the run that left it, its parts never change.

    A run goes on from what the run directly before it left. One that died in between took a number
    of its own, so that what it may have created is not missed.
    """

    def __init__(
        self, items: type[SyncItem], now: Now, connection: ConnectionId, entity: str, fencing: int
    ) -> None:
        super().__init__(items, now)
        self._partition = connection_key(connection)
        self._head = f"SNAPSHOT#{entity}"
        self._fencing = fencing
        # Of a list that is read anew
        self._reading, self._parts = fencing, 0

    def take(self) -> KeptSnapshot | None:
        """Return what the run before this one kept; None when it kept nothing, or died."""
        head = find(self._items, self._partition, self._head, consistent_read=True)
        if head is None or head.fencing != self._fencing - 1 or self._is_over(head):
            return None
        reading, count = int(head.data["reading"]), int(head.data["parts"])
        keys = [(self._partition, self._part_key(reading, number)) for number in range(count)]
        found = {item.sk: item for item in self._items.batch_get(keys, consistent_read=True)}
        if len(found) < count:
            return None
        self._reading, self._parts = reading, count
        blocks = [b64decode(text) for _, key in keys for text in found[key].data["blocks"]]
        place = head.data.get("place")
        return KeptSnapshot(
            tuple(blocks),
            None if place is None else ListPlace(place["link"], int(place["received"])),
            frozenset(head.data["doubtful"]),
        )

    def keep(self, added: KeptSnapshot) -> None:
        """Keep what this run added to it; the head comes last, so a crash leaves none."""
        ends = epoch(self._now() + KEPT)
        with self._items.batch_write() as batch:
            for blocks in _together(added.blocks):
                key = self._part_key(self._reading, self._parts)
                batch.save(
                    self._items(self._partition, key, data={"blocks": blocks}, expires_at=ends)
                )
                self._parts += 1
        place = added.place
        data: Mapping[str, Any] = {
            "reading": self._reading,
            "parts": self._parts,
            "place": None if place is None else {"link": place.link, "received": place.received},
            "doubtful": sorted(added.doubtful),
        }
        self._items(
            self._partition, self._head, data=data, fencing=self._fencing, expires_at=ends
        ).save()

    def _is_over(self, head: SyncItem) -> bool:
        return bool(head.expires_at <= epoch(self._now()))

    def _part_key(self, reading: int, number: int) -> str:
        return f"{self._head}#{reading}#{number:05d}"


def _together(blocks: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield blocks as texts, so many together as fit into one item."""
    texts: list[str] = []
    size = 0
    for block in blocks:
        text = b64encode(block).decode()
        if texts and size + len(text) > LARGEST_PART:
            yield texts
            texts, size = [], 0
        texts.append(text)
        size += len(text)
    if texts:
        yield texts
