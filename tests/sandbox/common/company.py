"""The one invented company whose books and hours both sandboxes hold, so that their data agree."""

from dataclasses import dataclass
from decimal import Decimal

DIVISION = 987654
HID = "1204"
ADMINISTRATION = "Veldhuis Advies B.V."
CONNECTION = "veldhuis-advies-01"
COMPANY_ID = "1"


@dataclass(frozen=True, slots=True)
class VatCode:
    """A VAT code; `fraction` 0.21 is 21 % (X77), `type` as in X81, `eu` as in X83."""

    code: str
    description: str
    fraction: Decimal
    type: str = "E"
    charged: bool = False
    eu: str = "N"


@dataclass(frozen=True, slots=True)
class PaymentCondition:
    """A payment condition in days."""

    code: str
    description: str
    days: int


@dataclass(frozen=True, slots=True)
class GlAccount:
    """A G/L account; `type` as in X86. `cost_center` 0 optional, 1 mandatory, 2 not allowed."""

    code: str
    description: str
    type: int
    cost_center: int = 0
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal; `type` as in X85, `gl_account` is its own account."""

    code: str
    description: str
    type: int
    gl_account: str
    blocked: bool = False


VAT_CODES = (
    VatCode("0", "Geen btw", Decimal(0), type="N"),
    VatCode("1", "Btw laag tarief, exclusief", Decimal("0.09")),
    VatCode("2", "Btw hoog tarief, exclusief", Decimal("0.21")),
    VatCode("3", "Btw laag tarief, inclusief", Decimal("0.09"), type="I"),
    VatCode("4", "Btw hoog tarief, inclusief", Decimal("0.21"), type="I"),
    VatCode("5", "Btw verlegd", Decimal(0), type="B", charged=True),
    VatCode("6", "Levering goederen binnen de EU", Decimal(0), type="B", charged=True, eu="L"),
    VatCode("7", "Diensten binnen de EU", Decimal(0), type="B", charged=True, eu="S"),
)

PAYMENT_CONDITIONS = (
    PaymentCondition("00", "Contant", 0),
    PaymentCondition("14", "Binnen 14 dagen", 14),
    PaymentCondition("30", "Binnen 30 dagen", 30),
    PaymentCondition("60", "Binnen 60 dagen", 60),
)

GL_ACCOUNTS = (
    GlAccount("1300", "Debiteuren", 20),
    GlAccount("1500", "Af te dragen btw", 24),
    GlAccount("4000", "Lonen en salarissen", 90),
    GlAccount("8000", "Omzet advies", 110, cost_center=1),
    GlAccount("8005", "Omzet voorschotten", 110),
    GlAccount("8020", "Omzet cursusmateriaal", 110),
    GlAccount("8090", "Omzet reiskosten", 110),
    GlAccount("8099", "Omzet oud", 110, blocked=True),
)

JOURNALS = (
    Journal("20", "Bank", 12, "1300"),
    Journal("70", "Verkoopboek", 20, "1300"),
    Journal("71", "Verkoopboek creditnota's", 21, "1300"),
    Journal("79", "Verkoopboek oud", 20, "1300", blocked=True),
)

COST_CENTERS = (("ADV", "Advies"), ("TRN", "Training"), ("ALG", "Algemeen"))
COST_UNITS = (("OPL1", "Opleiding open inschrijving"),)
PROJECT_CODES = ("P26009", "P26014", "P26015")
