"""M14, M22, M23, R17: link fields are overwritten, and every other field stays unchanged."""

from decimal import Decimal
from typing import Any

import pytest

from koppeling.milestones.wire import differences, overlay, to_wire
from koppeling.pull.entities.entity import Target
from koppeling.pull.entities.registry import ENTITIES

TARGETS = {name: entity.target for name, entity in ENTITIES.items()}
CUSTOMER_COMPANY = TARGETS["accounts"]
PAYMENT_CONDITION = TARGETS["payment_conditions"]
VAT_CODE = TARGETS["vat_codes"]


@pytest.mark.parametrize(
    ("target", "name", "value", "sent"),
    [
        (CUSTOMER_COMPANY, "VatCodeId", 12, "12"),
        (CUSTOMER_COMPANY, "VatCodeId", "12", "12"),
        (CUSTOMER_COMPANY, "VatCodeId", None, None),
        (CUSTOMER_COMPANY, "IsActive", True, True),
        (CUSTOMER_COMPANY, "IsActive", False, False),
        (CUSTOMER_COMPANY, "Name", "Café", "Café"),
        (CUSTOMER_COMPANY, "Name", None, None),
        (VAT_CODE, "Percentage", Decimal("5.5"), "5.5"),
        (PAYMENT_CONDITION, "TermsInDays", 0, 0),
    ],
)
def test_64_bit_integers_and_decimals_are_sent_as_text_and_the_rest_as_json(
    target: Target, name: str, value: object, sent: object
) -> None:
    wired = to_wire(target, name, value)
    assert (wired, type(wired)) == (sent, type(sent))


@pytest.mark.parametrize(
    ("target", "held", "wanted"),
    [
        (CUSTOMER_COMPANY, {"Name": "Café"}, {"Name": "Café"}),
        (CUSTOMER_COMPANY, {"Name": ""}, {"Name": None}),
        (CUSTOMER_COMPANY, {}, {"Name": None}),
        (CUSTOMER_COMPANY, {"VatCodeId": "12"}, {"VatCodeId": "12"}),
        (CUSTOMER_COMPANY, {"VatCodeId": 12}, {"VatCodeId": "12"}),
        (CUSTOMER_COMPANY, {"VatCodeId": None}, {"VatCodeId": None}),
        (CUSTOMER_COMPANY, {"IsActive": False}, {"IsActive": False}),
        (VAT_CODE, {"Percentage": "21.00"}, {"Percentage": Decimal(21)}),
        (VAT_CODE, {"Percentage": Decimal("5.50")}, {"Percentage": "5.5"}),
        (PAYMENT_CONDITION, {"TermsInDays": 30}, {"TermsInDays": 30}),
        (PAYMENT_CONDITION, {"TermsInDays": "30"}, {"TermsInDays": 30}),
    ],
)
def test_a_record_that_holds_the_link_fields_already_is_not_written(
    target: Target, held: dict[str, Any], wanted: dict[str, Any]
) -> None:
    assert differences(target, held, wanted) == {}


@pytest.mark.parametrize(
    ("target", "held", "wanted", "sent"),
    [
        (CUSTOMER_COMPANY, {"Name": "Cafe"}, {"Name": "Café"}, {"Name": "Café"}),
        (CUSTOMER_COMPANY, {"Name": "Café"}, {"Name": "café"}, {"Name": "café"}),
        (CUSTOMER_COMPANY, {"Name": "Café"}, {"Name": None}, {"Name": None}),
        (CUSTOMER_COMPANY, {"CustomerCode": "02"}, {"CustomerCode": "2"}, {"CustomerCode": "2"}),
        (CUSTOMER_COMPANY, {"VatCodeId": "12"}, {"VatCodeId": 13}, {"VatCodeId": "13"}),
        (CUSTOMER_COMPANY, {"VatCodeId": "12"}, {"VatCodeId": None}, {"VatCodeId": None}),
        (CUSTOMER_COMPANY, {"IsActive": True}, {"IsActive": False}, {"IsActive": False}),
        (CUSTOMER_COMPANY, {}, {"IsActive": False}, {"IsActive": False}),
        (CUSTOMER_COMPANY, {"IsActive": None}, {"IsActive": False}, {"IsActive": False}),
        (VAT_CODE, {"Percentage": "21"}, {"Percentage": Decimal("5.5")}, {"Percentage": "5.5"}),
        (PAYMENT_CONDITION, {"TermsInDays": None}, {"TermsInDays": 0}, {"TermsInDays": 0}),
        (PAYMENT_CONDITION, {"TermsInDays": 30}, {"TermsInDays": 0}, {"TermsInDays": 0}),
    ],
)
def test_a_link_field_that_differs_is_written(
    target: Target, held: dict[str, Any], wanted: dict[str, Any], sent: dict[str, Any]
) -> None:
    differing = differences(target, held, wanted)
    assert differing == {name: (held.get(name), value) for name, value in sent.items()}
    assert overlay(held, differing) == held | sent


def test_every_field_that_is_not_ours_goes_back_as_it_came_in_its_own_order() -> None:
    current = {
        "CustomerCompanyId": "7",
        "PriceIndex": Decimal("1.0500"),
        "Name": "Old",
        "SomethingNew": {"nested": [1, None, "\x00"]},
        "CategoryId": None,
    }
    written = overlay(current, {"Name": ("Old", "New")})
    assert written == {**current, "Name": "New"}
    assert list(written) == list(current)
    assert current["Name"] == "Old"


@pytest.mark.parametrize("entity", TARGETS)
def test_every_target_knows_the_wire_kind_of_its_key(entity: str) -> None:
    target = TARGETS[entity]
    assert to_wire(target, target.key, 5) == "5"
    assert to_wire(target, target.code, "05") == "05"


@pytest.mark.parametrize("held", ["2026-06-25T00:00:00", "2026-06-25T00:00:00Z", "2026-06-25"])
def test_a_day_is_the_same_day_whatever_its_time_of_day(held: str) -> None:  # M15
    project, there = TARGETS["projects"], {"EndDate": held}
    assert not differences(project, there, {"EndDate": "2026-06-25T00:00:00"})
    assert differences(project, there, {"EndDate": "2026-06-26T00:00:00"})
