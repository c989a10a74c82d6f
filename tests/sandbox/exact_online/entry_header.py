"""Checks of a sales entry's header against the administration (X106, X113 to X118)."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from tests.sandbox.exact_online.lookup import find, one_of
from tests.sandbox.exact_online.texts import Findings
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

LONGEST_REFERENCE = 30  # X76
SALES_JOURNAL = 20  # X85
RETURN_JOURNAL = 21
CURRENCIES = {"EUR", "USD", "GBP", "CHF", "JPY"}
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,12}")


def check_journal(world: World, body: Row, findings: Findings) -> Row | None:
    """Return the journal, which must be an open sales journal (X138, X139)."""
    code = body.get("Journal")
    if not code:
        findings.add("journal-missing")
        return None
    journal = find(world, "Journals", "Code", code)
    if journal is None:
        findings.add("journal-unknown")
        return None
    if journal["Type"] not in (SALES_JOURNAL, RETURN_JOURNAL):
        findings.add("journal-type")
    if journal["IsBlocked"]:
        findings.add("journal-blocked")
    return journal


def check_customer(world: World, body: Row, journal: Row | None, findings: Findings) -> Row | None:
    """Return the customer, who must be one and open for business (X140 to X142)."""
    wanted = body.get("Customer")
    if not wanted:
        findings.add("customer-missing")
        return None
    customer = world.tables["Accounts"].get(wanted)
    if customer is None:
        findings.add("customer-unknown")
        return None
    if customer["Status"] != "C":
        findings.add("customer-type")
    if customer["Blocked"]:
        findings.add("customer-blocked")
    ended = customer.get("EndDate")
    if ended is not None and ended < body["EntryDate"]:
        findings.add("customer-ended")
    receivable = customer.get("GLAR")
    if journal is not None and receivable not in (None, journal["GLAccount"]):
        findings.add("debtor-account")
    return customer


def check_vat_number(customer: Row | None, vat_codes: list[Row], findings: Findings) -> None:
    """Refuse sales inside the EU to a relation whose VAT number has no valid form (X147)."""
    inside = any(code["EUSalesListing"] != "N" for code in vat_codes)
    if customer is None or not inside:
        return
    number = re.sub(r"[ .]", "", customer.get("VATNumber") or "")
    if not _VAT_NUMBER.fullmatch(number):
        findings.add("vat-number")


def check_period(world: World, day: datetime, findings: Findings) -> None:
    """Refuse a date whose period does not exist or is closed (X117, X155, X156)."""
    for period in world.tables["FinancialPeriods"]:
        if period["StartDate"] <= day <= period["EndDate"]:
            if (period["FinYear"], period["FinPeriod"]) in world.closed_periods:
                findings.add("period-closed", f"{period['FinYear']}-{period['FinPeriod']:02d}")
            return
    findings.add("year-unknown")


def due_date(world: World, body: Row, customer: Row | None, findings: Findings) -> Row:
    """Return the payment condition and the due date that follows from it (X116)."""
    usual = customer.get("PaymentConditionSales") if customer else None
    code = body.get("PaymentCondition") or usual
    if not code:
        if "DueDate" not in body:
            findings.add("condition-missing")
        return {"DueDate": body.get("DueDate")}
    condition = find(world, "PaymentConditions", "Code", code)
    if condition is None:
        findings.add("condition-unknown")
        return {}
    derived = body["EntryDate"] + timedelta(days=condition["PaymentDays"])
    return {
        "PaymentCondition": condition["Code"],
        "PaymentConditionDescription": condition["Description"],
        "PaymentConditionPaymentMethod": condition["PaymentMethod"],
        "DueDate": body.get("DueDate", derived),
    }


def check_currency(body: Row, journal: Row | None, findings: Findings) -> Row:
    """Return currency and rate, as far as the journal allows them (X118, X154)."""
    own = journal["Currency"] if journal else "EUR"
    currency, rate = body.get("Currency", own), body.get("Rate", Decimal(1))
    if currency not in CURRENCIES:
        findings.add("currency-unknown")
    elif journal is not None:
        foreign = currency != own and not journal["AllowVariableCurrency"]
        other_rate = rate != 1 and not journal["AllowVariableExchangeRate"]
        if foreign or other_rate or (currency == own and rate != 1):
            findings.add("exchange-rate")
    return {"Currency": currency, "Rate": rate}


def check_references(world: World, body: Row, findings: Findings) -> None:
    """Check what identifies the entry to people: number and reference (X76, X113, X157)."""
    number = body.get("EntryNumber")
    if number is not None and find(world, "SalesEntries", "EntryNumber", number):
        findings.add("number-in-use")
    if len(body.get("YourRef", "")) > LONGEST_REFERENCE:
        findings.add("reference-length")
    if "Document" in body and one_of(world, "Documents", body["Document"]) is None:
        findings.add("document-unknown")
