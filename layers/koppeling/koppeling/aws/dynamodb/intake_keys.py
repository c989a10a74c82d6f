"""Keys of the HTTPS API, each an item that also counts how often it is used in a second.

They lie in a partition of their own, which is all that the API may write. One write both finds a
key and counts its use, so that what is let through is exact however many processes answer.
"""

from datetime import datetime

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, epoch, find, moment
from koppeling.core.clock import today
from koppeling.core.ids import ConnectionId
from koppeling.intake.keys import IntakeKey, KeyText
from koppeling.intake.ports import TooFast

# How often a key may be used within a second
MOST_A_SECOND = 10
_KEY = "KEY#"
_ITEM = Codec(IntakeKey, aside=["connection", "digest", "last_used"])


def intake_key(connection: str) -> str:
    """Return the partition of the keys of a connection; no other code builds it (S9)."""
    return f"INTAKE#{connection}"


class IntakeKeyStore(SyncStore):
    """Keeps keys in SyncTable; `opened_at` is the second of their last use, `version` how often."""

    def add(self, key: IntakeKey) -> None:
        item = self._item(key.connection, key.digest)
        item.data, item.opened_at, item.version = _ITEM.encode(key), 0, 0
        item.save()

    def of(self, connection: ConnectionId) -> list[IntakeKey]:
        found = self._items.query(
            intake_key(connection), self._items.sk.startswith(_KEY), consistent_read=True
        )
        return sorted((_key(connection, item) for item in found), key=lambda key: key.made_at)

    def remove(self, key: IntakeKey) -> None:
        self._item(key.connection, key.digest).delete()

    def use(self, text: KeyText, now: datetime) -> IntakeKey | None:
        second = epoch(now)
        item = self._item(text.connection, text.digest)
        seen, used = self._items.opened_at, self._items.version
        # The first in its second, or one of the others; of no key both conditions fail
        first = self._update(item, [seen.set(second), used.set(1)], seen < second)
        if first or self._update(item, [used.add(1)], used < MOST_A_SECOND):
            return _key(text.connection, item)
        held = find(self._items, item.pk, item.sk, consistent_read=True)
        if held is None:
            return None
        raise TooFast

    def _item(self, connection: ConnectionId, digest: str) -> SyncItem:
        return self._items(intake_key(connection), f"{_KEY}{digest}")


def _key(connection: ConnectionId, item: SyncItem) -> IntakeKey:
    used = today(moment(item.opened_at)) if item.opened_at else None
    digest = item.sk.removeprefix(_KEY)
    return _ITEM.decode(item.data, connection=connection, digest=digest, last_used=used)
