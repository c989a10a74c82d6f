"""X45 to X73: literals, filters, links and the values of an answer."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from koppeling.core.ids import Division, SyncTimestamp
from koppeling.exact import odata

HOST = "https://start.exactonline.nl"
OURS = Division(987654)


def test_a_quote_within_a_text_is_doubled() -> None:
    assert odata.text("O'Brien") == "'O''Brien'"


def test_a_guid_is_written_as_a_guid_literal() -> None:
    assert odata.guid("2a1b") == "guid'2a1b'"


def test_a_filter_on_one_field_is_an_equality() -> None:
    assert odata.equals("YourRef", odata.text("20260412")) == "YourRef eq '20260412'"


def test_a_sync_read_asks_for_newer_timestamps_alone() -> None:
    assert odata.newer_than(SyncTimestamp(123)) == "Timestamp gt 123L"


@pytest.mark.parametrize(
    ("code", "padded"),
    [
        ("1068", "              1068"),
        ("0000002", "           0000002"),
        ("1" * 18, "1" * 18),
        ("1" * 19, "1" * 19),
    ],
)
def test_an_account_code_is_padded_on_the_left_to_18_and_keeps_its_zeros(
    code: str, padded: str
) -> None:
    assert odata.account_code(code) == padded


def test_a_query_always_says_what_it_selects_and_filters_with_every_character_encoded() -> None:
    assert odata.query(["Name", "ID"], "Name eq 'A & B+C'") == (
        "$select=ID,Name&$filter=Name%20eq%20%27A%20%26%20B%2BC%27"
    )


def test_a_server_reads_the_same_query_back() -> None:
    read = parse_qs(odata.query(["ID"], "Name eq '100% #1? /x=y'"))
    assert read == {"$select": ["ID"], "$filter": ["Name eq '100% #1? /x=y'"]}


@pytest.mark.parametrize(
    "link",
    [
        f"{HOST}/api/v1/987654/sync/CRM/Accounts?$skiptoken=5L",
        "HTTPS://start.exactonline.nl/api/v1/987654/crm/Accounts",
    ],
)
def test_a_link_to_our_own_division_is_followed(link: str) -> None:
    assert odata.is_own_link(link, HOST, OURS)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v1/987654/crm/Accounts",
        "https://start.exactonline.nl.evil.example/api/v1/987654/crm/Accounts",
        "https://start.exactonline.nl@evil.example/api/v1/987654/crm/Accounts",
        "https://user@start.exactonline.nl/api/v1/987654/crm/Accounts",
        "https://start.exactonline.nl:8443/api/v1/987654/crm/Accounts",
        "http://start.exactonline.nl/api/v1/987654/crm/Accounts",
        "https://start.exactonline.be/api/v1/987654/crm/Accounts",
        f"{HOST}/api/v1/987655/crm/Accounts",
        f"{HOST}/api/v1/9876540/crm/Accounts",
        f"{HOST}/api/v1/987654",
        f"{HOST}/api/v1/987654/../987655/crm/Accounts",
        f"{HOST}/api/v1/987654/%2e%2e/987655/crm/Accounts",
        f"{HOST}/api/v1/987654/.%2E/987655/crm/Accounts",
        f"{HOST}/api/v1/987654/crm/..",
        "/api/v1/987654/crm/Accounts",
        "//evil.example/api/v1/987654/crm/Accounts",
        "https://[not an address/api/v1/987654/",
        "javascript:alert(1)",
        "",
        7,
    ],
    # A bracket that is not closed could not be named on a command line
    ids=lambda link: repr(link).replace("[", "("),
)
def test_a_link_to_another_host_or_division_is_not_followed(link: str) -> None:
    assert not odata.is_own_link(link, HOST, OURS)


@pytest.mark.parametrize(
    ("body", "rows", "link"),
    [
        ({"d": {"results": [{"A": 1}], "__next": "more"}}, [{"A": 1}], "more"),
        ({"d": {"results": [{"A": 1}]}}, [{"A": 1}], None),
        ({"d": {"results": [], "__count": "0"}}, [], None),
        ({"d": [{"A": 1}, {"A": 2}]}, [{"A": 1}, {"A": 2}], None),
        ({"d": []}, [], None),
        ({"d": [{"A": 1}, None, 5]}, [{"A": 1}, {}, {}], None),
        ({"d": {"A": 1}}, [{"A": 1}], None),
    ],
)
def test_each_of_the_three_shapes_of_an_answer_gives_its_rows(
    body: dict[str, Any], rows: list[dict[str, Any]], link: str | None
) -> None:
    assert odata.rows_of(body) == (rows, link)


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"d": None}, {"d": "text"}, {"d": 5}, {"d": {"results": None}}],
)
def test_an_answer_that_is_no_odata_raises(body: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        odata.rows_of(body)


def test_a_row_loses_its_links_and_keeps_its_values() -> None:
    row = {
        "__metadata": {"uri": "https://x", "type": "Exact"},
        "BankAccounts": {"__deferred": {"uri": "https://x"}},
        "Code": "              1068",
        "Amount": Decimal("41.98"),
        "Blocked": False,
        "Nothing": None,
        "Expanded": {"results": []},
    }
    assert odata.row_of(row) == {
        "Code": "              1068",
        "Amount": Decimal("41.98"),
        "Blocked": False,
        "Nothing": None,
        "Expanded": {"results": []},
    }


@pytest.mark.parametrize("sent", ["4766", 4766])
def test_a_timestamp_may_come_as_text_or_as_a_number(sent: object) -> None:
    assert odata.row_of({"Timestamp": sent}) == {"Timestamp": 4766}


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("/Date(0)/", "1970-01-01"),
        ("/Date(-86400000)/", "1969-12-31"),
        ("/Date(-1)/", "1969-12-31"),
        ("/Date(1774742400000)/", "2026-03-29"),  # the night without 02:00
        ("/Date(1774828799999)/", "2026-03-29"),  # and its last moment
        ("/Date(1792886400000)/", "2026-10-25"),  # the night with 02:00 twice
        ("/Date(1792972799999)/", "2026-10-25"),
        ("/Date(1795478400000)/", "2026-11-24"),
        ("/Date(253402214400000)/", "9999-12-31"),
    ],
)
def test_a_date_keeps_only_its_day_whatever_the_time_zone_and_daylight_saving(
    sent: str, day: str
) -> None:
    assert odata.row_of({"EndDate": sent}) == {"EndDate": day}


@pytest.mark.parametrize("name", ["x/Date(0)/", "/Date(0)/ x", "/Date(soon)/", "/Date("])
def test_a_text_that_only_resembles_a_date_stays_unchanged(name: str) -> None:
    assert odata.row_of({"Name": name}) == {"Name": name}
