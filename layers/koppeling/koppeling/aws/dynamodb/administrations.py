"""What all functions of a stack know of an administration: its calls, and whether it is open."""

from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, division_key
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget

_BUDGET, _LIMITS = Codec(CallBudget), Codec(CallBudget, aside=["errors"])
_FACTS = Codec(DivisionFacts)


class BudgetStore:
    """Keeps the newest knowledge of a budget.

    Of the limits the last writer wins: headers correct them soon. The errors stand apart, so that
    who tells of limits does not wipe out an error that another function counted (R7).
    """

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, host: str, division: Division) -> CallBudget:
        """Return what is known; of an administration that was never called, nothing."""
        try:
            item = self._items.get(division_key(host, division), "BUDGET")
        except DoesNotExist:
            return CallBudget()
        return _BUDGET.decode({**(item.data or {}), "errors": item.errors or {}})

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write what is known of the limits."""
        self._write(host, division, self._items.data.set(_LIMITS.encode(budget)))

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write which errors were counted."""
        errors = _BUDGET.encode(budget)["errors"]
        self._write(host, division, self._items.errors.set(errors))

    def _write(self, host: str, division: Division, action: Any) -> None:  # noqa: ANN401 - pynamodb's
        actions: list[Any] = [action, self._items.schema.set(SCHEMA)]
        self._items(division_key(host, division), "BUDGET").update(actions=actions)


class DivisionStore:
    """Keeps the newest facts."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        """Return what was last seen; None when nobody looked yet."""
        try:
            data = self._items.get(division_key(host, division), "FACTS").data
        except DoesNotExist:
            return None
        return _FACTS.decode(data)

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""
        data = _FACTS.encode(facts)
        self._items(division_key(host, division), "FACTS", data=data).save()
