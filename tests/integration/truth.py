"""What must be true in QicsMilestones, worked out from Exact's own rows and the tables on paper.

Written apart from the mapping of the link, so that the two can disagree.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from koppeling.core import catalogue
from tests.environment import Environment

type Row = Mapping[str, Any]

VISIT = {
    "Address1": "AddressLine1",
    "Address2": "AddressLine2",
    "Address3": "AddressLine3",
    "ZipCode": "Postcode",
    "City": "City",
    "Country": "CountryName",
    "CountryCode": "Country",
    "PhoneNumber": "Phone",
}
REFERRED = {
    "VatCodeId": ("VatCode", "Code", "VatCodeId"),
    "PaymentConditionId": ("PaymentCondition", "Code", "PaymentConditionId"),
    "InvoiceCustomerCompanyId": ("CustomerCompany", "CustomerCode", "CustomerCompanyId"),
}
INVOICE = 3
# Written by the link on an adopted customer; everything else there belongs to people (L 3.4)
LINK_FIELDS = re.compile(
    r"CustomerCode|Name|IsActive|VisitAddress.*|InvoiceAddress.*|EmailAddress(To|Cc)|VatNumber"
    r"|ChamberOfCommerceNumber|VatCodeId|PaymentConditionId|InvoiceCustomerCompanyId"
)


def differences(env: Environment) -> list[str]:
    """Return every link field of an importable account that QicsMilestones does not hold."""
    found: list[str] = []
    for account in env.exact.world.importable_accounts():
        code = account["Code"].strip()
        customers = env.milestones.world.find("CustomerCompany", CustomerCode=code)
        if len(customers) != 1:
            found.append(f"{code}: {len(customers)} customers")
            continue
        for name, value in _expected(env, account, code).items():
            held = customers[0].get(name)
            if (held or None) != (value or None):
                found.append(f"{code}.{name}: {held!r}, not {value!r}")
    return found


def doubles(env: Environment) -> list[str]:
    """Return the codes that more than one customer has."""
    codes = Counter(row["CustomerCode"] for row in env.milestones.world.records("CustomerCompany"))
    return [code for code, times in codes.items() if times > 1]


def not_ours(customer: Row) -> dict[str, Any]:
    """Return the fields of a customer that the link must leave alone (R17)."""
    return {name: held for name, held in customer.items() if not LINK_FIELDS.fullmatch(name)}


def customers(env: Environment) -> dict[str, dict[str, Any]]:
    """Return all customers by code, without the keys that depend on who came first."""
    rows = env.milestones.world.records("CustomerCompany")
    codes = {row["CustomerCompanyId"]: row["CustomerCode"] for row in rows}
    made = ("CustomerCompanyId", "CustomerId")
    return {
        row["CustomerCode"]: {
            name: codes.get(value) if name == "InvoiceCustomerCompanyId" else value
            for name, value in row.items()
            if name not in made
        }
        for row in rows
    }


def problems(env: Environment) -> set[tuple[str, str]]:
    """Return what a person is told to mend; each must have its text in the catalogue."""
    opened = {(problem.subject, problem.code) for problem in env.problems()}
    assert {code for _, code in opened} <= catalogue.codes()  # noqa: S101 - part of every check
    return opened


def troubles(env: Environment) -> set[str]:
    """Return the codes of what is wrong, without the notices that the invented data deserve."""
    return {code for subject, code in problems(env) if not subject.endswith("/notice")}


def forbidden(env: Environment) -> list[str]:
    """Return the calls that no client may make: anything but GET, POST and PUT (R16)."""
    calls = [*env.exact.journal.calls(), *env.milestones.journal.calls()]
    return [f"{c.method} {c.path}" for c in calls if c.method not in ("GET", "POST", "PUT")]


def _expected(env: Environment, account: Row, code: str) -> dict[str, Any]:
    contacts = {row["ID"]: row for row in env.exact.world.tables["Contacts"]}
    contact: Row = contacts.get(account.get("MainContact"), {})
    left = contact.get("EndDate") is not None and contact["EndDate"] < env.exact.world.today()
    debtor = _clean(account.get("InvoiceAccountCode"))
    return {
        "CustomerCode": code,
        "Name": (_clean(account["Name"]) or "")[:50].rstrip(),
        "IsActive": True,
        **{f"VisitAddress{to}": _clean(account.get(source)) for to, source in VISIT.items()},
        "VisitAddressCounty": _clean(account.get("StateName")),
        "VisitAddressContactPerson": None if left else _clean(contact.get("FullName")),
        "VatNumber": re.sub(r"[ .]", "", account.get("VATNumber") or "") or None,
        "ChamberOfCommerceNumber": _clean(account.get("ChamberOfCommerce")),
        **_reference(env, "VatCodeId", account.get("SalesVATCode")),
        **_reference(env, "PaymentConditionId", account.get("PaymentConditionSales")),
        **_reference(env, "InvoiceCustomerCompanyId", None if debtor == code else debtor),
        **_invoice_address(env, account, contacts),
        **_emails(account),
    }


def _reference(env: Environment, field: str, code: object) -> dict[str, Any]:
    """Return the reference; nothing when the record is missing, since the field then stays."""
    wanted = _clean(code)
    if wanted is None:
        return {field: None}
    entity, by, key = REFERRED[field]
    found = env.milestones.world.find(entity, **{by: wanted})
    return {field: found[0][key]} if found else {}


def _invoice_address(env: Environment, account: Row, contacts: Mapping[str, Row]) -> dict[str, Any]:
    rows = [
        row
        for row in env.exact.world.tables["Addresses"]
        if row["Account"] == account["ID"] and row["Type"] == INVOICE
    ]
    if not rows:
        return {"InvoiceAddressSameAsVisitAddress": True}
    row = min(rows, key=lambda row: (not row.get("Main"), row["ID"]))
    email = _emails_of(contacts.get(row.get("Contact") or "", {}).get("BusinessEmail"))
    return {
        "InvoiceAddressSameAsVisitAddress": False,
        **{f"InvoiceAddress{to}": _clean(row.get(source)) for to, source in VISIT.items()},
        "InvoiceAddressCounty": _clean(row.get("StateDescription")),
        "InvoiceAddressContactPerson": _clean(row.get("ContactName")),
        **({"InvoiceAddressEmailAddress": email[0]} if email else {}),
    }


def _emails(account: Row) -> dict[str, Any]:
    found = _emails_of(account.get("Email"))
    if not found:
        return {}
    copies = {"EmailAddressCc": ";".join(found[1:])} if found[1:] else {}
    return {"VisitAddressEmailAddress": found[0], "EmailAddressTo": found[0], **copies}


def _emails_of(field: object) -> list[str]:
    parts = re.split(r"[;,\s]+", str(field or ""))
    return [part for part in parts if re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", part)]


def _clean(value: object) -> str | None:
    return " ".join(str(value if value is not None else "").split()) or None
