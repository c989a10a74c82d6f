"""VAT codes on which sales are booked, as a VatCode (L 3.1)."""

from koppeling.core.exact_rights import MASTER_DATA
from koppeling.core.text import clean, code_of
from koppeling.pull.entities.entity import Entity, Feed, FeedKind, Target, WireKind
from koppeling.pull.entities.fields import LISTED, FieldKind, of_kind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    by_code,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import Mapped, Notice, Row

PURCHASE_ONLY = "P"  # X82
INCLUDING_VAT = "I"  # X81
# X83; the names in QicsMilestones are assumed, but for Services
ICP_RETURNS = {"S": "Services", "L": "Goods", "T": "Triangulation"}
# Bookkeepers put this Dutch word in the name of a code for the reverse charge
REVERSED = "verlegd"


def _percentage(value: object) -> str | None:
    """Return a fraction as a percentage, without trailing zeros (L6, X77)."""
    fraction = number(value)
    return None if fraction is None else f"{(fraction * 100).normalize():f}"


def _icp_return(value: object) -> str | None:
    return ICP_RETURNS.get(clean(value) or "")


VAT_CODE = (
    LinkField("Code", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
    LinkField("Percentage", "Percentage", _percentage, stays=True, kind=FieldKind.NUMBER),
    LinkField("IcpReturn", "EUSalesListing", _icp_return),
)
_FIELDS = {
    **LISTED,
    **source_fields(VAT_CODE),
    **of_kind(FieldKind.FLAG, "Charged", "IsBlocked"),
    **of_kind(FieldKind.TEXT, "Type", "VATTransactionType"),
}


@by_code
def map_vat_code(row: Row, code: str, _context: MappingContext) -> Mapped:
    """Return what a VAT code means for QicsMilestones, which knows no inactive ones.

    A code that is blocked later stays there as it is.
    """
    # No invoice can carry a purchase-only or blocked code: no record, and no warning either
    importable = not row.get("IsBlocked") and clean(row.get("VATTransactionType")) != PURCHASE_ONLY
    is_unusable = importable and clean(row.get("Type")) == INCLUDING_VAT
    return Mapped(
        code=code,
        values={**map_fields(VAT_CODE, row), "ReverseCharge": _is_reverse_charge(row)},
        on_create={"IsDefault": False},
        importable=importable,
        notices=(Notice("vat-code-inclusive", {"code": code}),) if is_unusable else (),
    )


def _is_reverse_charge(row: Row) -> bool:
    return bool(row.get("Charged")) or REVERSED in (clean(row.get("Description")) or "").lower()


VAT_CODES = Entity(
    name="vat_codes",
    feeds=(Feed("vat_codes", "vat/VATCodes", _FIELDS, kind=FeedKind.LIST),),
    right=MASTER_DATA,
    target=Target(
        "VatCode",
        code="Code",
        kinds={"Percentage": WireKind.DECIMAL},
        per_company=False,
        agreed="Percentage",
        active="",
    ),
    map=map_vat_code,
)
