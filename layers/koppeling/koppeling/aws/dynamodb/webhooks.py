"""Which administrations Exact tells of, and when it last told something of each connection.

Both kinds are apart from everything else of a connection: the function behind the webhook may read
and write these partitions, and of the others none but the list that a tick reads.
"""

from datetime import datetime, timedelta

from koppeling.aws.dynamodb.table import SyncStore, epoch
from koppeling.core.ids import ConnectionId

DIVISIONS = "WEBHOOK-DIVISIONS"
EARLY_TICKS = "WEBHOOK-TICKS"
# X178: Exact delivers a message again for a day and a half
KEPT = timedelta(days=2)


class WebhookStore(SyncStore):
    """Keeps both in SyncTable; each item names its connection, with which it is erased."""

    def note(self, connection: ConnectionId, division: int, until: datetime) -> None:
        # An update, since the watch may put no item
        item = self._items(DIVISIONS, f"{division}#{connection}")
        ends = self._items.expires_at.set(epoch(until))
        self._update(item, [self._items.owner.set(connection), ends])

    def connections_of(self, division: int) -> list[ConnectionId]:
        # The table removes what has ended within days only
        starts, now = self._items.sk.startswith(f"{division}#"), epoch(self._now())
        found = self._items.query(DIVISIONS, starts)
        return [ConnectionId(item.owner) for item in found if item.expires_at > now]

    def is_first(self, connection: ConnectionId, entity: str, digest: str, until: datetime) -> bool:
        now, items = self._now(), self._items
        is_over = items.not_before.does_not_exist() | (items.not_before < epoch(now) + 1)
        is_new = items.mark.does_not_exist() | (items.mark != digest)
        actions = [
            items.owner.set(connection),
            items.mark.set(digest),
            items.not_before.set(epoch(until)),
            items.expires_at.set(epoch(now + KEPT)),
        ]
        item = items(EARLY_TICKS, f"{connection}#{entity}")
        return self._update(item, actions, is_over & is_new)

    def withdraw(self, connection: ConnectionId, entity: str) -> None:
        items = self._items
        item = items(EARLY_TICKS, f"{connection}#{entity}")
        self._update(item, [items.not_before.remove(), items.mark.remove()])
