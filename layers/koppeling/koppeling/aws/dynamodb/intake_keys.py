"""Keys of the HTTPS API, each an item that also counts how often it is used in a second.

They lie in a partition of their own, which is all of the table that the API may write.
"""

from datetime import datetime

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, epoch, find, moment
from koppeling.core.clock import today
from koppeling.core.ids import ConnectionId
from koppeling.intake.keys import IntakeKey, KeyText
from koppeling.intake.pace import COUNTED

_KEY = "KEY#"
_ITEM = Codec(IntakeKey, aside=["connection", "digest", "last_used"])


def intake_key(connection: str) -> str:
    """Return the partition of the keys of a connection; no other code builds it (S9)."""
    return f"INTAKE#{connection}"


class IntakeKeyStore(SyncStore):
    """Keeps keys in SyncTable.

    `opened_at` is when a key was last noted as used, `not_before` the second in which its uses were
    last counted, and `version` how many there were. Every write asks that the key is there: one
    that was revoked meanwhile does not come back.
    """

    def add(self, key: IntakeKey) -> None:
        item = self._item(key)
        item.data, item.opened_at, item.not_before, item.version = _ITEM.encode(key), 0, 0, 0
        item.save()

    def of(self, connection: ConnectionId) -> list[IntakeKey]:
        found = self._items.query(
            intake_key(connection), self._items.sk.startswith(_KEY), consistent_read=True
        )
        return sorted((_key(connection, item) for item in found), key=lambda key: key.made_at)

    def remove(self, key: IntakeKey) -> None:
        self._item(key).delete()

    def find(self, text: KeyText) -> IntakeKey | None:
        partition, sort_key = intake_key(text.connection), f"{_KEY}{text.digest}"
        item = find(self._items, partition, sort_key, consistent_read=True)
        return None if item is None else _key(text.connection, item)

    def count(self, key: IntakeKey, now: datetime) -> bool:
        second, item = epoch(now), self._item(key)
        counted_in, count = self._items.not_before, self._items.version
        # The first in its second, or one of the others; of no key both conditions fail
        first = [counted_in.set(second), count.set(1)]
        return self._update(item, first, counted_in < second) or self._update(
            item, [count.add(1)], count < COUNTED
        )

    def note_use(self, key: IntakeKey, now: datetime) -> None:
        used = self._items.opened_at
        self._update(self._item(key), [used.set(epoch(now))], used < epoch(now))

    def _item(self, key: IntakeKey) -> SyncItem:
        return self._items(intake_key(key.connection), f"{_KEY}{key.digest}")


def _key(connection: ConnectionId, item: SyncItem) -> IntakeKey:
    used = today(moment(item.opened_at)) if item.opened_at else None
    digest = item.sk.removeprefix(_KEY)
    return _ITEM.decode(item.data, connection=connection, digest=digest, last_used=used)
