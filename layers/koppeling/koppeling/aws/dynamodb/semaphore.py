"""The semaphore: how many pushes may run at a time per administration (R25)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from pynamodb.expressions.condition import Condition

from koppeling.aws.dynamodb.table import SyncStore, division_key, epoch, is_unleased
from koppeling.core.ids import Division
from koppeling.push.outbox import LIFE
from koppeling.push.ports import Permit

MAX_PERMITS = 2  # R25
# Longer than a push runs, so that nobody takes over a permit that is still in use
LEASE = LIFE + timedelta(seconds=20)
# TTL removes the items of an administration that books nothing any more
FORGOTTEN = timedelta(days=1)


class SemaphoreStore(SyncStore):
    """Hands out the permits of an administration, each under a lease."""

    def acquire(self, host: str, division: Division) -> Permit | None:
        owner = uuid4().hex
        permits = (Permit(host, division, place, owner) for place in range(MAX_PERMITS))
        return next(filter(self._try_acquire, permits), None)

    def release(self, permit: Permit) -> None:
        """Do nothing when its lease ran out and another push has acquired it."""
        actions = [self._items.lease_until.remove(), self._items.state.remove()]
        self._change(permit, actions, self._items.state == permit.owner)

    def in_use(self, host: str, division: Division) -> bool:
        """Say whether an invoice is being booked in an administration at this moment."""
        partition = division_key(host, division)
        found = self._items.query(
            partition, self._items.sk.startswith("PUSHING#"), consistent_read=True
        )
        now = epoch(self._now())
        return any((item.lease_until or 0) >= now for item in found)

    def _try_acquire(self, permit: Permit) -> bool:
        now = self._now()
        actions = [
            self._items.lease_until.set(epoch(now + LEASE)),
            self._items.state.set(permit.owner),
            self._items.expires_at.set(epoch(now + FORGOTTEN)),
        ]
        return self._change(permit, actions, is_unleased(self._items, now))

    def _change(self, permit: Permit, actions: list[Any], condition: Condition) -> bool:
        key = (division_key(permit.host, permit.division), f"PUSHING#{permit.place}")
        return self._update(self._items(*key), actions, condition)
