"""Items: an article that is sold, as an ItemCompany (L 3.5)."""

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
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference
from koppeling.pull.record import Sources


def _vat_code(value: object) -> Reference:
    return Reference("vat_codes", clean(value))


ITEM = (
    LinkField("ItemCode", "Code"),
    LinkField("Name", "Description", stays=True),
    LinkField("LongDescription", "ExtraDescription"),
    # Empty in Exact: the item follows the account of its group, which is not known here
    LinkField("GLAccountRevenue", "GLRevenueCode", stays=True),
    LinkField("VatCodeId", "SalesVatCode", _vat_code),
)
SOURCES = sources(ITEM) | {"ID", "Timestamp", "IsSalesItem", "IsTime", "StartDate", "EndDate"}


def map_item(
    rows: Sources, connection: Connection, today: date, _written: Mapping[str, LinkValue]
) -> Mapped | None:
    """Return what an item means for QicsMilestones; None when it has no code."""
    row = only_row(rows, "items")
    code = clean(row.get("Code")) if row else None
    if row is None or code is None:
        return None
    period = row.get("StartDate"), row.get("EndDate")
    active = bool(row.get("IsSalesItem")) and is_active_on(today, *period)
    values = {**carried(ITEM, row), "IsActive": active}
    # An item that nobody sells needs no account
    lacks_account = active and "GLAccountRevenue" not in values
    return Mapped(
        code=code,
        values=values,
        on_create=_on_create(connection, is_time=bool(row.get("IsTime"))),
        importable=active,
        changes_on=next_change(today, *period),
        notices=(Notice("item-without-revenue-account", {"item": code}),) if lacks_account else (),
    )


def _on_create(connection: Connection, *, is_time: bool) -> dict[str, LinkValue]:
    return {
        "CompanyId": connection.company_id,
        "ItemType": connection.time_item_type if is_time else connection.other_item_type,
        "AllowTimeEntry": is_time,
        "WillBeInvoiced": True,
        "AllowPriceModifications": True,
    }
