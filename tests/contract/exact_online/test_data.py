"""The invented data: as many importable accounts as asked for, and believable ones."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from tests.sandbox.common import company
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.values import Row, account_code


@pytest.fixture(scope="module")
def world() -> ExactSandbox:
    return ExactSandbox(accounts=2000, seed=7, clock=Clock())


def rows(sandbox: ExactSandbox, table: str) -> list[Row]:
    return list(sandbox.world.tables[table])


def codes(sandbox: ExactSandbox, table: str) -> list[str]:
    return [row["Code"].strip() for row in sandbox.world.tables[table]]


@pytest.mark.parametrize("count", [3, 10, 57, 1000])
def test_as_many_accounts_can_be_imported_as_were_asked_for(count: int) -> None:
    sandbox = ExactSandbox(accounts=count)
    importable = sandbox.world.importable_accounts()
    others = len(sandbox.world.tables["Accounts"]) - len(importable)
    codes = {row["Code"] for row in importable}
    assert len(importable) == count
    assert others == max(7, -(-count * 8 // 100))
    assert {account_code(code) for code in ("1068", "0000215", "1071")} <= codes


def test_fewer_accounts_than_the_invoice_examples_need_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        ExactSandbox(accounts=2)


def test_the_same_seed_gives_the_same_data_and_another_seed_other_data() -> None:
    first, same, other = (ExactSandbox(accounts=50, seed=seed) for seed in (1, 1, 2))
    assert rows(first, "Accounts") == rows(same, "Accounts")
    assert rows(first, "Addresses") == rows(same, "Addresses")
    assert rows(first, "Accounts") != rows(other, "Accounts")


def test_two_sandboxes_share_nothing() -> None:
    first, second = ExactSandbox(), ExactSandbox()
    first.change_account("1068", Name="Anders")
    assert second.world.account("1068")["Name"] != "Anders"


def test_codes_are_unique_and_some_have_leading_zeros(world: ExactSandbox) -> None:
    codes = [row["Code"] for row in rows(world, "Accounts")]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 18 for code in codes)
    assert any(code.strip().startswith("0") for code in codes)


def test_every_kind_of_relation_that_is_not_imported_occurs(world: ExactSandbox) -> None:
    accounts = rows(world, "Accounts")
    kinds = Counter(row["Status"] for row in accounts)
    assert set(kinds) == {"A", "C", "P", "S"}
    assert any(row["Blocked"] for row in accounts)
    assert any(row.get("EndDate") for row in accounts)
    assert any(row["Type"] == "D" for row in accounts)
    assert any(row["IsSupplier"] for row in accounts)


def test_names_hold_what_breaks_careless_code(world: ExactSandbox) -> None:
    names = [row["Name"] for row in rows(world, "Accounts")]
    assert any("'" in name for name in names)
    assert any(re.search("[éÜüëåø]", name) for name in names)
    assert any("&" in name for name in names)
    assert any("%" in name for name in names)
    assert any(len(name) == 80 for name in names)
    assert max(len(name) for name in names) == 80


def test_mail_addresses_are_single_several_invalid_and_empty(world: ExactSandbox) -> None:
    addresses = [row["Email"] for row in rows(world, "Accounts")]
    assert None in addresses
    assert "geen" in addresses
    assert any(";" in (address or "") for address in addresses)
    assert any("," in (address or "") for address in addresses)


def test_some_have_an_invoice_address_and_all_a_visit_address(world: ExactSandbox) -> None:
    kinds = Counter(row["Type"] for row in rows(world, "Addresses"))
    assert kinds[1] == len(world.world.tables["Accounts"])
    assert 0 < kinds[3] < kinds[1]
    assert any(row.get("Contact") for row in rows(world, "Addresses"))


def test_a_main_contact_belongs_to_its_account(world: ExactSandbox) -> None:
    contacts = {row["ID"]: row for row in rows(world, "Contacts")}
    led = [row for row in rows(world, "Accounts") if row.get("MainContact")]
    assert led
    assert all(contacts[row["MainContact"]]["Account"] == row["ID"] for row in led)
    assert any(row.get("EndDate") for row in contacts.values())


def test_some_are_invoiced_through_another_account(world: ExactSandbox) -> None:
    ids = {row["ID"]: row["Code"] for row in rows(world, "Accounts")}
    elsewhere = [row for row in rows(world, "Accounts") if row.get("InvoiceAccount")]
    assert elsewhere
    assert all(ids[row["InvoiceAccount"]] == row["InvoiceAccountCode"] for row in elsewhere)
    assert all(row["InvoiceAccount"] != row["ID"] for row in elsewhere)


def test_vat_numbers_have_dots_here_and_there_and_some_relations_live_abroad(
    world: ExactSandbox,
) -> None:
    accounts = rows(world, "Accounts")
    assert any("." in (row["VATNumber"] or "") for row in accounts)
    assert {row["Country"] for row in accounts} > {"NL ", "BE ", "DE "}


def test_the_set_up_is_that_of_the_company_both_sandboxes_share(world: ExactSandbox) -> None:
    vat_codes = company.VAT_CODES + company.OTHER_VAT_CODES
    conditions = company.PAYMENT_CONDITIONS + company.OTHER_PAYMENT_CONDITIONS
    assert codes(world, "VATCodes") == [vat.code for vat in vat_codes]
    assert codes(world, "PaymentConditions") == [condition.code for condition in conditions]
    assert codes(world, "Journals") == [journal.code for journal in company.JOURNALS]
    assert codes(world, "Projects")[:3] == list(company.PROJECT_CODES)
    assert codes(world, "Costcenters")[:3] == [code for code, _ in company.COST_CENTERS]


def test_tables_are_sorted_by_timestamp(world: ExactSandbox) -> None:
    stamps = [row["Timestamp"] for row in rows(world, "Accounts")]
    assert all(earlier < later for earlier, later in pairwise(stamps))
