"""VAT codes: a code of Exact by which sales are booked, as a VatCode (L 3.1)."""

from collections.abc import Mapping
from datetime import date

from koppeling.core.connection import Connection
from koppeling.core.text import clean
from koppeling.pull.entities.link_field import LinkField, carried, number, only_row, sources
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Row
from koppeling.pull.record import Sources

PURCHASE_ONLY = "P"  # X82
INCLUDING_VAT = "I"  # X81
# X83; the names in QicsMilestones are assumed, but for Services
ICP_RETURNS = {"S": "Services", "L": "Goods", "T": "Triangulation"}
# The Dutch word by which a bookkeeper names a code of the reverse charge
REVERSED = "verlegd"


def _percentage(value: object) -> str | None:
    """Return a fraction as a percentage, without trailing zeros (L6, X77)."""
    fraction = number(value)
    return None if fraction is None else f"{(fraction * 100).normalize():f}"


def _icp_return(value: object) -> str | None:
    return ICP_RETURNS.get(clean(value) or "")


VAT_CODE = (
    LinkField("Code", "Code"),
    LinkField("Name", "Description", stays=True),
    LinkField("Percentage", "Percentage", _percentage, stays=True),
    LinkField("IcpReturn", "EUSalesListing", _icp_return),
)
SOURCES = sources(VAT_CODE) | {"ID", "Charged", "IsBlocked", "Type", "VATTransactionType"}


def map_vat_code(
    rows: Sources, _connection: Connection, _today: date, _written: Mapping[str, LinkValue]
) -> Mapped | None:
    """Return what a VAT code means for QicsMilestones; None when it has no code.

    A code that is blocked later stays over there, which knows no inactive ones.
    """
    row = only_row(rows, "vat_codes")
    code = clean(row.get("Code")) if row else None
    if row is None or code is None:
        return None
    # Of a code that no invoice can carry, neither a record nor a warning is made
    importable = not row.get("IsBlocked") and clean(row.get("VATTransactionType")) != PURCHASE_ONLY
    is_unusable = importable and clean(row.get("Type")) == INCLUDING_VAT
    return Mapped(
        code=code,
        values={**carried(VAT_CODE, row), "ReverseCharge": _is_reverse_charge(row)},
        on_create={"IsDefault": False},
        importable=importable,
        notices=(Notice("vat-code-inclusive", {"code": code}),) if is_unusable else (),
    )


def _is_reverse_charge(row: Row) -> bool:
    return bool(row.get("Charged")) or REVERSED in (clean(row.get("Description")) or "").lower()
