"""What the link assumes of QicsMilestones' API: the one place for its names, types and paths.

A large part of that API is not public (see the remarks M1 to M28), so nothing of it may be spread
through the code: what turns out to be different is changed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

API_PATH = "/api/V3/odata/"  # M1
PAGE_SIZE = 100  # M18


class Kind(StrEnum):
    """How a field travels: 64-bit integers and decimals as text, the rest as JSON has it (M14)."""

    INT64 = "int64"
    DECIMAL = "decimal"
    INTEGER = "integer"
    TEXT = "text"
    BOOL = "bool"


@dataclass(frozen=True, slots=True)
class Target:
    """One entity of QicsMilestones: its path, its key, its code, and the fields that are no text.

    `per_company` says whether its records carry a CompanyId (M25).
    """

    path: str
    key: str
    code: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    per_company: bool = True

    def kind(self, name: str) -> Kind:
        """Return how a field travels; what is not named here is text."""
        return self.kinds.get(name, Kind.TEXT)


CUSTOMER_COMPANY = Target(
    path="CustomerCompany",
    key="CustomerCompanyId",
    code="CustomerCode",
    kinds={
        "CustomerCompanyId": Kind.INT64,
        "CompanyId": Kind.INT64,
        "VatCodeId": Kind.INT64,
        "PaymentConditionId": Kind.INT64,
        "InvoiceCustomerCompanyId": Kind.INT64,
        "IsActive": Kind.BOOL,
        "InvoiceAddressSameAsVisitAddress": Kind.BOOL,
    },
)
VAT_CODE = Target(
    path="VatCode",
    key="VatCodeId",
    code="Code",
    kinds={"VatCodeId": Kind.INT64, "Percentage": Kind.DECIMAL},
    per_company=False,
)
PAYMENT_CONDITION = Target(
    path="PaymentCondition",
    key="PaymentConditionId",
    code="Code",
    kinds={"PaymentConditionId": Kind.INT64, "CompanyId": Kind.INT64, "TermsInDays": Kind.INTEGER},
)

TARGETS: Mapping[str, Target] = {
    "accounts": CUSTOMER_COMPANY,
    "vat_codes": VAT_CODE,
    "payment_conditions": PAYMENT_CONDITION,
}
