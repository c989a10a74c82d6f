"""What all functions of a stack know of an administration: its call budget and its state."""

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, division_key, find, new_mark
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget

_BUDGET = Codec(CallBudget, aside=["mark"])
_LIMITS = Codec(CallBudget, aside=["errors", "mark"])
_FACTS = Codec(DivisionFacts)


class BudgetStore(SyncStore):
    """Keeps the call budget of each administration.

    The last writer of the limits wins: the next headers correct them soon. The errors have an
    attribute of their own, so that writing limits never wipes out an error that another function
    counted, and are written only on what was read (R7).
    """

    def get(self, host: str, division: Division, *, newest: bool = False) -> CallBudget:
        key = division_key(host, division)
        item = find(self._items, key, "BUDGET", consistent_read=newest)
        if item is None:
            return CallBudget()
        held = {**(item.data or {}), "errors": item.errors or {}}
        return _BUDGET.decode(held, mark=item.mark or "")

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        limits = self._items.data.set(_LIMITS.encode(budget))
        self._update(self._item(host, division), [limits])

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> bool:
        actions = [
            self._items.errors.set(_BUDGET.encode(budget)["errors"]),
            self._items.mark.set(new_mark()),
        ]
        return self._update(self._item(host, division), actions, self._as_read(budget.mark))

    def _item(self, host: str, division: Division) -> SyncItem:
        return self._items(division_key(host, division), "BUDGET")


class DivisionStore(SyncStore):
    """Keeps the last known state of each administration."""

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        item = find(self._items, division_key(host, division), "FACTS")
        return None if item is None else _FACTS.decode(item.data)

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        data = _FACTS.encode(facts)
        self._items(division_key(host, division), "FACTS", data=data).save()
