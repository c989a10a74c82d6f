"""Items that are sold, as an ItemCompany (L 3.5)."""

from koppeling.core.connection import Connection
from koppeling.core.text import code_of
from koppeling.pull.entities.days import is_active_on, next_change
from koppeling.pull.entities.entity import Entity, Feed, Target, WireKind
from koppeling.pull.entities.fields import SYNCED, FieldKind, of_kind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference, Row


def _vat_code(value: object) -> Reference:
    return Reference("vat_codes", code_of(value))


ITEM = (
    LinkField("ItemCode", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
    LinkField("LongDescription", "ExtraDescription"),
    # Empty in Exact means the account of its item group, which is not known here
    LinkField("GLAccountRevenue", "GLRevenueCode", code_of, stays=True, kind=FieldKind.CODE),
    LinkField("VatCodeId", "SalesVatCode", _vat_code, kind=FieldKind.CODE),
)
_FIELDS = {
    **SYNCED,
    **source_fields(ITEM),
    **of_kind(FieldKind.FLAG, "IsSalesItem"),
    **of_kind(FieldKind.NUMBER, "IsTime"),
    **of_kind(FieldKind.DAY, "StartDate", "EndDate"),
}


@by_code
def map_item(row: Row, code: str, context: MappingContext) -> Mapped:
    """Return what an item means for QicsMilestones."""
    period = row.get("StartDate"), row.get("EndDate")
    is_sold = bool(row.get("IsSalesItem"))
    active = is_sold and is_active_on(context.today, *period)
    values = {**map_fields(ITEM, row), "IsActive": active}
    # An item that is not sold needs no account
    lacks_account = active and "GLAccountRevenue" not in values
    return Mapped(
        code=code,
        values=values,
        on_create=_on_create(context.connection, is_time=bool(number(row.get("IsTime")))),
        importable=active,
        # One that has ended is not created. Where it stands already, it is adopted
        adoptable=is_sold,
        changes_on=next_change(context.today, *period),
        notices=(Notice("item-without-revenue-account", {"item": code}),) if lacks_account else (),
    )


def _on_create(connection: Connection, *, is_time: bool) -> dict[str, LinkValue]:
    return {
        "ItemType": connection.time_item_type if is_time else connection.other_item_type,
        "AllowTimeEntry": is_time,
        "WillBeInvoiced": True,
        "AllowPriceModifications": True,
    }


ITEMS = Entity(
    name="items",
    feeds=(Feed("items", "sync/Logistics/Items", _FIELDS, deletion_type=9),),
    right="Artikelen bekijken",  # X32: assumed
    target=Target("ItemCompany", code="ItemCode", kinds={"VatCodeId": WireKind.INT64}),
    map=map_item,
)
