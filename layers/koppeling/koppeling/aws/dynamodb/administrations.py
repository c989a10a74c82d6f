"""Calls to Exact as all functions of a stack know them, one item per administration."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, division_key
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget


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
        return _from_data(item.data or {}, item.errors or {})

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write what is known of the limits."""
        self._write(host, division, self._items.data.set(_limits(budget)))

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write which errors were counted."""
        errors = {name: [_text(at) for at in when] for name, when in budget.errors.items()}
        self._write(host, division, self._items.errors.set(errors))

    def _write(self, host: str, division: Division, action: Any) -> None:  # noqa: ANN401 - pynamodb's
        actions: list[Any] = [action, self._items.schema.set(SCHEMA)]
        self._items(division_key(host, division), "BUDGET").update(actions=actions)


def _limits(budget: CallBudget) -> dict[str, Any]:
    return {
        "day_limit": budget.day_limit,
        "day_remaining": budget.day_remaining,
        "day_resets_at": _text(budget.day_resets_at),
        "minute_remaining": budget.minute_remaining,
        "minute_resets_at": _text(budget.minute_resets_at),
    }


def _from_data(limits: Mapping[str, Any], errors: Mapping[str, list[str]]) -> CallBudget:
    return CallBudget(
        day_limit=limits.get("day_limit"),
        day_remaining=limits.get("day_remaining"),
        day_resets_at=_moment(limits.get("day_resets_at")),
        minute_remaining=limits.get("minute_remaining"),
        minute_resets_at=_moment(limits.get("minute_resets_at")),
        errors={
            name: tuple(datetime.fromisoformat(at) for at in when) for name, when in errors.items()
        },
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


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
        return DivisionFacts(
            status=data["status"],
            blocking_status=data["blocking_status"],
            moved=data["moved"],
            looked_at=datetime.fromisoformat(data["looked_at"]),
        )

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""
        data = {
            "status": facts.status,
            "blocking_status": facts.blocking_status,
            "moved": facts.moved,
            "looked_at": facts.looked_at.isoformat(),
        }
        self._items(division_key(host, division), "FACTS", data=data).save()
