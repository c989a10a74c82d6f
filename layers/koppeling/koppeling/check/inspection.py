"""The records that the readiness check compares, with only the fields it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from koppeling.core.ids import ExactId, MilestonesId

CUSTOMER = "C"  # X78
SALES, RETURN = 20, 21  # X85
INCLUDING = "I"  # X81
PURCHASE = "P"  # X82


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal of Exact, with the account on which it books what customers owe (X85)."""

    code: str
    type: int
    blocked: bool
    gl_account: ExactId | None
    gl_account_code: str | None


@dataclass(frozen=True, slots=True)
class FinancialPeriod:
    """A financial period; Exact tells that it exists, not that it is open."""

    year: int
    number: int


@dataclass(frozen=True, slots=True)
class Account:
    """A relation of Exact; `receivable` is its own account for debtors, None for the usual one."""

    number: str
    name: str
    status: str
    receivable: ExactId | None = None


@dataclass(frozen=True, slots=True)
class ExactVatCode:
    """A VAT code of Exact; the percentage is that of today, as QicsMilestones writes one."""

    code: str
    name: str
    percentage: Decimal | None
    type: str
    use: str
    blocked: bool
    reverse_charge: bool

    @property
    def takes_sales(self) -> bool:
        """Say whether a line of an invoice can carry this code (X81, X82, X96)."""
        return not self.blocked and self.use != PURCHASE and self.type != INCLUDING


@dataclass(frozen=True, slots=True)
class Customer:
    """An active customer of QicsMilestones, with the keys it refers to, by entity."""

    number: str
    name: str
    references: Mapping[str, MilestonesId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MilestonesVatCode:
    """A VAT code of QicsMilestones."""

    code: str
    name: str
    percentage: Decimal | None
    reverse_charge: bool


@dataclass(frozen=True, slots=True)
class CodeInUse:
    """A record of QicsMilestones that is in use, and of which Exact must know the code."""

    key: MilestonesId
    code: str
    name: str
