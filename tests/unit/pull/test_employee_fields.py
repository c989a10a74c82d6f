"""Link fields 3.6: each row, the record of Exact and that of QicsMilestones side by side."""

from datetime import date
from typing import Any

import pytest

from koppeling.core.catalogue import text
from koppeling.core.connection import EmployeeNumber
from koppeling.pull.link_values import LinkValue, Mapped, fingerprint
from tests.unit.pull.builders import an_employee, mapped_as

ROWS: list[tuple[dict[str, Any], dict[str, LinkValue]]] = [
    ({"Code": " 12 "}, {"EmployeeNumber": 12}),
    ({"Code": "0012"}, {"EmployeeNumber": 12}),
    ({"Code": 12}, {"EmployeeNumber": 12}),
    ({"FirstName": " Sanne  Maria "}, {"FirstName": "Sanne Maria"}),
    ({"FirstName": None}, {"FirstName": "S.M."}),
    ({"FirstName": "  ", "Initials": None}, {"FirstName": "-"}),
    ({"MiddleName": " van  der "}, {"MiddleName": "van der"}),
    ({"MiddleName": None}, {"MiddleName": None}),
    ({"LastName": " Veldhuis "}, {"LastName": "Veldhuis"}),
    ({"BusinessEmail": "a@x.nl; b@x.nl"}, {"EmailAddress": "a@x.nl"}),
    ({"BusinessEmail": "geen, b@x.nl"}, {"EmailAddress": "b@x.nl"}),
    ({"BusinessPhone": " 030 1 "}, {"PhoneNumber": "030 1"}),
    ({"BusinessPhone": None}, {"PhoneNumber": "06 12 34 56 78"}),
    ({"BusinessPhone": "", "BusinessMobile": " "}, {"PhoneNumber": None}),
    ({"IsActive": True}, {"IsActive": True}),
    ({"IsActive": None}, {"IsActive": True}),
    ({"IsActive": False}, {"IsActive": False}),
    ({"EndDate": "2026-11-24"}, {"IsActive": True}),
    ({"EndDate": "2026-11-23"}, {"IsActive": False}),
    ({"IsActive": False, "EndDate": "2026-11-24"}, {"IsActive": False}),
]
LINK_FIELDS = {
    *("EmployeeNumber", "FirstName", "MiddleName", "LastName", "EmailAddress", "PhoneNumber"),
    "IsActive",
}


def mapped(**changes: Any) -> Mapped:  # noqa: ANN401 - fields of Exact
    return mapped_as("employees", an_employee(**changes))


@pytest.mark.parametrize(("exact", "milestones"), ROWS)
def test_a_field_of_an_employee_becomes_its_link_field(
    exact: dict[str, Any], milestones: dict[str, LinkValue]
) -> None:
    values = mapped(**exact).values
    assert {name: values[name] for name in milestones} == milestones


def test_an_employee_touches_exactly_these_link_fields() -> None:
    found = mapped()
    assert found.values.keys() == LINK_FIELDS
    assert found.refused is None


@pytest.mark.parametrize("name", [None, "  "])
def test_a_last_name_is_never_emptied(name: str | None) -> None:
    assert "LastName" not in mapped(LastName=name).values


@pytest.mark.parametrize("email", [None, "", "  ", "geen adres"])
def test_an_address_is_never_emptied(email: str | None) -> None:
    assert "EmailAddress" not in mapped(BusinessEmail=email).values


def test_an_address_that_is_none_is_told_to_a_person() -> None:
    (notice,) = mapped(BusinessEmail="geen, b@x.nl, ook@niet").notices
    assert notice.code == "email-invalid"
    assert notice.values == {"debtor": "Sanne van der Veldhuis", "value": "geen ook@niet"}


@pytest.mark.parametrize("email", [None, "a@x.nl", "a@x.nl; b@x.nl"])
def test_good_addresses_and_no_address_at_all_are_no_news(email: str | None) -> None:
    assert mapped(BusinessEmail=email).notices == ()


@pytest.mark.parametrize("code", ["12", "0012", " 12 "])
def test_the_number_is_the_code_by_which_an_employee_is_found(code: str) -> None:
    assert mapped(Code=code).code == "12"


@pytest.mark.parametrize("code", ["EXT-7", "12a", "1 2", "-12", "1.5", "²", "1" * 11, "1" * 5000])
def test_an_employee_whose_code_is_no_whole_number_is_refused(code: str) -> None:
    found = mapped(Code=code)
    assert found.refused is not None
    assert found.refused.code == "employee-number-not-numeric"
    assert found.refused.values == {"name": "Sanne van der Veldhuis", "code": code}
    assert found.code == code
    assert "EmployeeNumber" not in found.values


@pytest.mark.parametrize("code", [None, "", "  "])
def test_an_employee_without_a_code_is_refused_as_well(code: str | None) -> None:
    found = mapped(Code=code, FirstName=None, MiddleName=None, LastName=None)
    assert found.refused is not None
    assert found.refused.values == {"name": "-", "code": "-"}


def test_a_refusal_says_in_plain_dutch_who_it_is_about_and_which_code() -> None:
    refused = mapped(Code="EXT-7").refused
    assert refused is not None
    told = text(refused.code, "nl", refused.values)
    assert told.startswith("Medewerker Sanne van der Veldhuis kan niet worden overgenomen.")
    assert '"EXT-7"' in told
    assert "…" not in told


def test_a_linked_employee_whose_code_becomes_none_is_seen_as_changed() -> None:
    assert fingerprint(mapped(Code="EXT-7").values) != fingerprint(mapped().values)


def test_the_employee_id_is_the_number_where_the_connection_wants_that() -> None:
    found = mapped_as("employees", an_employee(Code="EXT-7"), employee_number=EmployeeNumber.HID)
    assert (found.values["EmployeeNumber"], found.code, found.refused) == (512, "512", None)


def test_an_employee_without_an_id_is_refused_where_the_connection_wants_that() -> None:
    found = mapped_as(
        "employees", an_employee(EmployeeHID=None), employee_number=EmployeeNumber.HID
    )
    assert found.refused is not None


def test_a_new_employee_gets_the_norm_hours_of_the_connection() -> None:
    found = mapped_as("employees", an_employee(), norm_hours_per_week="36")
    assert found.on_create == {"NormHoursPerWeek": "36"}
    assert found.importable


@pytest.mark.parametrize(
    ("ends", "day"),
    [(None, None), ("2026-11-23", None), ("2026-12-31", date(2027, 1, 1))],
)
def test_an_employee_is_judged_again_on_the_day_after_the_last(
    ends: str | None, day: date | None
) -> None:
    assert mapped(EndDate=ends).changes_on == day
