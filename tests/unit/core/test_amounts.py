"""Amounts as people write them, whatever way they came in."""

from decimal import Decimal

import pytest

from koppeling.core import rendering
from koppeling.core.csv_table import NumberCell


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("1234.56", "EUR", "€ 1.234,56"),
        ("1210", "EUR", "€ 1.210,00"),
        ("1210.5", "EUR", "€ 1.210,50"),
        ("1E+3", "EUR", "€ 1.000,00"),
        ("0", "EUR", "€ 0,00"),
        ("-0.00", "EUR", "€ 0,00"),
        ("-96.8", "EUR", "-€ 96,80"),
        ("1210.000", "JPY", "JPY 1.210"),
        ("1.5", "BHD", "BHD 1,500"),
        ("0.125", "EUR", "€ 0,125"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(value: str, currency: str, shown: str) -> None:
    assert rendering.amount(Decimal(value), currency, "nl").replace("\u00a0", " ") == shown


def test_a_number_keeps_its_decimals() -> None:
    assert [rendering.number(each, "nl") for each in ("21.00", "9", "1E+3")] == [
        "21,00",
        "9",
        "1.000",
    ]


def test_a_number_in_a_file_has_no_exponent() -> None:
    assert NumberCell.of(Decimal("1E+3")) == "1000"
