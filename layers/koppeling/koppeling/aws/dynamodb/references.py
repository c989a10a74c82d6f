"""Ids that were looked up by code, so that they are not looked up again soon."""

from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.table import SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId

# P3: a looked-up id is trusted for a day
TRUSTED_FOR = timedelta(hours=24)


class LookupCacheStore(SyncStore):
    """Keeps what a code stands for in either system, for a day.

    `system` is `exact` or `milestones`, `kind` is what was looked up there.
    """

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return None also for an entry that is older than a day: TTL removes it late."""
        item = find(self._items, connection_key(connection), _sort_key(system, kind, code))
        if item is None or item.expires_at <= epoch(self._now()):
            return None
        return dict(item.data)

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        key = (connection_key(connection), _sort_key(system, kind, code))
        expires_at = epoch(self._now() + TRUSTED_FOR)
        self._items(*key, data=found, expires_at=expires_at).save()

    def forget(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Let an entry expire now, and TTL removes it: who pushes invoices may delete no item.

        One that another function writes meanwhile is only asked once more.
        """
        key = (connection_key(connection), _sort_key(system, kind, code))
        self._items(*key, data={}, expires_at=epoch(self._now())).save()


def _sort_key(system: str, kind: str, code: str) -> str:
    return f"REFERENCE#{system}#{kind}#{code}"
