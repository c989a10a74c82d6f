"""The shape of a link-field table, and what most rows of one do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from koppeling.core.text import clean
from koppeling.pull.link_values import LinkValue, Row


@dataclass(frozen=True, slots=True)
class LinkField:
    """One row of a table: a field of QicsMilestones, its field of Exact, and the rule between.

    An empty source empties the target, unless the field `stays` as it is then (L3).
    """

    target: str
    source: str
    rule: Callable[[object], LinkValue] = clean
    stays: bool = False


def carried(table: Iterable[LinkField], row: Row) -> dict[str, LinkValue]:
    """Return the link values of one row of Exact by a table."""
    return {
        link.target: value
        for link in table
        if (value := link.rule(row.get(link.source))) is not None or not link.stays
    }


def sources(*tables: Iterable[LinkField]) -> frozenset[str]:
    """Return the fields of Exact that tables read: what `$select` asks for, and no more (L11)."""
    return frozenset(link.source for table in tables for link in table)


def number(value: object) -> Decimal | None:
    """Return a number as Exact sent it or as its stored copy holds it; None when empty."""
    return None if value is None or value == "" else Decimal(str(value))


def is_active_on(day: date, start: object, end: object) -> bool:
    """Say whether a record is active on a day; both bounds count, an empty one is open (L7)."""
    begins, ends = _day(start), _day(end)
    return (begins is None or begins <= day) and (ends is None or ends >= day)


def next_change(day: date, start: object, end: object) -> date | None:
    """Return the next day on which `is_active_on` may answer otherwise; None when there is none."""
    begins, ends = _day(start), _day(end)
    days = [] if begins is None else [begins]
    if ends is not None and ends < date.max:
        days.append(ends + timedelta(days=1))
    return min((moment for moment in days if moment > day), default=None)


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
