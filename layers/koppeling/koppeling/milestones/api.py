"""What the link assumes of QicsMilestones' API: the one place for its names, types and paths.

A large part of that API is not public (see the remarks M1 to M28), so nothing of it may be spread
through the code: what turns out to be different is changed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

API_PATH = "/api/V3/odata/"  # M1
PAGE_SIZE = 100  # M18


class WireKind(StrEnum):
    """How a field travels: 64-bit integers and decimals as text, the rest as JSON has it (M14)."""

    INT64 = "int64"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
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
    kinds: Mapping[str, WireKind] = field(default_factory=dict)
    per_company: bool = True

    def kind(self, name: str) -> WireKind:
        """Return how a field travels; what is not named here is text."""
        return self.kinds.get(name, WireKind.TEXT)


CUSTOMER_COMPANY = Target(
    path="CustomerCompany",
    key="CustomerCompanyId",
    code="CustomerCode",
    kinds={
        "CustomerCompanyId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "VatCodeId": WireKind.INT64,
        "PaymentConditionId": WireKind.INT64,
        "InvoiceCustomerCompanyId": WireKind.INT64,
        "IsActive": WireKind.BOOL,
        "InvoiceAddressSameAsVisitAddress": WireKind.BOOL,
    },
)
VAT_CODE = Target(
    path="VatCode",
    key="VatCodeId",
    code="Code",
    kinds={
        "VatCodeId": WireKind.INT64,
        "Percentage": WireKind.DECIMAL,
        "ReverseCharge": WireKind.BOOL,
        "IsDefault": WireKind.BOOL,
    },
    per_company=False,
)
PAYMENT_CONDITION = Target(
    path="PaymentCondition",
    key="PaymentConditionId",
    code="Code",
    kinds={
        "PaymentConditionId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "TermsInDays": WireKind.INTEGER,
    },
)
COST_CENTER = Target(
    path="CostCenter",
    key="CostCenterId",
    code="Code",
    kinds={"CostCenterId": WireKind.INT64, "CompanyId": WireKind.INT64, "IsActive": WireKind.BOOL},
)
ITEM_COMPANY = Target(
    path="ItemCompany",
    key="ItemCompanyId",
    code="ItemCode",
    kinds={
        "ItemCompanyId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "VatCodeId": WireKind.INT64,
        "IsActive": WireKind.BOOL,
        "WillBeInvoiced": WireKind.BOOL,
        "AllowTimeEntry": WireKind.BOOL,
        "AllowPriceModifications": WireKind.BOOL,
    },
)
EMPLOYEE_COMPANY = Target(
    path="EmployeeCompany",
    key="EmployeeCompanyId",
    code="EmployeeNumber",
    kinds={
        "EmployeeCompanyId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "EmployeeNumber": WireKind.INTEGER,
        "IsActive": WireKind.BOOL,
        "NormHoursPerWeek": WireKind.DECIMAL,
    },
)
PROJECT = Target(
    path="Project",
    key="ProjectId",
    code="ProjectCode",
    kinds={
        "ProjectId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "CustomerCompanyId": WireKind.INT64,
        "IsActive": WireKind.BOOL,
        "AllowPlanning": WireKind.BOOL,
        "HideBudgetsOnTimesheet": WireKind.BOOL,
        "IsContractReceived": WireKind.BOOL,
        "IsBudgetMandatoryOnTimeEntry": WireKind.BOOL,
        "StartDate": WireKind.DATE,
        "EndDate": WireKind.DATE,
    },
)
ENTITY_STATE = Target(
    path="EntityState",
    key="EntityStateId",
    code="EntityId",
    kinds={
        "EntityStateId": WireKind.INT64,
        "CompanyId": WireKind.INT64,
        "EntityId": WireKind.INT64,
        "IsError": WireKind.BOOL,
    },
)
# Only this value is public; the one for invoices is assumed to be the same (5.7)
INVOICE_STATE_TYPE = "General"

# Read by the readiness check, and never written (M 5.8)
COMPANY = Target(
    path="Company",
    key="CompanyId",
    code="Code",
    kinds={"CompanyId": WireKind.INT64, "CurrencyId": WireKind.INT64},
    per_company=False,
)

# Fields that the readiness check looks at, by what they mean
NAME = "Name"
IS_ACTIVE = "IsActive"
COMPANY_ID = "CompanyId"
PERCENTAGE = "Percentage"
REVERSE_CHARGE = "ReverseCharge"
PAYMENT_CONDITION_ID = "PaymentConditionId"
COST_CENTER_ID = "CostCenterId"

TARGETS: Mapping[str, Target] = {
    "vat_codes": VAT_CODE,
    "payment_conditions": PAYMENT_CONDITION,
    "cost_centers": COST_CENTER,
    "accounts": CUSTOMER_COMPANY,
    "items": ITEM_COMPANY,
    "employees": EMPLOYEE_COMPANY,
    "projects": PROJECT,
}
