"""A row of a G/L account as the push reads it, from Exact or from the cache."""

from datetime import datetime

from koppeling.core.ids import ExactId
from koppeling.exact.reading import whole
from koppeling.pull.link_values import Row
from koppeling.push.sales_entry import GlAccountCard

READ_AT = "ReadAt"
"""Under which name the moment of reading stands in a row; an earlier release kept none."""


def gl_account_card(row: Row) -> GlAccountCard:
    """Return the account of a row.

    Raises:
        ArithmeticError: a field that counts holds no number; also LookupError, TypeError or
            ValueError.
    """
    return GlAccountCard(
        id=ExactId(row["ID"]),
        type=whole(row["Type"]),
        blocked=bool(row.get("IsBlocked")),
        use_cost_center=whole(row.get("UseCostcenter") or 0),
        use_cost_unit=whole(row.get("UseCostunit") or 0),
        read_at=datetime.fromisoformat(row[READ_AT]) if row.get(READ_AT) else None,
    )
