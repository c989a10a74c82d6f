"""Slots: so many pushes at a time per administration (R25)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from koppeling.aws.dynamodb.table import SyncItem, division_key, epoch, write_if
from koppeling.core.clock import Now
from koppeling.core.ids import Division
from koppeling.push.outbox import LIFE
from koppeling.push.ports import Permit

# R25: at most two pushes at a time
MAX_PERMITS = 2
# Longer than a push runs, so that no other takes a place that is still in use
LEASE = LIFE + timedelta(seconds=20)
# An administration that books nothing any more leaves nothing behind
FORGOTTEN = timedelta(days=1)


class SemaphoreStore:
    """Hands out the places of an administration, each under a lease."""

    def __init__(self, items: type[SyncItem], now: Now) -> None:
        self._items = items
        self._now = now

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Return a place that is free; None while all are in use."""
        owner = uuid4().hex
        places = (Permit(host, division, place, owner) for place in range(MAX_PERMITS))
        return next(filter(self._taken, places), None)

    def release(self, permit: Permit) -> None:
        """Free a place; nothing happens when its lease ran out and another push has it."""
        self._changed(
            permit,
            [self._items.lease_until.remove(), self._items.state.remove()],
            self._items.state == permit.owner,
        )

    def _taken(self, slot: Permit) -> bool:
        now = self._now()
        free = self._items.lease_until.does_not_exist() | (self._items.lease_until < epoch(now))
        actions = [
            self._items.lease_until.set(epoch(now + LEASE)),
            self._items.state.set(slot.owner),
            self._items.expires_at.set(epoch(now + FORGOTTEN)),
        ]
        return self._changed(slot, actions, free)

    def _changed(self, slot: Permit, actions: list[Any], condition: Any) -> bool:  # noqa: ANN401 - pynamodb's own
        item = self._items(division_key(slot.host, slot.division), f"PUSHING#{slot.place}")
        return write_if(lambda: item.update(actions=actions, condition=condition))
