"""Calls to Exact as all functions of a stack know them, one item per administration."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.domain.budget import Budget
from koppeling.domain.names import Division
from koppeling.store.table import SyncItem


class BudgetStore:
    """Keeps the newest knowledge of a budget. The last writer wins: headers correct it soon."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, host: str, division: Division) -> Budget:
        """Return what is known; of an administration that was never called, nothing."""
        try:
            return _from_data(self._items.get(_partition(host, division), "BUDGET").data)
        except DoesNotExist:
            return Budget()

    def save(self, host: str, division: Division, budget: Budget) -> None:
        """Write what is known now."""
        self._items(_partition(host, division), "BUDGET", data=_to_data(budget)).save()


def _partition(host: str, division: Division) -> str:
    return f"DIVISION#{host}#{division}"


def _to_data(budget: Budget) -> dict[str, Any]:
    return {
        "day_limit": budget.day_limit,
        "day_remaining": budget.day_remaining,
        "day_resets_at": _text(budget.day_resets_at),
        "minute_remaining": budget.minute_remaining,
        "minute_resets_at": _text(budget.minute_resets_at),
        "errors": {name: [_text(at) for at in when] for name, when in budget.errors.items()},
    }


def _from_data(data: Mapping[str, Any]) -> Budget:
    return Budget(
        day_limit=data["day_limit"],
        day_remaining=data["day_remaining"],
        day_resets_at=_moment(data["day_resets_at"]),
        minute_remaining=data["minute_remaining"],
        minute_resets_at=_moment(data["minute_resets_at"]),
        errors={
            name: tuple(datetime.fromisoformat(at) for at in when)
            for name, when in data["errors"].items()
        },
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
