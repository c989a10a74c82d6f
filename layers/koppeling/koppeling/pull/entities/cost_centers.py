"""Cost centres, as a CostCenter (L 3.3)."""

from collections.abc import Mapping
from datetime import date

from koppeling.core.connection import Connection
from koppeling.core.text import clean
from koppeling.pull.entities.link_field import (
    LinkField,
    carried,
    is_active_on,
    next_change,
    only_row,
    sources,
)
from koppeling.pull.link_values import LinkValue, Mapped
from koppeling.pull.record import Sources

COST_CENTER = (
    LinkField("Code", "Code"),
    LinkField("Name", "Description", stays=True),
)
# X96: `Active` is obsolete, so the end date alone tells
SOURCES = sources(COST_CENTER) | {"ID", "EndDate"}


def map_cost_center(
    rows: Sources, connection: Connection, today: date, _written: Mapping[str, LinkValue]
) -> Mapped | None:
    """Return what a cost centre means for QicsMilestones; None when it has no code."""
    row = only_row(rows, "cost_centers")
    code = clean(row.get("Code")) if row else None
    if row is None or code is None:
        return None
    ends = row.get("EndDate")
    return Mapped(
        code=code,
        values={**carried(COST_CENTER, row), "IsActive": is_active_on(today, None, ends)},
        on_create={"CompanyId": connection.company_id},
        importable=True,
        changes_on=next_change(today, None, ends),
    )
