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
    kinds={
        "VatCodeId": Kind.INT64,
        "Percentage": Kind.DECIMAL,
        "ReverseCharge": Kind.BOOL,
        "IsDefault": Kind.BOOL,
    },
    per_company=False,
)
PAYMENT_CONDITION = Target(
    path="PaymentCondition",
    key="PaymentConditionId",
    code="Code",
    kinds={"PaymentConditionId": Kind.INT64, "CompanyId": Kind.INT64, "TermsInDays": Kind.INTEGER},
)
COST_CENTER = Target(
    path="CostCenter",
    key="CostCenterId",
    code="Code",
    kinds={"CostCenterId": Kind.INT64, "CompanyId": Kind.INT64, "IsActive": Kind.BOOL},
)
ITEM_COMPANY = Target(
    path="ItemCompany",
    key="ItemCompanyId",
    code="ItemCode",
    kinds={
        "ItemCompanyId": Kind.INT64,
        "CompanyId": Kind.INT64,
        "VatCodeId": Kind.INT64,
        "IsActive": Kind.BOOL,
        "WillBeInvoiced": Kind.BOOL,
        "AllowTimeEntry": Kind.BOOL,
        "AllowPriceModifications": Kind.BOOL,
    },
)
EMPLOYEE_COMPANY = Target(
    path="EmployeeCompany",
    key="EmployeeCompanyId",
    code="EmployeeNumber",
    kinds={
        "EmployeeCompanyId": Kind.INT64,
        "CompanyId": Kind.INT64,
        "EmployeeNumber": Kind.INTEGER,
        "IsActive": Kind.BOOL,
        "NormHoursPerWeek": Kind.DECIMAL,
    },
)
PROJECT = Target(
    path="Project",
    key="ProjectId",
    code="ProjectCode",
    kinds={
        "ProjectId": Kind.INT64,
        "CompanyId": Kind.INT64,
        "CustomerCompanyId": Kind.INT64,
        "IsActive": Kind.BOOL,
        "AllowPlanning": Kind.BOOL,
        "HideBudgetsOnTimesheet": Kind.BOOL,
        "IsContractReceived": Kind.BOOL,
        "IsBudgetMandatoryOnTimeEntry": Kind.BOOL,
        "StartDate": Kind.DATE,
        "EndDate": Kind.DATE,
    },
)
ENTITY_STATE = Target(
    path="EntityState",
    key="EntityStateId",
    code="EntityId",
    kinds={
        "EntityStateId": Kind.INT64,
        "CompanyId": Kind.INT64,
        "EntityId": Kind.INT64,
        "IsError": Kind.BOOL,
    },
)
# Only this value is public; the one for invoices is assumed to be the same (5.7)
INVOICE_STATE_TYPE = "General"

# Read by the readiness check, and never written (M 5.8)
COMPANY = Target(
    path="Company",
    key="CompanyId",
    code="Code",
    kinds={"CompanyId": Kind.INT64, "CurrencyId": Kind.INT64},
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
