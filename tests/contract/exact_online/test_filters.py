"""Filters: X52 to X54, X56 to X59 and X62 to X65."""

import pytest

from tests.contract.exact_online.conftest import Caller

FIND = "crm/Accounts?$select=ID,Code,Name&$filter="
LINES = "vat/VATCodes?$select=Code,Percentage&$filter="


def codes(exact: Caller, path: str) -> list[str]:
    return sorted(row["Code"].strip() for row in exact.data(path)["results"])


def test_an_account_is_found_by_its_padded_code_only(exact: Caller) -> None:
    assert codes(exact, FIND + "Code eq '              1068'") == ["1068"]
    assert codes(exact, FIND + "Code eq '1068'") == []


def test_trim_finds_a_code_without_its_padding(exact: Caller) -> None:
    assert codes(exact, FIND + "trim(Code) eq '0000215'") == ["0000215"]
    assert codes(exact, FIND + "trim(Code) eq '215'") == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Percentage eq 0.21", ["2", "4", "8"]),
        ("Percentage gt 0.09", ["2", "4", "8", "9"]),
        ("Percentage ge 0.21d", ["2", "4", "8"]),
        ("Percentage lt 0.09 and Charged eq true", ["5", "6", "7"]),
        ("Percentage le 0.09 and Charged ne true", ["0", "1", "3"]),
        ("(Type eq 'E' or Type eq 'I') and Percentage eq 0.09", ["1", "3"]),
        ("Code eq '1  ' or Code eq '2  '", ["1", "2"]),
        ("substringof('inclusief',Description) eq true", ["3", "4"]),
        ("substringof('inclusief',Description)", ["3", "4"]),
        ("startswith(Description,'Btw hoog') eq true", ["2", "4", "8", "9"]),
        ("startswith(Description,'Btw') eq false", ["0", "6", "7"]),
        ("LegalText eq null and Percentage gt 0.1", ["2", "4", "8", "9"]),
    ],
)
def test_comparisons_and_functions_find_what_they_say(
    exact: Caller, condition: str, expected: list[str]
) -> None:
    assert codes(exact, LINES + condition) == expected


def test_dates_are_compared_with_a_time_in_the_literal(exact: Caller) -> None:
    found = FIND + "Created lt datetime'2030-01-01T00:00:00' and trim(Code) eq '1068'"
    assert codes(exact, found) == ["1068"]
    answer = exact.get(FIND + "Created lt datetime'2030-01-01'")
    assert exact.message(answer).startswith("Unrecognized 'Edm.DateTime' literal")


def test_a_quote_in_a_text_is_doubled(exact: Caller) -> None:
    exact.sandbox.change_account("1068", Name="O'Brien & Zn.")
    assert codes(exact, FIND + "Name eq 'O''Brien %26 Zn.'") == ["1068"]
    assert exact.get(FIND + "Name eq 'O'Brien'").status_code == 400


def test_a_plus_is_not_a_space(exact: Caller) -> None:
    assert exact.get(LINES + "Code+eq+'2  '").status_code == 400


def test_or_between_two_properties_is_not_supported(exact: Caller) -> None:
    answer = exact.get(LINES + "Type eq 'I' or Percentage eq 0.09")
    expected = "This $filter parameter is not supported for this resource"
    assert (answer.status_code, exact.message(answer)) == (400, expected)


@pytest.mark.parametrize(("count", "status"), [(40, 200), (41, 400)])
def test_at_most_40_alternatives_go_into_one_filter(exact: Caller, count: int, status: int) -> None:
    condition = " or ".join(f"trim(Code) eq '{number}'" for number in range(count))
    assert exact.get(FIND + condition).status_code == status


@pytest.mark.parametrize(
    "condition",
    [
        "VATPercentages eq 1",
        "VATPercentages/Percentage eq 0.21",
        "Created eq Modified",
        "Kode eq '2'",
        "not Code eq '2'",
        "Code",
        "Code is '2'",
    ],
)
def test_what_the_service_does_not_understand_is_refused(exact: Caller, condition: str) -> None:
    answer = exact.get(LINES + condition)
    expected = "This $filter parameter is not supported for this resource"
    assert (answer.status_code, exact.message(answer)) == (400, expected)


@pytest.mark.parametrize(
    "condition", ["(Code eq '2'", "Code eq '2') ", "Code eq '2' Code", "Code eq #", "trim Code"]
)
def test_a_filter_with_wrong_syntax_is_refused(exact: Caller, condition: str) -> None:
    assert exact.get(LINES + condition).status_code == 400


@pytest.mark.parametrize(
    ("condition", "edm_type"),
    [
        ("ID eq '6c3e1a52-9d0b-4b7e-8c11-2f6a5d90e471'", "Edm.Guid"),
        ("ID eq guid'1068'", "Edm.Guid"),
        ("Blocked eq 1", "Edm.Boolean"),
        ("Name eq 5", "Edm.String"),
        ("Modified gt '2026-01-01T00:00:00'", "Edm.DateTime"),
    ],
)
def test_a_literal_of_another_type_is_unrecognised(
    exact: Caller, condition: str, edm_type: str
) -> None:
    answer = exact.get(FIND + condition)
    assert answer.status_code == 400
    assert exact.message(answer).startswith(f"Unrecognized '{edm_type}' literal")


@pytest.mark.parametrize(
    "path",
    [
        "crm/Accounts",
        "crm/Contacts",
        "crm/Addresses",
        "project/Projects",
        "financial/GLAccounts",
        "salesentry/SalesEntries",
        "documents/Documents",
        "documents/DocumentAttachments",
    ],
)
def test_a_list_with_a_sync_twin_or_a_flag_needs_a_filter(exact: Caller, path: str) -> None:
    answer = exact.get(path + "?$select=Created" if "Attach" not in path else path + "?$select=ID")
    assert answer.status_code == 400
    assert exact.message(answer).startswith(
        "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a"
        " $filter parameter with one of the following fields in the url:"
    )


def test_a_field_outside_the_permitted_ones_is_refused_by_name(exact: Caller) -> None:
    answer = exact.get(FIND + "Remarks eq 'x'")
    expected = "Filtering on these fields is not supported: Remarks"
    assert (answer.status_code, exact.message(answer)) == (400, expected)


def test_an_entry_is_found_by_reference_and_by_number(exact: Caller) -> None:
    entry = exact.book(YourRef="20260412")
    path = "salesentry/SalesEntries?$select=EntryID&$filter="
    number = entry["EntryNumber"]
    for condition in (
        "YourRef eq '20260412'",
        f"EntryNumber eq {number}",
        f"InvoiceNumber eq {number}",
    ):
        assert [row["EntryID"] for row in exact.data(path + condition)["results"]] == [
            entry["EntryID"]
        ]
    assert exact.data(path + "YourRef eq '2026041'")["results"] == []


def test_a_text_is_found_in_capitals_and_in_small_letters(exact: Caller) -> None:
    exact.post("salesentry/SalesEntries", exact.entry(YourRef="F26-A"))
    for asked in ("F26-A", "f26-a"):
        found = exact.data(f"salesentry/SalesEntries?$select=YourRef&$filter=YourRef eq '{asked}'")
        assert [row["YourRef"] for row in found["results"]] == ["F26-A"]
    other = exact.data("salesentry/SalesEntries?$select=YourRef&$filter=YourRef eq 'F26-B'")
    assert other["results"] == []
