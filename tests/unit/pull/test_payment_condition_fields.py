"""Link fields 3.2: each row, the record of Exact and that of QicsMilestones side by side."""

from typing import Any

import pytest

from koppeling.pull.link_values import LinkValue
from tests.unit.pull.builders import a_payment_condition, mapped_as

ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": " 14 "}, {"Code": "14"}),
    ({"Code": "07"}, {"Code": "07"}),
    ({"Description": " 14  dagen netto "}, {"Name": "14 dagen netto"}),
    ({"PaymentDays": 14}, {"TermsInDays": 14}),
    ({"PaymentDays": "14"}, {"TermsInDays": 14}),
    ({"PaymentDays": 0}, {"TermsInDays": 0}),
    ({"PaymentDays": None}, {"TermsInDays": 0}),
    ({"PaymentDays": ""}, {"TermsInDays": 0}),
]
# the highest number of days stands in the middle, so that neither end is taken by chance
INSTALMENTS = (
    a_payment_condition(ID="a", PaymentDays=14, Description="eerste helft"),
    a_payment_condition(ID="b", PaymentDays=60, Description="tweede helft"),
    a_payment_condition(ID="c", PaymentDays=None, Description="aanbetaling"),
)


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_a_payment_condition_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped_as("payment_conditions", a_payment_condition(**exact)).values
    assert {name: values[name] for name in milestones} == milestones


def test_a_payment_condition_touches_exactly_these_link_fields() -> None:
    found = mapped_as("payment_conditions", a_payment_condition())
    assert found.values.keys() == {"Code", "Name", "TermsInDays"}
    assert found.importable


@pytest.mark.parametrize("name", [None, "  "])
def test_a_name_is_never_emptied(name: str | None) -> None:
    found = mapped_as("payment_conditions", a_payment_condition(Description=name))
    assert "Name" not in found.values


def test_instalments_are_one_record_with_the_most_days_and_the_name_that_goes_with_them() -> None:
    found = mapped_as("payment_conditions", *INSTALMENTS)
    assert found.values == {"Code": "30", "Name": "tweede helft", "TermsInDays": 60}


def test_the_order_in_which_instalments_arrive_changes_nothing() -> None:
    equal = (a_payment_condition(ID="x", Description="x"), a_payment_condition(ID="y"))
    for rows in (INSTALMENTS, equal):
        forth = mapped_as("payment_conditions", *rows)
        back = mapped_as("payment_conditions", *reversed(rows))
        assert (forth.values, forth.notices) == (back.values, back.notices)


def test_instalments_are_told_to_a_person_with_the_days_that_are_used() -> None:
    (notice,) = mapped_as("payment_conditions", *INSTALMENTS).notices
    assert notice.code == "payment-condition-simplified"
    assert notice.values == {"code": "30", "days": "60"}


def test_ends_of_months_are_told_to_a_person() -> None:
    (notice,) = mapped_as("payment_conditions", a_payment_condition(PaymentEndOfMonths=1)).notices
    assert notice.values == {"code": "30", "days": "30"}


@pytest.mark.parametrize("months", [0, None])
def test_a_condition_in_days_alone_is_no_news(months: int | None) -> None:
    found = mapped_as("payment_conditions", a_payment_condition(PaymentEndOfMonths=months))
    assert found.notices == ()
