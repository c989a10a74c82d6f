"""Link fields 3.4: each row, the record of Exact and that of QicsMilestones side by side."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from koppeling.pull.entities.accounts import ACCOUNTS, map_account
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.link_values import LinkValue, Reference
from tests.unit.pull.builders import (
    CONTACT,
    TODAY,
    a_connection,
    a_contact,
    an_account,
    an_address,
    mapped,
    rows_of,
)

ACCOUNT_ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": "           0001068"}, {"CustomerCode": "0001068"}),
    ({"Name": " Café  de Zon "}, {"Name": "Café de Zon"}),
    ({"Name": "n" * 51}, {"Name": "n" * 50}),
    ({"AddressLine1": " Kerkstraat 1 "}, {"VisitAddressAddress1": "Kerkstraat 1"}),
    ({"AddressLine2": "achter"}, {"VisitAddressAddress2": "achter"}),
    ({"AddressLine3": "rechts"}, {"VisitAddressAddress3": "rechts"}),
    ({"Postcode": "1234 AB"}, {"VisitAddressZipCode": "1234 AB"}),
    ({"City": "'s-Hertogenbosch"}, {"VisitAddressCity": "'s-Hertogenbosch"}),
    ({"StateName": "Noord-Brabant", "State": "NB"}, {"VisitAddressCounty": "Noord-Brabant"}),
    ({"Country": "NL "}, {"VisitAddressCountryCode": "NL"}),
    ({"CountryName": "Nederland"}, {"VisitAddressCountry": "Nederland"}),
    ({"Phone": " 073 123 45 67"}, {"VisitAddressPhoneNumber": "073 123 45 67"}),
    ({"Email": "info@x.nl;jan@x.nl"}, {"VisitAddressEmailAddress": "info@x.nl"}),
    ({"VATNumber": " NL 8123.45.678 B01"}, {"VatNumber": "NL812345678B01"}),
    ({"VATNumber": " . "}, {"VatNumber": None}),
    ({"ChamberOfCommerce": " 12345678 "}, {"ChamberOfCommerceNumber": "12345678"}),
    ({"SalesVATCode": "2  "}, {"VatCodeId": Reference("vat_codes", "2")}),
    ({"SalesVATCode": None}, {"VatCodeId": Reference("vat_codes", None)}),
    (
        {"PaymentConditionSales": "30"},
        {"PaymentConditionId": Reference("payment_conditions", "30")},
    ),
    ({"PaymentConditionSales": ""}, {"PaymentConditionId": Reference("payment_conditions", None)}),
    (
        {"InvoiceAccountCode": "              2000"},
        {"InvoiceCustomerCompanyId": Reference("accounts", "2000")},
    ),
    (
        {"InvoiceAccountCode": "              1068"},
        {"InvoiceCustomerCompanyId": Reference("accounts", None)},
    ),
    ({"InvoiceAccountCode": None}, {"InvoiceCustomerCompanyId": Reference("accounts", None)}),
    ({"Status": "C"}, {"IsActive": True}),
    ({"Status": "P"}, {"IsActive": False}),
    ({"Status": "S"}, {"IsActive": False}),
    ({"Status": "A"}, {"IsActive": False}),
    ({"Blocked": True}, {"IsActive": False}),
    ({"StartDate": "2026-11-24"}, {"IsActive": True}),
    ({"StartDate": "2026-11-25"}, {"IsActive": False}),
    ({"EndDate": "2026-11-24"}, {"IsActive": True}),
    ({"EndDate": "2026-11-23"}, {"IsActive": False}),
    ({"IsAnonymised": 1}, {"IsActive": False}),
]
ADDRESS_ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"AddressLine1": " Postbus 5 "}, {"InvoiceAddressAddress1": "Postbus 5"}),
    ({"AddressLine2": "t.a.v."}, {"InvoiceAddressAddress2": "t.a.v."}),
    ({"AddressLine3": "crediteuren"}, {"InvoiceAddressAddress3": "crediteuren"}),
    ({"Postcode": "5200 AA"}, {"InvoiceAddressZipCode": "5200 AA"}),
    ({"City": "Den Bosch"}, {"InvoiceAddressCity": "Den Bosch"}),
    ({"StateDescription": "Brabant", "State": "NB"}, {"InvoiceAddressCounty": "Brabant"}),
    ({"Country": "BE "}, {"InvoiceAddressCountryCode": "BE"}),
    ({"CountryName": "België"}, {"InvoiceAddressCountry": "België"}),
    ({"Phone": "073 1"}, {"InvoiceAddressPhoneNumber": "073 1"}),
    ({"ContactName": " Piet  Post "}, {"InvoiceAddressContactPerson": "Piet Post"}),
]
LINK_FIELDS = {
    *("CustomerCode", "Name", "IsActive", "VatNumber", "ChamberOfCommerceNumber"),
    *("VatCodeId", "PaymentConditionId", "InvoiceCustomerCompanyId"),
    *("VisitAddressAddress1", "VisitAddressAddress2", "VisitAddressAddress3"),
    *("VisitAddressZipCode", "VisitAddressCity", "VisitAddressCounty", "VisitAddressCountry"),
    *("VisitAddressCountryCode", "VisitAddressPhoneNumber", "VisitAddressContactPerson"),
    "InvoiceAddressSameAsVisitAddress",
}


@pytest.mark.parametrize(("exact", "milestones"), ACCOUNT_ROWS)
def test_a_field_of_an_account_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(an_account(**exact)).values
    assert {name: values[name] for name in milestones} == milestones


@pytest.mark.parametrize(("exact", "milestones"), ADDRESS_ROWS)
def test_a_field_of_the_invoice_address_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(an_account(), an_address(**exact)).values
    assert {name: values[name] for name in milestones} == milestones


def test_an_account_without_address_contact_or_email_touches_exactly_these_link_fields() -> None:
    assert mapped(an_account()).values.keys() == LINK_FIELDS


def test_an_empty_text_empties_its_field() -> None:
    assert mapped(an_account(City=None)).values["VisitAddressCity"] is None


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_name_is_never_emptied(name: str | None) -> None:
    assert "Name" not in mapped(an_account(Name=name)).values


def test_without_an_invoice_address_only_the_mark_says_so_and_its_ten_fields_are_not_touched() -> (
    None
):
    values = mapped(an_account(), an_address(Type=2), an_address(ID="other", Type=1)).values
    assert values["InvoiceAddressSameAsVisitAddress"] is True
    assert [n for n in values if n.startswith("InvoiceAddress")] == [
        "InvoiceAddressSameAsVisitAddress"
    ]


def test_with_an_invoice_address_the_mark_is_false() -> None:
    assert mapped(an_account(), an_address()).values["InvoiceAddressSameAsVisitAddress"] is False


def test_the_main_invoice_address_goes_before_one_with_a_lower_id() -> None:
    values = mapped(
        an_account(),
        an_address(ID="a", Main=False, City="Assen"),
        an_address(ID="b", Main=True, City="Breda"),
    ).values
    assert values["InvoiceAddressCity"] == "Breda"


@pytest.mark.parametrize("main", [True, False])
def test_of_equal_invoice_addresses_the_one_with_the_lowest_id_counts(*, main: bool) -> None:
    values = mapped(
        an_account(),
        an_address(ID="b", Main=main, City="Breda"),
        an_address(ID="a", Main=main, City="Assen"),
    ).values
    assert values["InvoiceAddressCity"] == "Assen"


@pytest.mark.parametrize(
    ("contact", "person"),
    [
        ({"FullName": " Anouk  de Wit "}, "Anouk de Wit"),
        ({"EndDate": "2026-11-24"}, "Anouk de Wit"),
        ({"EndDate": "2026-11-23"}, None),
        ({"FullName": ""}, None),
    ],
)
def test_the_main_contact_is_the_contact_person_as_long_as_the_contact_has_not_ended(
    contact: dict[str, Any], person: str | None
) -> None:
    values = mapped(an_account(MainContact=CONTACT), a_contact(**contact)).values
    assert values["VisitAddressContactPerson"] == person


@pytest.mark.parametrize("main_contact", [None, "a contact that is not known yet"])
def test_without_a_known_main_contact_the_contact_person_is_empty(
    main_contact: str | None,
) -> None:
    values = mapped(an_account(MainContact=main_contact), a_contact()).values
    assert values["VisitAddressContactPerson"] is None


def test_a_new_record_gets_the_type_of_customer_of_the_connection() -> None:
    found = mapped(an_account(), customer_type="Prospect")
    assert found.on_create == {"CustomerType": "Prospect"}
    assert not found.on_create.keys() & found.values.keys()


@pytest.mark.parametrize("name", ["CostCenterId", "CategoryId", "CustomerId", "CompanyId"])
def test_a_field_that_is_not_linked_is_never_written(name: str) -> None:
    assert name not in mapped(an_account(Costcenter="ADV"), an_address(), a_contact()).values


@pytest.mark.parametrize(
    ("changes", "importable"),
    [
        ({}, True),
        ({"Type": "D"}, False),
        ({"Status": "P"}, False),
        ({"Blocked": True}, False),
        ({"EndDate": "2026-11-23"}, False),
        ({"StartDate": "2026-11-25"}, False),
        ({"IsAnonymised": 1}, False),
    ],
)
def test_only_an_active_customer_of_type_a_is_created(
    changes: dict[str, Any], *, importable: bool
) -> None:
    assert mapped(an_account(**changes)).importable is importable


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, None),
        ({"StartDate": "2027-01-01"}, date(2027, 1, 1)),
        ({"EndDate": "2026-12-31"}, date(2027, 1, 1)),
    ],
)
def test_an_account_is_judged_again_on_the_day_it_starts_or_has_ended(
    changes: dict[str, Any], day: date | None
) -> None:
    assert mapped(an_account(**changes)).changes_on == day


@pytest.mark.parametrize("code", [None, "", "                  "])
def test_an_account_without_a_code_means_nothing(code: str | None) -> None:
    sources = rows_of(an_account(Code=code))
    assert map_account(sources, MappingContext(a_connection(), TODAY)) is None


def test_as_long_as_only_its_contacts_are_known_an_account_means_nothing() -> None:
    sources = rows_of(None, a_contact(), an_address())
    assert map_account(sources, MappingContext(a_connection(), TODAY)) is None


def test_a_name_that_was_cut_is_told_to_a_person() -> None:
    (notice,) = mapped(an_account(Name="n" * 51)).notices
    assert (notice.code, notice.values) == ("name-truncated", {"debtor": "1068"})


def test_a_name_of_fifty_characters_after_trimming_is_no_news() -> None:
    assert mapped(an_account(Name=f"  {'n' * 50}  ")).notices == ()


def test_the_key_of_the_entity_is_the_code() -> None:
    found = mapped(an_account())
    assert (found.code, found.values[ACCOUNTS.target.code]) == ("1068", "1068")


@pytest.mark.parametrize("as_sent", [int, str])
def test_a_number_means_the_same_as_text(as_sent: Callable[[int], object]) -> None:
    found = mapped(an_account(IsAnonymised=as_sent(1)), an_address(Type=as_sent(3)))
    assert found.values["IsActive"] is False
    assert found.values["InvoiceAddressSameAsVisitAddress"] is False
    other = mapped(an_account(IsAnonymised=as_sent(0)), an_address(Type=as_sent(1)))
    assert other.values["IsActive"] is True
    assert other.values["InvoiceAddressSameAsVisitAddress"] is True
