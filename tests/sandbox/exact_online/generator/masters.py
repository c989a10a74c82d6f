"""The tables that a company sets up once: VAT, conditions, ledger, journals, periods."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from tests.sandbox.common import company
from tests.sandbox.exact_online.values import Row, padded
from tests.sandbox.exact_online.world import World

STAMP = datetime(2024, 1, 2, 9, 30, tzinfo=UTC)
FIRST_YEAR = 2024
LAST_YEAR = 2027
MONTHS = 12
INCOME = 110
SALES = (20, 21)  # X85


def master_id(kind: str, code: str) -> str:
    """Return the GUID of a row of the set-up, the same in every sandbox."""
    return str(uuid5(NAMESPACE_URL, f"{kind}:{code}"))


def set_up(world: World, table: str, row: Row) -> None:
    """Add a row of the set-up, made when the company began with Exact."""
    world.put(table, row | {"Created": STAMP, "Modified": STAMP, "Division": world.division})


def make_masters(world: World) -> None:
    """Fill every table of the set-up."""
    _make_company(world)
    for other in company.OTHER_ADMINISTRATIONS:
        _make_other(world, other)
    make_vat(world, company.VAT_CODES)
    make_conditions(world, company.PAYMENT_CONDITIONS)
    _make_ledger(world)
    _make_dimensions(world)
    _make_periods(world)


def _make_company(world: World) -> None:
    world.put(
        "Divisions",
        {
            "Code": world.division,
            **_numbers(company.HID),
            "Description": company.ADMINISTRATION,
            "Customer": master_id("customer", company.HID),
            "CustomerCode": "            300124",
            "CustomerName": company.ADMINISTRATION,
            "Country": padded("NL", 3),
            "CountryDescription": "Nederland",
            "Legislation": padded("NL", 3),  # X73
            "Currency": "EUR",
            "CurrencyDescription": "Euro",
            "VATNumber": "NL001234567B01",
            "Status": 1,
            "BlockingStatus": 0,
            "StartDate": datetime(2019, 1, 1, tzinfo=UTC),
            "DivisionMoveDate": datetime(2021, 3, 6, 2, 0, tzinfo=UTC),
            "Created": STAMP,
            "Modified": STAMP,
        },
    )


def _numbers(hid: str) -> Row:
    """Return the number that people know a company by, as each list spells it (X104)."""
    return {"Hid": int(hid), "HID": int(hid)}


def _make_other(world: World, other: company.Administration) -> None:
    own = world.tables["Divisions"].get(world.division) or {}
    names = {"Description": other.name, "CustomerName": other.name}
    changed = {"Code": other.division, "Status": other.status, "VATNumber": None}
    world.put("Divisions", own | _numbers(other.hid) | names | changed)


def make_vat(world: World, codes: Iterable[company.VatCode]) -> None:
    """Add VAT codes, each with its percentage."""
    for vat in codes:
        row = {
            "ID": master_id("vat", vat.code),
            "Code": padded(vat.code, 3),
            "Description": vat.description,
            "Percentage": vat.fraction,  # X77
            "Type": vat.type,
            "VATTransactionType": vat.use,
            "Charged": vat.charged,
            "EUSalesListing": vat.eu,
            "IsBlocked": vat.blocked,
        }
        set_up(world, "VATCodes", row)
        period = {
            "ID": master_id("percentage", vat.code),
            "VATCodeID": row["ID"],
            "LineNumber": 1,
            "Percentage": vat.fraction,
            "StartDate": datetime(2019, 1, 1, tzinfo=UTC),
            "Type": 0,
        }
        set_up(world, "VatPercentages", period)


def make_conditions(world: World, conditions: Iterable[company.PaymentCondition]) -> None:
    """Add payment conditions; instalments are rows that share a code (X84)."""
    made: Counter[str] = Counter()
    for condition in conditions:
        rows_before = made[condition.code]
        made[condition.code] += 1
        row = {
            "ID": master_id("condition", condition.code + f"/{rows_before}" * (rows_before > 0)),
            "Code": condition.code,
            "Description": condition.description,
            "PaymentDays": condition.days,
            "PaymentEndOfMonths": condition.month_ends,
            "PaymentMethod": "B",
            "Percentage": condition.part,
        }
        set_up(world, "PaymentConditions", row)


def _make_ledger(world: World) -> None:
    for account in company.GL_ACCOUNTS:
        row = {
            "ID": master_id("gl", account.code),
            "Code": account.code,
            "Description": account.description,
            "Type": account.type,
            "BalanceType": "W" if account.type == INCOME else "B",
            "BalanceSide": "C" if account.type == INCOME else "D",
            "IsBlocked": account.blocked,
            "VATCode": padded("2", 3) if account.type == INCOME else None,
            "UseCostcenter": account.cost_center,
            "UseCostunit": 0,
        }
        set_up(world, "GLAccounts", row)
    for journal in company.JOURNALS:
        row = {
            "ID": master_id("journal", journal.code),
            "Code": journal.code,
            "Description": journal.description,
            "Type": journal.type,
            "IsBlocked": journal.blocked,
            "Currency": "EUR",
            "AllowVariableCurrency": False,
            "AllowVariableExchangeRate": False,
            "CurrencyDescription": "Euro",
            "AllowVAT": journal.type in SALES,
        }
        set_up(world, "Journals", row | ledger_of_journal(world, journal.gl_account))


def ledger_of_journal(world: World, code: str) -> Row:
    """Return what a journal tells about its G/L account (X85).

    Raises:
        LookupError: there is no such account.
    """
    for account in world.tables["GLAccounts"]:
        if account["Code"] == code:
            names = {"": "ID", "Code": "Code", "Description": "Description", "Type": "Type"}
            return {f"GLAccount{name}": account[source] for name, source in names.items()}
    raise LookupError(f"there is no G/L account {code}")


def _make_dimensions(world: World) -> None:
    tables = (("Costcenters", company.COST_CENTERS), ("Costunits", company.COST_UNITS))
    for table, names in tables:
        for code, description in names:
            row = {"ID": master_id(table, code), "Code": code, "Description": description}
            set_up(world, table, row)


def _make_periods(world: World) -> None:
    last_year = max(LAST_YEAR, world.now().year + 1)
    for year in range(FIRST_YEAR, last_year + 1):
        add_year(world, year)
    world.closed_periods = {(FIRST_YEAR, month) for month in range(1, MONTHS + 1)}


def add_year(world: World, year: int) -> None:
    """Add a fiscal year of twelve months."""
    for month in range(1, MONTHS + 1):
        row = {
            "ID": master_id("period", f"{year}-{month}"),
            "FinYear": year,
            "FinPeriod": month,
            "StartDate": datetime(year, month, 1, tzinfo=UTC),
            "EndDate": datetime(year, month, monthrange(year, month)[1], tzinfo=UTC),
        }
        set_up(world, "FinancialPeriods", row)
