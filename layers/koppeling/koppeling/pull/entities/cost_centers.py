"""Cost centres, as a CostCenter (L 3.3)."""

from koppeling.core.exact_rights import MASTER_DATA
from koppeling.core.text import code_of
from koppeling.pull.entities.days import is_active_on, next_change
from koppeling.pull.entities.entity import Entity, Feed, FeedKind, Target
from koppeling.pull.entities.fields import LISTED, FieldKind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    map_fields,
    source_fields,
)
from koppeling.pull.link_values import Mapped, Row

COST_CENTER = (
    LinkField("Code", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
)
# X96: `Active` is obsolete, so only the end date counts
_FIELDS = {**LISTED, **source_fields(COST_CENTER), "EndDate": FieldKind.DAY}


@by_code
def map_cost_center(row: Row, code: str, context: MappingContext) -> Mapped:
    """Return what a cost centre means for QicsMilestones."""
    ends = row.get("EndDate")
    is_active = is_active_on(context.today, None, ends)
    return Mapped(
        code=code,
        values={**map_fields(COST_CENTER, row), "IsActive": is_active},
        changes_on=next_change(context.today, None, ends),
    )


COST_CENTERS = Entity(
    name="cost_centers",
    feeds=(Feed("cost_centers", "hrm/Costcenters", _FIELDS, kind=FeedKind.LIST),),
    right=MASTER_DATA,
    target=Target("CostCenter", code="Code"),
    map=map_cost_center,
    codes_must_exist=True,
)
