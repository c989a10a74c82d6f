"""L20 to L27: which e-mail addresses of Exact reach a customer of QicsMilestones."""

from typing import Any

import pytest

from koppeling.core.connection import InvoiceEmail
from koppeling.pull.link_values import LinkValue
from tests.unit.pull.builders import CONTACT, a_contact, an_account, an_address, mapped

FIELDS = (
    "VisitAddressEmailAddress",
    "InvoiceAddressEmailAddress",
    "EmailAddressTo",
    "EmailAddressCc",
)
MAIN_CONTACT = InvoiceEmail.MAIN_CONTACT


def emails(*rows: dict[str, Any], **changes: Any) -> dict[str, LinkValue]:  # noqa: ANN401
    """Return the e-mail fields that are written; a field that is left alone is not among them."""
    account, *belonging = rows
    values = mapped(account, *belonging, **changes).values
    return {name: values[name] for name in FIELDS if name in values}


def test_the_first_address_of_the_account_is_for_the_visit_address_and_the_invoices() -> None:
    assert emails(an_account(Email="info@x.nl; jan@x.nl, piet@x.nl")) == {
        "VisitAddressEmailAddress": "info@x.nl",
        "EmailAddressTo": "info@x.nl",
        "EmailAddressCc": "jan@x.nl;piet@x.nl",
    }


def test_with_one_address_the_copy_is_not_touched_unless_the_link_filled_it_before() -> None:
    assert "EmailAddressCc" not in emails(an_account(Email="info@x.nl"))


def test_with_one_address_the_copy_is_emptied_when_the_link_filled_it_before() -> None:
    written: dict[str, LinkValue] = {"EmailAddressCc": "jan@x.nl"}
    assert emails(an_account(Email="info@x.nl"), written=written)["EmailAddressCc"] is None


def test_a_copy_that_the_link_emptied_is_of_people_again_and_left_as_they_type_it() -> None:  # L24
    account = an_account(Email="info@x.nl")
    emptied = mapped(account, written={"EmailAddressCc": "jan@x.nl"}).values
    assert emptied["EmailAddressCc"] is None
    assert "EmailAddressCc" not in mapped(account, written=dict(emptied)).values


def test_with_invoice_addresses_off_an_erased_account_leaves_them_to_people() -> None:  # L23
    erased = an_account(Email="info@x.nl", IsAnonymised=1)
    values = mapped(erased, invoice_email="off", written={"EmailAddressCc": "jan@x.nl"}).values
    assert not {"EmailAddressTo", "EmailAddressCc"} & values.keys()
    assert values["VisitAddressEmailAddress"] is None


@pytest.mark.parametrize("invisible", ["\u200b", "\ufeff", "\u00ad", "\u202c", "\u200d"])
def test_an_address_holds_no_invisible_characters(invisible: str) -> None:
    found = emails(an_account(Email=f"{invisible}in{invisible}fo@x.nl;{invisible}a@x.nl"))
    assert (found["EmailAddressTo"], found["EmailAddressCc"]) == ("info@x.nl", "a@x.nl")


@pytest.mark.parametrize("source", [None, "", "geen", "a@b;c"])
def test_an_empty_or_entirely_wrong_source_leaves_every_address_alone(source: str | None) -> None:
    written: dict[str, LinkValue] = {"EmailAddressCc": "jan@x.nl"}
    assert emails(an_account(Email=source), an_address(Contact=CONTACT), written=written) == {}


@pytest.mark.parametrize("source", [None, "fout"])
def test_an_address_that_is_empty_or_wrong_empties_its_field_only_where_that_was_chosen(
    source: str | None,
) -> None:
    written: dict[str, LinkValue] = {"EmailAddressCc": "jan@x.nl"}
    account, chosen = an_account(Email=source), {"clear_empty_email": True, "written": written}

    assert emails(account, **chosen) == {
        "VisitAddressEmailAddress": None,
        "EmailAddressTo": None,
        "EmailAddressCc": None,
    }
    assert emails(account, **chosen, invoice_email="off") == {"VisitAddressEmailAddress": None}


def test_wrong_addresses_are_dropped_and_told_to_a_person_and_the_rest_is_used() -> None:
    found = mapped(an_account(Email="info@x.nl;fout;ook fout@"))
    assert found.values["EmailAddressTo"] == "info@x.nl"
    (notice,) = found.notices
    assert (notice.code, notice.values) == (
        "email-invalid",
        {"debtor": "1068", "value": "fout ook fout@"},
    )


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (
            {"BusinessEmail": "work@x.nl;desk@x.nl", "Email": "home@x.nl"},
            ("work@x.nl", "desk@x.nl"),
        ),
        ({"BusinessEmail": None, "Email": "home@x.nl"}, ("home@x.nl", None)),
        ({"BusinessEmail": "wrong", "Email": "home@x.nl"}, ("home@x.nl", None)),
        ({"BusinessEmail": None, "Email": None}, (None, None)),
    ],
)
def test_the_main_contact_gets_the_invoices_when_the_customer_chose_so(
    contact: dict[str, Any], expected: tuple[str | None, str | None]
) -> None:
    account = an_account(MainContact=CONTACT, Email="info@x.nl;copy@x.nl")
    found = emails(account, a_contact(**contact), invoice_email=MAIN_CONTACT)
    assert (found.get("EmailAddressTo"), found.get("EmailAddressCc")) == expected
    assert found["VisitAddressEmailAddress"] == "info@x.nl"


def test_without_a_main_contact_the_receiver_stays_as_it_is() -> None:
    found = emails(an_account(Email="info@x.nl"), a_contact(), invoice_email=MAIN_CONTACT)
    assert found == {"VisitAddressEmailAddress": "info@x.nl"}


def test_switched_off_the_receiver_and_the_copy_are_no_link_fields() -> None:
    account = an_account(Email="info@x.nl;copy@x.nl")
    written: dict[str, LinkValue] = {"EmailAddressCc": "old@x.nl"}
    found = emails(account, invoice_email=InvoiceEmail.OFF, written=written)
    assert found == {"VisitAddressEmailAddress": "info@x.nl"}


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"BusinessEmail": "work@x.nl", "Email": "home@x.nl"}, "work@x.nl"),
        ({"BusinessEmail": None, "Email": "home@x.nl"}, "home@x.nl"),
        ({"BusinessEmail": "wrong@", "Email": "home@x.nl"}, "home@x.nl"),
    ],
)
def test_the_contact_of_the_invoice_address_gives_it_its_address(
    contact: dict[str, Any], expected: str
) -> None:
    found = emails(an_account(), an_address(Contact=CONTACT), a_contact(**contact))
    assert found == {"InvoiceAddressEmailAddress": expected}


@pytest.mark.parametrize("contact", [None, "a contact that is not known yet"])
def test_an_invoice_address_without_a_known_contact_keeps_its_address(contact: str | None) -> None:
    assert emails(an_account(), an_address(Contact=contact), a_contact(Email="home@x.nl")) == {}


def test_a_wrong_address_of_a_contact_is_told_only_where_it_would_be_used() -> None:
    contact = a_contact(BusinessEmail="fout", Email="ook@fout")
    account = an_account(MainContact=CONTACT)
    assert mapped(account, contact).notices == ()
    (of_invoices,) = mapped(account, contact, invoice_email=MAIN_CONTACT).notices
    assert of_invoices.values["value"] == "fout ook@fout"
    (of_address,) = mapped(account, contact, an_address(Contact=CONTACT)).notices
    assert of_address.values["value"] == "fout ook@fout"


def test_erasure_in_exact_empties_every_address() -> None:
    account = an_account(IsAnonymised=1, Email="info@x.nl")
    assert emails(account, an_address()) == dict.fromkeys(FIELDS)


def test_the_name_that_exact_gave_an_anonymised_account_follows() -> None:
    assert mapped(an_account(IsAnonymised=1, Name="Anoniem")).values["Name"] == "Anoniem"
