"""M47, M25: both systems side by side, by number and by code, and what may have been meant."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling.check.comparison import (
    Customers,
    VatMismatch,
    compare_customers,
    compare_vat_codes,
    plain_name,
)
from koppeling.check.inspection import Account, Customer, ExactVatCode, MilestonesVatCode
from koppeling.core.ids import ExactId

RECEIVABLE = ExactId("1300-id")


def compared(customers: list[Customer], *accounts: Account) -> Customers:
    return compare_customers(customers, accounts, RECEIVABLE)


def account(number: str, name: str = "Iemand", status: str = "C") -> Account:
    return Account(number, name, status)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Veldhuis Advies B.V.", "veldhuis advies bv"),
        ("Veldhuis Advies", "Veldhuis Advies B. V."),
        ("Bakkerij 't Hoekje", "BAKKERIJ T HOEKJE N.V."),
        ("Café Zuiderzee", "Cafe  Zuiderzee"),
        ("Jansen & Zonen v.o.f.", "Jansen Zonen"),
        ("A" * 60, "A" * 50),
    ],
)
def test_names_are_the_same_whatever_people_write_differently(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Veldhuis Holding B.V.", "Veldhuis Advies B.V."), ("B.V.", "N.V.")]
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert plain_name(one) != plain_name(other)


def test_leading_zeros_are_a_part_of_a_number() -> None:
    found = compared([Customer("215", "A")], account("0000215", "B"))

    assert [customer.number for customer, _ in found.missing] == ["215"]


def test_the_relation_of_the_same_name_is_the_likely_one() -> None:
    found = compared(
        [Customer("9901", "De Linde BV")], account("1070"), account("1071", "de Linde B.V.")
    )

    assert found.missing[0][1] == account("1071", "de Linde B.V.")


def test_without_the_name_it_is_the_one_of_the_same_number_but_for_zeros() -> None:
    found = compared([Customer("215", "De Linde")], account("0000215", "Linde, de"))

    assert found.missing[0][1] == account("0000215", "Linde, de")


def test_a_relation_that_has_its_own_customer_is_likely_for_nobody_else() -> None:
    customers = [Customer("1068", "De Linde"), Customer("9901", "De Linde")]

    found = compared(customers, account("1068", "De Linde"))

    assert [(customer.number, likely) for customer, likely in found.missing] == [("9901", None)]


def test_a_name_of_punctuation_only_matches_nobody() -> None:
    assert compared([Customer("1", "-")], account("2", "...")).missing[0][1] is None


def test_a_number_of_somebody_else_in_exact_is_reported_before_anything_is_overwritten() -> None:
    zuiderzee, linde = Customer("215", "Stichting Café Zuiderzee"), Customer("216", "De Linde BV")
    uberall = account("215", "Café Überall")

    found = compared([zuiderzee, linde], uberall, account("216", "de Linde B.V."))

    assert found.other_names == ((zuiderzee, uberall),)


def test_a_missing_name_is_not_another_name() -> None:
    found = compared([Customer("1", ""), Customer("2", "A")], account("1", "B"), account("2", ""))

    assert found.other_names == ()


def test_a_relation_that_is_no_customer_is_reported() -> None:
    found = compared([Customer("1068", "A")], account("1068", status="S"))

    assert found.missing == ()
    assert found.not_customers == (account("1068", status="S"),)


def test_a_relation_with_another_account_for_debtors_is_reported() -> None:
    usual = Account("1", "A", "C", RECEIVABLE)
    other = Account("2", "B", "C", ExactId("1310-id"))
    customers = [Customer("1", "A"), Customer("2", "B")]

    assert compared(customers, usual, other).other_receivable == (other,)
    assert compare_customers(customers, [usual, other], None).other_receivable == ()


@given(st.lists(st.sampled_from(["1", "01", "2", "22"]), unique=True), st.data())
def test_missing_is_exactly_what_no_relation_has_the_number_of(
    numbers: list[str], data: st.DataObject
) -> None:
    known = data.draw(st.sets(st.sampled_from(["1", "01", "2", "22", "3"])))

    found = compared([Customer(n, n) for n in numbers], *(account(n) for n in sorted(known)))

    assert [customer.number for customer, _ in found.missing] == [
        number for number in numbers if number not in known
    ]


def here(code: str, percentage: str | None = "21", *, reverse: bool = False) -> MilestonesVatCode:
    return MilestonesVatCode(
        code, code, None if percentage is None else Decimal(percentage), reverse
    )


def there(code: str, percentage: str = "21", kind: str = "E", **state: Any) -> ExactVatCode:  # noqa: ANN401 - vary
    usual: dict[str, Any] = {"use": "B", "blocked": False, "reverse_charge": False}
    return ExactVatCode(code, code, Decimal(percentage), type=kind, **usual | state)


def problems(found: list[VatMismatch]) -> list[tuple[str, str | None]]:
    return [(each.problem, each.likely.code if each.likely else None) for each in found]


def test_codes_that_agree_are_not_reported() -> None:
    codes = [here("2"), here("0", "0.00"), here("N", None)]

    assert compare_vat_codes(codes, [there("2"), there("0", "0"), there("N", "0")]) == []


def test_a_code_that_exact_does_not_know_may_be_the_one_of_the_same_percentage() -> None:
    found = compare_vat_codes([here("H")], [there("1", "9"), there("2"), there("4", kind="I")])

    assert problems(found) == [("vat-code-unknown", "2")]


def test_the_likely_code_agrees_about_the_reverse_charge_before_anything_else() -> None:
    exact = [
        there("0", "0"),
        there("5", "0", reverse_charge=True),
        there("6", "0", reverse_charge=True),
    ]

    found = compare_vat_codes([here("V", "0", reverse=True), here("5", "0", reverse=True)], exact)

    assert problems(found) == [("vat-code-unknown", "6")]


def test_another_percentage_is_a_mismatch() -> None:
    found = compare_vat_codes([here("1", "6")], [there("1", "9"), there("7", "6")])

    assert problems(found) == [("vat-percentage-mismatch", "7")]


def test_a_code_including_vat_is_reported_before_its_percentage() -> None:
    found = compare_vat_codes([here("4", "19")], [there("4", kind="I"), there("9", "19")])

    assert problems(found) == [("vat-code-inclusive", "9")]


@pytest.mark.parametrize(
    "code", [there("8", use="P"), there("8", blocked=True)], ids=["purchase", "blocked"]
)
def test_a_code_that_no_sale_can_carry_is_reported(code: ExactVatCode) -> None:
    found = compare_vat_codes([here("8")], [code])

    assert problems(found) == [("check-vat-code-unusable", None)]
