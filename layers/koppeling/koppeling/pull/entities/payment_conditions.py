"""Payment conditions: all rows of one code in Exact, as a PaymentCondition (L 3.2)."""

from collections.abc import Iterable

from koppeling.core.exact_rights import MASTER_DATA
from koppeling.core.text import code_of
from koppeling.pull.entities.entity import Entity, Feed, FeedKind, Target, WireKind
from koppeling.pull.entities.fields import LISTED, FieldKind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import Mapped, Notice, Row
from koppeling.pull.record import Sources


def _whole(value: object) -> int:
    return int(number(value) or 0)


PAYMENT_CONDITION = (
    LinkField("Code", "Code", code_of, kind=FieldKind.CODE),
    LinkField("Name", "Description", stays=True),
    LinkField("TermsInDays", "PaymentDays", _whole, kind=FieldKind.NUMBER),
)
_FIELDS = {
    **LISTED,
    **source_fields(PAYMENT_CONDITION),
    "PaymentEndOfMonths": FieldKind.NUMBER,
}


def map_payment_condition(rows: Sources, _context: MappingContext) -> Mapped | None:
    """Return what the rows of one code mean for QicsMilestones; None when they have no code.

    A condition in instalments has several rows: the one with the most days says when all is paid.
    """
    instalments = rows.get("payment_conditions", {}).values()
    last = max(instalments, key=_days_and_id, default=None)
    code = code_of(last.get("Code")) if last else None
    if last is None or code is None:
        return None
    return Mapped(
        code=code,
        values=map_fields(PAYMENT_CONDITION, last),
        notices=tuple(_notices(instalments, last, code)),
    )


def _days_and_id(row: Row) -> tuple[int, str]:
    return _whole(row.get("PaymentDays")), row["ID"]


def _notices(instalments: Iterable[Row], last: Row, code: str) -> Iterable[Notice]:
    """Yield a notice when days alone cannot express the condition."""
    months = [_whole(row.get("PaymentEndOfMonths")) for row in instalments]
    if len(months) > 1 or any(months):
        days = str(_whole(last.get("PaymentDays")))
        yield Notice("payment-condition-simplified", {"code": code, "days": days})


PAYMENT_CONDITIONS = Entity(
    name="payment_conditions",
    feeds=(
        # X84: the rows of one code, its instalments, are one record
        Feed(
            "payment_conditions",
            "cashflow/PaymentConditions",
            _FIELDS,
            owner="Code",
            kind=FeedKind.LIST,
        ),
    ),
    right=MASTER_DATA,
    target=Target(
        "PaymentCondition", code="Code", kinds={"TermsInDays": WireKind.INTEGER}, active=""
    ),
    map=map_payment_condition,
    codes_must_exist=True,
)
