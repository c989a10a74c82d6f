"""What all functions of a stack know of an administration: its call budget and its state."""

from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncStore, division_key, find
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget

_BUDGET, _LIMITS = Codec(CallBudget), Codec(CallBudget, aside=["errors"])
_FACTS = Codec(DivisionFacts)


class BudgetStore(SyncStore):
    """Keeps the call budget of each administration.

    The last writer of the limits wins: the next headers correct them soon. The errors have an
    attribute of their own, so that writing limits never wipes out an error that another function
    counted (R7).
    """

    def get(self, host: str, division: Division) -> CallBudget:
        item = find(self._items, division_key(host, division), "BUDGET")
        if item is None:
            return CallBudget()
        return _BUDGET.decode({**(item.data or {}), "errors": item.errors or {}})

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        self._set(host, division, self._items.data.set(_LIMITS.encode(budget)))

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> None:
        self._set(host, division, self._items.errors.set(_BUDGET.encode(budget)["errors"]))

    def _set(self, host: str, division: Division, action: Any) -> None:  # noqa: ANN401 - pynamodb's
        self._update(self._items(division_key(host, division), "BUDGET"), [action])


class DivisionStore(SyncStore):
    """Keeps the last known state of each administration."""

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        item = find(self._items, division_key(host, division), "FACTS")
        return None if item is None else _FACTS.decode(item.data)

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        data = _FACTS.encode(facts)
        self._items(division_key(host, division), "FACTS", data=data).save()
