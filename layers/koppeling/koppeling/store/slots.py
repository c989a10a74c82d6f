"""Slots: so many pushes at a time per administration (R25)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from pynamodb.exceptions import UpdateError

from koppeling.clock import Now
from koppeling.domain.names import Division
from koppeling.domain.slots import Slot
from koppeling.store.pulls import CONDITION_FAILED
from koppeling.store.table import SyncItem, division_key, epoch

# R25: at most two pushes at a time
PLACES = 2
# Longer than the function may run (180 s), so that no other push takes a place that is still in use
LEASE = timedelta(seconds=200)
# An administration that books nothing any more leaves nothing behind
FORGOTTEN = timedelta(days=1)


class SlotStore:
    """Hands out the places of an administration, each under a lease."""

    def __init__(self, items: type[SyncItem], now: Now) -> None:
        self._items = items
        self._now = now

    def take(self, host: str, division: Division) -> Slot | None:
        """Return a place that is free; None while all are in use."""
        owner = uuid4().hex
        return next(
            (
                Slot(host, division, place, owner)
                for place in range(PLACES)
                if self._taken(Slot(host, division, place, owner))
            ),
            None,
        )

    def give_back(self, slot: Slot) -> None:
        """Free a place; nothing happens when its lease ran out and another push has it."""
        self._changed(
            slot,
            [self._items.lease_until.remove(), self._items.state.remove()],
            self._items.state == slot.owner,
        )

    def _taken(self, slot: Slot) -> bool:
        now = self._now()
        free = self._items.lease_until.does_not_exist() | (self._items.lease_until < epoch(now))
        actions = [
            self._items.lease_until.set(epoch(now + LEASE)),
            self._items.state.set(slot.owner),
            self._items.expires_at.set(epoch(now + FORGOTTEN)),
        ]
        return self._changed(slot, actions, free)

    def _changed(self, slot: Slot, actions: list[Any], condition: Any) -> bool:  # noqa: ANN401 - pynamodb's own
        item = self._items(division_key(slot.host, slot.division), f"PUSHING#{slot.place}")
        try:
            item.update(actions=actions, condition=condition)
        except UpdateError as error:
            if error.cause_response_code == CONDITION_FAILED:
                return False
            raise
        return True
