"""The one invented company whose books and hours both sandboxes hold, so that their data agree.

Invoices draw on VAT_CODES, PAYMENT_CONDITIONS, COST_CENTERS and PROJECT_CODES, so everything in
those can be booked; what a pull must treat with care stands in the lists that begin with OTHER.
"""

from dataclasses import dataclass
from decimal import Decimal

DIVISION = 987654
HID = "1204"
ADMINISTRATION = "Veldhuis Advies B.V."
CONNECTION = "veldhuis-advies-01"
COMPANY_ID = "1"


@dataclass(frozen=True, slots=True)
class Administration:
    """An administration beside the one of the connection; it holds nothing. `status` as in X89."""

    division: int
    hid: str
    name: str
    status: int = 1


HOLDING = Administration(987601, "1201", "Veldhuis Holding B.V.")
ARCHIVED = Administration(987602, "1198", "Veldhuis Opleidingen B.V.", status=2)
OTHER_ADMINISTRATIONS = (HOLDING, ARCHIVED)


@dataclass(frozen=True, slots=True)
class VatCode:
    """A VAT code; `fraction` 0.21 is 21 % (X77), `type`, `use` and `eu` as in X81 to X83."""

    code: str
    description: str
    fraction: Decimal
    type: str = "E"
    charged: bool = False
    eu: str = "N"
    use: str = "B"
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class PaymentCondition:
    """A payment condition: days, after so many month ends, for a part of the invoice (X84)."""

    code: str
    description: str
    days: int
    month_ends: int = 0
    part: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Article:
    """What is sold; without `revenue` the item follows the G/L account of its group."""

    code: str
    description: str
    revenue: str | None
    vat_code: str
    is_time: bool


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

OTHER_VAT_CODES = (
    VatCode("8", "Btw hoog tarief, inkoop", Decimal("0.21"), use="P"),
    VatCode("9", "Btw hoog tarief, tot oktober 2012", Decimal("0.19"), blocked=True),
)

PAYMENT_CONDITIONS = (
    PaymentCondition("00", "Contant", 0),
    PaymentCondition("14", "Binnen 14 dagen", 14),
    PaymentCondition("30", "Binnen 30 dagen", 30),
    PaymentCondition("60", "Binnen 60 dagen", 60),
)

# Two rows with one code are one condition in two instalments (X84).
OTHER_PAYMENT_CONDITIONS = (
    PaymentCondition("2T", "Helft vooraf, helft na 45 dagen", 0, part=Decimal("0.5")),
    PaymentCondition("2T", "Helft vooraf, helft na 45 dagen", 45, part=Decimal("0.5")),
    PaymentCondition("EM", "30 dagen na het einde van de maand", 30, month_ends=1),
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
# The cost centres that follow when more than the bookable ones are asked for; the last has ended.
OTHER_COST_CENTERS = (("DIR", "Directie"), ("OUD", "Vestiging Apeldoorn (gesloten)"))

ARTICLES = (
    Article("ADVIES", "Advies", "8000", "2", is_time=True),
    Article("PL", "Projectleiding", "8000", "2", is_time=True),
    Article("KM", "Reiskosten per kilometer", "8090", "2", is_time=False),
    Article("TRAINING", "Training 'Leren van fouten'", "8000", "2", is_time=True),
    Article("MATERIAAL", "Cursusmateriaal & cafélunch", "8020", "1", is_time=False),
    Article("VOORSCHOT", "Voorschot", "8005", "2", is_time=False),
    Article("EU-ADVIES", "Advies binnen de EU", "8000", "7", is_time=True),
    Article("VERLEGD", "Advies, btw verlegd", "8000", "5", is_time=True),
    Article("DIVERSEN", "Diversen", None, "2", is_time=False),
)

PROJECT_CODES = ("P26009", "P26014", "P26015")
