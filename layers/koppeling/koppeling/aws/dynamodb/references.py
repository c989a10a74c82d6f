"""Ids that were looked up by code, so that they are not looked up again soon."""

from datetime import timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId

# P3: a looked-up id is trusted for a day
TRUSTED_FOR = timedelta(hours=24)


class LookupCacheStore:
    """Remembers what a code stood for, in either system, for a day.

    `system` is `exact` or `milestones`, `kind` what was looked up there.
    """

    def __init__(self, items: type[SyncItem], now: Now) -> None:
        self._items = items
        self._now = now

    def get(
        self, connection: ConnectionId, system: str, kind: str, code: str
    ) -> dict[str, Any] | None:
        """Return what was remembered; None when nothing was, or when it is a day old."""
        try:
            item = self._items.get(connection_key(connection), _sort_key(system, kind, code))
        except DoesNotExist:
            return None
        # TTL removes items late, so the moment is looked at as well
        fresh = item.expires_at > epoch(self._now())
        return dict(item.data) if fresh else None

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Remember what a code stands for."""
        self._items(
            connection_key(connection),
            _sort_key(system, kind, code),
            data=found,
            expires_at=epoch(self._now() + TRUSTED_FOR),
        ).save()


def _sort_key(system: str, kind: str, code: str) -> str:
    return f"REFERENCE#{system}#{kind}#{code}"
