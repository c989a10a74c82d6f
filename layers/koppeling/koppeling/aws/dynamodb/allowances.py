"""How often something was done lately: the moments of it, one small item for each thing."""

from datetime import datetime, timedelta

from koppeling.aws.dynamodb.table import SyncStore, epoch, find, new_mark

_SORT_KEY = "ALLOWANCE"
# Who loses this many races in a row is no person
_TRIES = 5


class AllowanceStore(SyncStore):
    """Counts exactly: each writes only upon what it has read."""

    def take(self, what: str, limit: int, within: timedelta, now: datetime) -> bool:
        """Take one; whoever is overtaken looks again, and in the end goes without."""
        key = f"{_SORT_KEY}#{what}"
        for _ in range(_TRIES):
            item = find(self._items, key, _SORT_KEY, consistent_read=True)
            before: list[int] = [] if item is None else item.data["taken"]
            lately = [at for at in before if at > epoch(now - within)]
            if len(lately) >= limit:
                return False
            actions = [
                self._items.data.set({"taken": [*lately, epoch(now)]}),
                self._items.expires_at.set(epoch(now + within)),
                self._items.mark.set(new_mark()),
            ]
            as_read = self._as_read(None if item is None else item.mark)
            if self._update(self._items(key, _SORT_KEY), actions, as_read):
                return True
        return False
