"""Relations of Exact, with invoice address and contacts, as a CustomerCompany (L 3.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from koppeling.core.connection import Connection, InvoiceEmail
from koppeling.core.exact_rights import RELATIONS
from koppeling.core.text import clean, code_of, cut, without_invisible
from koppeling.pull.entities.days import is_active_on, next_change
from koppeling.pull.entities.emails import NO_ADDRESSES, Addresses, addresses
from koppeling.pull.entities.entity import Entity, Feed, Target, WireKind
from koppeling.pull.entities.fields import SYNCED, FieldKind, of_kind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    id_of,
    map_fields,
    number,
    source_fields,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Reference, Row
from koppeling.pull.record import Sources

# QicsMilestones keeps the first 50 characters of a name
NAME_LENGTH = 50
CUSTOMER = "C"  # X78
INVOICE_ADDRESS = 3  # X80
# L23: no link fields while invoices get their address elsewhere
OF_INVOICES = ("EmailAddressTo", "EmailAddressCc")
_NO_ROW: Row = {}


def _vat_number(value: object) -> str | None:
    visible = without_invisible(clean(value) or "")
    return visible.replace(" ", "").replace(".", "") or None


def _vat_code(value: object) -> Reference:
    return Reference("vat_codes", code_of(value))


def _payment_condition(value: object) -> Reference:
    return Reference("payment_conditions", code_of(value))


ACCOUNT = (
    LinkField("VisitAddressAddress1", "AddressLine1"),
    LinkField("VisitAddressAddress2", "AddressLine2"),
    LinkField("VisitAddressAddress3", "AddressLine3"),
    LinkField("VisitAddressZipCode", "Postcode"),
    LinkField("VisitAddressCity", "City"),
    LinkField("VisitAddressCounty", "StateName"),
    LinkField("VisitAddressCountryCode", "Country"),
    LinkField("VisitAddressCountry", "CountryName"),
    LinkField("VisitAddressPhoneNumber", "Phone"),
    LinkField("VatNumber", "VATNumber", _vat_number),
    LinkField("ChamberOfCommerceNumber", "ChamberOfCommerce"),
    LinkField("VatCodeId", "SalesVATCode", _vat_code, kind=FieldKind.CODE),
    LinkField(
        "PaymentConditionId", "PaymentConditionSales", _payment_condition, kind=FieldKind.CODE
    ),
)
ADDRESS = (
    LinkField("InvoiceAddressAddress1", "AddressLine1"),
    LinkField("InvoiceAddressAddress2", "AddressLine2"),
    LinkField("InvoiceAddressAddress3", "AddressLine3"),
    LinkField("InvoiceAddressZipCode", "Postcode"),
    LinkField("InvoiceAddressCity", "City"),
    LinkField("InvoiceAddressCounty", "StateDescription"),
    LinkField("InvoiceAddressCountryCode", "Country"),
    LinkField("InvoiceAddressCountry", "CountryName"),
    LinkField("InvoiceAddressPhoneNumber", "Phone"),
    LinkField("InvoiceAddressContactPerson", "ContactName"),
)
_OF_ACCOUNTS = {
    **SYNCED,
    **source_fields(ACCOUNT),
    **of_kind(FieldKind.CODE, "Code", "InvoiceAccountCode"),
    **of_kind(FieldKind.REFERENCE, "InvoiceAccount"),
    **of_kind(FieldKind.TEXT, "Name", "Type", "Status", "Email", "MainContact"),
    **of_kind(FieldKind.DAY, "StartDate", "EndDate"),
    **of_kind(FieldKind.NUMBER, "IsAnonymised"),
    **of_kind(FieldKind.FLAG, "Blocked"),
}
_OF_ADDRESSES = {
    **SYNCED,
    **source_fields(ADDRESS),
    **of_kind(FieldKind.TEXT, "Account", "Contact"),
    **of_kind(FieldKind.NUMBER, "Type"),
    **of_kind(FieldKind.FLAG, "Main"),
}
_OF_CONTACTS = {
    **SYNCED,
    **of_kind(FieldKind.TEXT, "Account", "FullName", "BusinessEmail", "Email"),
    **of_kind(FieldKind.DAY, "EndDate"),
}


def map_account(rows: Sources, context: MappingContext) -> Mapped | None:
    """Return what an account means for QicsMilestones; None while only its contacts are known."""
    connection, today = context.connection, context.today
    account = next(iter(rows.get("accounts", {}).values()), None)
    code = code_of(account.get("Code")) if account else None
    if account is None or code is None:
        return None
    contacts = rows.get("contacts", {})
    address = _invoice_address(rows.get("addresses", {}).values())
    active = _is_active(account, today)
    emails = _read_emails(account, address, contacts, connection)
    is_customer = account.get("Type") == "A" and account.get("Status") == CUSTOMER
    values: dict[str, LinkValue] = {
        "CustomerCode": code,
        **_name(account),
        "IsActive": active,
        **map_fields(ACCOUNT, account),
        "VisitAddressContactPerson": _main_contact(account, contacts, today),
        "InvoiceCustomerCompanyId": _debtor(account, code),
        "InvoiceAddressSameAsVisitAddress": address is None,
        **(map_fields(ADDRESS, address) if address else {}),
        **_emails(account, emails, context),
    }
    return Mapped(
        code=code,
        values=values,
        on_create={"CustomerType": connection.customer_type},
        importable=is_customer and active,
        # One that is blocked or has ended is not created. Where it stands already, it is adopted
        adoptable=is_customer,
        changes_on=next_change(today, account.get("StartDate"), account.get("EndDate")),
        notices=tuple(_notices(account, emails, code)),
    )


def _is_active(account: Row, today: date) -> bool:
    return (
        account.get("Status") == CUSTOMER
        and not account.get("Blocked")
        and not _is_anonymised(account)
        and is_active_on(today, account.get("StartDate"), account.get("EndDate"))
    )


def _is_anonymised(account: Row) -> bool:
    return number(account.get("IsAnonymised")) == 1


def _name(account: Row) -> dict[str, LinkValue]:
    name = clean(account.get("Name"))
    # L3: a name is never emptied
    return {"Name": cut(name, NAME_LENGTH)} if name else {}


def _debtor(account: Row, own_code: str) -> Reference:
    code = code_of(account.get("InvoiceAccountCode"))
    exact_id = id_of(account.get("InvoiceAccount"))
    # L19: a reference to itself is left empty; the code decides only where Exact tells no ID
    if code == own_code if exact_id is None else exact_id == account.get("ID"):
        return Reference("accounts", None)
    return Reference("accounts", code, target_id=exact_id)


def _main_contact(account: Row, contacts: Mapping[str, Row], today: date) -> str | None:
    contact = contacts.get(account.get("MainContact") or "", _NO_ROW)
    active = is_active_on(today, None, contact.get("EndDate"))
    return clean(contact.get("FullName")) if active else None


def _invoice_address(candidates: Iterable[Row]) -> Row | None:
    """Return the address of type 3: the main one first, then the one with the lowest ID."""
    invoice = [row for row in candidates if number(row.get("Type")) == INVOICE_ADDRESS]
    return min(invoice, key=lambda row: (not row.get("Main"), row["ID"]), default=None)


@dataclass(frozen=True, slots=True)
class _Emails:
    """The addresses in each field that an e-mail address is taken from."""

    account: Addresses
    invoice: Addresses
    invoice_address: Addresses


def _read_emails(
    account: Row, address: Row | None, contacts: Mapping[str, Row], connection: Connection
) -> _Emails:
    of_account = addresses(account.get("Email"))
    main_contact = contacts.get(account.get("MainContact") or "", _NO_ROW)
    of_invoice = {
        InvoiceEmail.ACCOUNT: of_account,
        InvoiceEmail.MAIN_CONTACT: _of_contact(main_contact),
        InvoiceEmail.OFF: NO_ADDRESSES,
    }[connection.invoice_email]
    contact = contacts.get((address or _NO_ROW).get("Contact") or "", _NO_ROW)
    return _Emails(of_account, of_invoice, _of_contact(contact))


def _emails(account: Row, emails: _Emails, context: MappingContext) -> dict[str, LinkValue]:
    """Return the e-mail fields; an empty or invalid address leaves its field alone (L26)."""
    values: dict[str, LinkValue] = {
        "VisitAddressEmailAddress": emails.account.first,
        "InvoiceAddressEmailAddress": emails.invoice_address.first,
        "EmailAddressTo": emails.invoice.first,
        "EmailAddressCc": emails.invoice.others,
    }
    if _is_anonymised(account):
        # An erasure in Exact has to reach QicsMilestones, so here link fields are emptied after all
        off = context.connection.invoice_email is InvoiceEmail.OFF
        return dict.fromkeys(name for name in values if not (off and name in OF_INVOICES))
    filled: dict[str, LinkValue] = {
        name: value for name, value in values.items() if value is not None
    }
    if context.connection.clear_empty_email:
        filled = _cleared(emails, context.connection) | filled
    # L24: a Cc is emptied only where the link filled it itself. Once emptied it is a person's again
    is_ours = context.written.get("EmailAddressCc") is not None
    has_to = "EmailAddressTo" in filled
    if has_to and not emails.invoice.others and is_ours:
        filled["EmailAddressCc"] = None
    return filled


def _cleared(emails: _Emails, connection: Connection) -> dict[str, LinkValue]:
    """Return the fields to empty because Exact has no valid address for them (L26)."""
    sources = {"VisitAddressEmailAddress": emails.account}
    if connection.invoice_email is not InvoiceEmail.OFF:
        sources["EmailAddressTo"] = emails.invoice
    return {name: None for name, source in sources.items() if source.first is None}


def _of_contact(contact: Row) -> Addresses:
    if not contact:
        return NO_ADDRESSES
    business, other = addresses(contact.get("BusinessEmail")), addresses(contact.get("Email"))
    if business.valid:
        return business
    return Addresses(other.valid, business.invalid + other.invalid)


def _notices(account: Row, emails: _Emails, code: str) -> Iterable[Notice]:
    if len(clean(account.get("Name")) or "") > NAME_LENGTH:
        yield Notice("name-truncated", {"debtor": code})
    wrong = (*emails.account.invalid, *emails.invoice.invalid, *emails.invoice_address.invalid)
    if wrong:
        yield Notice("email-invalid", {"debtor": code, "value": " ".join(dict.fromkeys(wrong))})


ACCOUNTS = Entity(
    name="accounts",
    feeds=(
        Feed("contacts", "sync/CRM/Contacts", _OF_CONTACTS, owner="Account", deletion_type=5),
        Feed("addresses", "sync/CRM/Addresses", _OF_ADDRESSES, owner="Account", deletion_type=3),
        Feed("accounts", "sync/CRM/Accounts", _OF_ACCOUNTS, deletion_type=2),
    ),
    right=RELATIONS,
    target=Target(
        "CustomerCompany",
        code="CustomerCode",
        kinds=dict.fromkeys(
            ("VatCodeId", "PaymentConditionId", "InvoiceCustomerCompanyId"), WireKind.INT64
        ),
    ),
    map=map_account,
)
