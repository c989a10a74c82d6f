"""Pages and the shapes of `d`: X45 to X51, X55, X60, X61, X179 and X184."""

from typing import Any

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.exact_online import ExactSandbox

PERIODS = "financial/FinancialPeriods?$select=ID,FinYear,FinPeriod"
NOTHING = "hrm/Costcenters?$select=Code&$filter=Code eq 'NIET'"


def pages(exact: Caller, path: str) -> list[dict[str, Any]]:
    found = [exact.data(path)]
    while "__next" in found[-1]:
        found.append(exact.data(found[-1]["__next"]))
    return found


def add_centers(sandbox: ExactSandbox, count: int) -> None:
    for number in range(count):
        row = {"ID": sandbox.world.new_id(), "Code": f"K{number:03d}", "Description": "Extra"}
        sandbox.world.add("Costcenters", row)


def test_a_list_stands_in_results_and_a_single_object_alone(exact: Caller) -> None:
    row = exact.data("hrm/Costcenters?$select=ID,Code")["results"][0]
    single = exact.data(f"hrm/Costcenters(guid'{row['ID']}')?$select=ID,Code")
    assert single == row


def test_a_top_within_the_page_size_gives_a_bare_list(exact: Caller) -> None:
    assert len(exact.data("hrm/Costcenters?$select=Code&$top=60")) == 3
    assert [row["Code"] for row in exact.data("hrm/Costcenters?$select=Code&$top=1")]


def test_a_top_above_the_page_size_gives_results_even_for_fewer_rows(exact: Caller) -> None:
    assert len(exact.data("hrm/Costcenters?$select=Code&$top=100")["results"]) == 3


def test_an_empty_bare_list_is_bare_too(exact: Caller) -> None:
    assert exact.data(NOTHING + "&$top=1") == []
    assert exact.data(NOTHING) == {"results": []}
    exact.sandbox.switches.empty_as_bare_list = True
    assert exact.data(NOTHING) == []


def test_a_count_forces_results_and_counts_all_rows(exact: Caller) -> None:
    add_centers(exact.sandbox, 60)
    found = exact.data("hrm/Costcenters?$select=Code&$inlinecount=allpages&$top=1")
    assert found["__count"] == "63"
    assert len(found["results"]) == 1


def test_a_crud_page_holds_60_rows_and_the_last_page_has_no_next_link(exact: Caller) -> None:
    add_centers(exact.sandbox, 58)
    found = pages(exact, "hrm/Costcenters?$select=ID,Code")
    assert [len(page["results"]) for page in found] == [60, 1]
    assert "__next" not in found[-1]
    assert len({row["ID"] for page in found for row in page["results"]}) == 61


def test_a_full_last_page_has_no_next_link(exact: Caller) -> None:
    add_centers(exact.sandbox, 57)
    assert "__next" not in exact.data("hrm/Costcenters?$select=Code")


def test_a_next_link_is_on_this_server_and_keeps_select_and_filter(exact: Caller) -> None:
    add_centers(exact.sandbox, 70)
    path = "hrm/Costcenters?$select=ID,Code&$filter=startswith(Code,'K') eq true"
    first = exact.data(path)
    last_id = first["results"][-1]["ID"]
    assert first["__next"].startswith(exact.url("hrm/Costcenters?$select=ID,Code&$filter="))
    assert first["__next"].endswith(f"&$skiptoken=guid'{last_id}'")
    assert "%20eq%20true" in first["__next"]
    assert len(exact.data(first["__next"])["results"]) == 10


def test_a_next_link_lowers_top_by_the_rows_delivered(exact: Caller) -> None:
    add_centers(exact.sandbox, 97)
    first = exact.data("hrm/Costcenters?$select=ID&$top=80")
    assert "$top=20" in first["__next"]
    assert len(exact.data(first["__next"])) == 20


def test_an_order_is_kept_and_stands_in_the_skip_token(exact: Caller) -> None:
    add_centers(exact.sandbox, 60)
    found = pages(exact, "hrm/Costcenters?$select=Code,Modified&$orderby=Code desc")
    codes = [row["Code"] for page in found for row in page["results"]]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 63
    by_date = exact.data("hrm/Costcenters?$select=Code&$orderby=Modified")
    assert "$skiptoken=datetime'2026-11-24T12%3A00%3A05.000',guid'" in by_date["__next"]


def test_each_object_says_where_it_lives_on_this_server(exact: Caller) -> None:
    row = exact.data("hrm/Costcenters?$select=ID")["results"][0]
    assert row["__metadata"] == {
        "uri": exact.url(f"hrm/Costcenters(guid'{row['ID']}')"),
        "type": "Exact.Web.Api.Models.Costcenter",
    }


def test_a_collection_is_deferred_and_can_be_followed_or_expanded(exact: Caller) -> None:
    row = exact.data("vat/VATCodes?$select=ID,VATPercentages")["results"][0]
    address = row["VATPercentages"]["__deferred"]["uri"]
    assert address == row["__metadata"]["uri"] + "/VATPercentages"
    assert len(exact.data(address + "?$select=Percentage")["results"]) == 1
    expanded = exact.data("vat/VATCodes?$select=ID&$expand=VATPercentages")["results"][0]
    assert len(expanded["VATPercentages"]["results"]) == 1


def test_a_broad_read_without_select_is_refused(exact: Caller) -> None:
    answer = exact.get("hrm/Costcenters")
    assert answer.status_code == 400
    expected = "Please add a $select or a $top=1 statement to the query string."
    assert exact.message(answer) == expected
    assert exact.get("hrm/Costcenters?$top=1").status_code == 200


def test_a_sync_read_without_select_is_refused(exact: Caller) -> None:
    assert exact.get("sync/CRM/Accounts?$filter=Timestamp gt 1L").status_code == 400


def test_bulk_without_select_is_refused_with_its_own_text(exact: Caller) -> None:
    answer = exact.get("bulk/CRM/Accounts?$top=1")
    assert exact.message(answer) == "It is mandatory to provide the $select query option"


def test_a_bulk_page_holds_1000_rows(stranger: Caller) -> None:
    big = ExactSandbox(accounts=1000, clock=stranger.sandbox.clock)
    stranger.sandbox.world.tables["Accounts"] = big.world.tables["Accounts"]
    stranger.connect()
    found = pages(stranger, "bulk/CRM/Accounts?$select=ID")
    assert [len(page["results"]) for page in found] == [1000, 80]


@pytest.mark.parametrize("path", ["hrm/Costcenters?$select=Kode", "vat/VATCodes?$select=code"])
def test_an_unknown_property_in_select_is_400(exact: Caller, path: str) -> None:
    answer = exact.get(path)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == ""


@pytest.mark.parametrize("option", ["$skip=60", "$format=json", "$select=ID", "$top=-1"])
def test_options_that_are_not_supported_are_400(exact: Caller, option: str) -> None:
    assert exact.get(PERIODS + "&" + option).status_code == 400
