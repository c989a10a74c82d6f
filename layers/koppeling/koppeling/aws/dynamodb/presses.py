"""Which buttons were pressed a moment ago, so that two presses are one."""

from datetime import timedelta

from koppeling.aws.dynamodb.table import SyncStore, connection_key, epoch
from koppeling.core.ids import ConnectionId

# Far beyond the longest time that is asked about
KEPT = timedelta(days=1)


class PressStore(SyncStore):
    """Keeps one small item per connection and button, for a day."""

    def is_first(self, connection: ConnectionId, what: str, within: timedelta) -> bool:
        now = self._now()
        item = self._items(connection_key(connection), f"PRESSED#{what}")
        is_over = self._items.not_before.does_not_exist() | (self._items.not_before < epoch(now))
        actions = [
            self._items.not_before.set(epoch(now + within)),
            self._items.expires_at.set(epoch(now + KEPT)),
        ]
        return self._update(item, actions, is_over)
