"""L1: the fingerprint covers the link values and nothing else."""

from decimal import Decimal

import pytest

from koppeling.pull.link_values import LinkValue, Notice, Reference, fingerprint, from_json, to_json

VALUES: dict[str, LinkValue] = {
    "Name": "Café 't Anker",
    "IsActive": True,
    "TermsInDays": 0,
    "Phone": None,
    "VatCodeId": Reference("vat_codes", "2"),
    "CustomerCompanyId": Reference("accounts", None, required=True),
}


def test_link_values_are_read_back_as_they_were_written() -> None:
    assert from_json(to_json(VALUES)) == VALUES


def test_the_order_of_the_fields_does_not_change_the_fingerprint() -> None:
    assert fingerprint(dict(reversed(VALUES.items()))) == fingerprint(VALUES)


def test_each_changed_value_changes_the_fingerprint() -> None:
    changes: list[dict[str, LinkValue]] = [
        {"Name": "Cafe 't Anker"},
        {"IsActive": False},
        {"TermsInDays": None},
        {"Phone": ""},
        {"VatCodeId": Reference("vat_codes", None)},
        {"VatCodeId": Reference("payment_conditions", "2")},
        {"CustomerCompanyId": Reference("accounts", None)},
    ]
    found = {fingerprint(VALUES | change) for change in changes} | {fingerprint(VALUES)}
    assert len(found) == len(changes) + 1


def test_a_field_that_is_left_alone_differs_from_one_that_is_emptied() -> None:
    without = {name: value for name, value in VALUES.items() if name != "Phone"}
    assert fingerprint(without) != fingerprint(VALUES)


def test_true_and_1_are_different_values() -> None:
    assert fingerprint({"IsActive": True}) != fingerprint({"IsActive": 1})


def test_what_is_no_link_value_has_no_fingerprint() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        fingerprint({"Percentage": Decimal(21)})  # type: ignore[dict-item] # that is the point


def test_a_notice_may_need_no_values() -> None:
    assert Notice("record-gone-in-exact").values == {}
