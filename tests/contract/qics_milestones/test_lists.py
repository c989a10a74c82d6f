"""Reading lists: shapes, filters and pages, in every form that the contract leaves open."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.common.faults import Fault
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.state import API_PATH


def customers_of_a_large_tenant(sandbox: MilestonesSandbox, total: int) -> list[str]:
    present = len(sandbox.world.records("CustomerCompany"))
    for number in range(total - present):
        sandbox.world.add("CustomerCompany", {**CUSTOMER, "CustomerCode": f"K{number:04}"})
    return [row["CustomerCode"] for row in sandbox.world.records("CustomerCompany")]


def follow(caller: Caller, link_name: str) -> list[list[str]]:
    pages = []
    resource, query = "CustomerCompany", {"$filter": "CompanyId eq 1"}
    while True:
        body = caller.call("GET", resource, query=query).get_json()
        pages.append([row["CustomerCode"] for row in body["value"]])
        if link_name not in body:
            return pages
        link = urlsplit(body[link_name])
        assert f"{link.scheme}://{link.netloc}" == "http://localhost"
        resource, query = link.path.removeprefix(API_PATH), dict(parse_qsl(link.query))


def test_a_list_is_an_object_with_metadata_and_value(caller: Caller) -> None:
    body = caller.call("GET", "CostCenter").get_json()

    assert set(body) == {"odata.metadata", "value"}
    assert body["odata.metadata"].endswith("$metadata#CostCenter")
    assert [row["Code"] for row in body["value"]] == ["ADV", "TRN"]


def test_a_tenant_may_answer_a_bare_array(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.switches.bare_array = True

    body = caller.call("GET", "CostCenter").get_json()

    assert [row["Code"] for row in body] == ["ADV", "TRN"]


def test_a_filter_finds_a_customer_by_company_and_code(caller: Caller) -> None:
    rows = caller.rows("CustomerCompany", filter="CompanyId eq 1 and CustomerCode eq '1068'")

    assert [row["CustomerCode"] for row in rows] == ["1068"]


@pytest.mark.parametrize("code", ["O'Brien", "''", "50% & meer", "a and b eq 'c'", " 1068"])
def test_any_text_can_be_asked_for_when_its_quotes_are_doubled(caller: Caller, code: str) -> None:
    caller.create("CustomerCompany", {**CUSTOMER, "CustomerCode": code})
    quoted = code.replace("'", "''")

    rows = caller.rows("CustomerCompany", filter=f"CustomerCode eq '{quoted}'")

    assert [row["CustomerCode"] for row in rows] == [code]


def test_codes_are_compared_exactly_so_leading_zeros_count(caller: Caller) -> None:
    assert caller.rows("CustomerCompany", filter="CustomerCode eq '215'") == []
    assert len(caller.rows("CustomerCompany", filter="CustomerCode eq '0000215'")) == 1


@pytest.mark.parametrize(
    ("entity", "expression", "found"),
    [
        ("VatCode", "Percentage eq 21", ["2", "4"]),
        ("VatCode", "ReverseCharge eq true and IcpReturn eq 'Services'", ["7"]),
        ("EmployeeCompany", "EmployeeNumber eq 3", [3]),
    ],
)
def test_each_type_has_its_own_literal(
    caller: Caller, entity: str, expression: str, found: list[object]
) -> None:
    code = "EmployeeNumber" if entity == "EmployeeCompany" else "Code"

    assert [row[code] for row in caller.rows(entity, filter=expression)] == found


@pytest.mark.parametrize(
    "expression",
    [
        "CustomerCode eq '1068' or CustomerCode eq '9901'",
        "CustomerCode ne '1068'",
        "startswith(CustomerCode,'10')",
        "(CustomerCode eq '1068')",
        "CustomerCode eq '10'68'",
        "CustomerCode eq 1068",
        "CompanyId eq '1'",
        "CompanyId eq 1L",
        "CompanyId eq 1.0",
        "IsActive eq 1",
        "Relation eq '1068'",
        "CompanyId eq 1 and",
        "CompanyId eq 1 andCustomerCode eq '1068'",
        "",
    ],
)
def test_a_filter_that_says_more_than_eq_and_and_is_refused(
    caller: Caller, expression: str
) -> None:
    response = caller.call("GET", "CustomerCompany", query={"$filter": expression})

    assert response.status_code == 400


def test_a_tenant_may_refuse_every_filter(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.switches.filters = False

    response = caller.call("GET", "VatCode", query={"$filter": "Code eq '2'"})

    assert response.status_code == 400
    assert len(caller.rows("VatCode")) == 8


@pytest.mark.parametrize("option", ["$select", "$orderby", "$expand", "$count", "top"])
def test_other_query_options_are_refused(caller: Caller, option: str) -> None:
    assert caller.call("GET", "VatCode", query={option: "Code"}).status_code == 400


@pytest.mark.parametrize("link_name", ["odata.nextLink", "@odata.nextLink"])
@pytest.mark.parametrize(("page_size", "pages"), [(50, [50, 50, 21]), (100, [100, 21])])
def test_next_links_on_the_own_address_lead_through_all_rows_once(
    sandbox: MilestonesSandbox, caller: Caller, link_name: str, page_size: int, pages: list[int]
) -> None:
    codes = customers_of_a_large_tenant(sandbox, 121)
    sandbox.switches.turn({"page_size": page_size, "next_link": link_name})

    read = follow(caller, link_name)

    assert [len(page) for page in read] == pages
    assert [code for page in read for code in page] == codes


def test_without_next_links_skip_leads_through_all_rows_to_an_empty_page(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    codes = customers_of_a_large_tenant(sandbox, 121)
    sandbox.switches.turn({"page_size": 50, "next_link": "none"})

    pages = [caller.rows("CustomerCompany", top=100, skip=skip) for skip in (0, 50, 100, 121)]

    assert [len(page) for page in pages] == [50, 50, 21, 0]
    assert [row["CustomerCode"] for page in pages for row in page] == codes


def test_top_ends_a_list_and_its_next_link(sandbox: MilestonesSandbox, caller: Caller) -> None:
    customers_of_a_large_tenant(sandbox, 121)

    whole = caller.call("GET", "CustomerCompany", query={"$top": "70"}).get_json()
    sandbox.switches.page_size = 50
    cut = caller.call("GET", "CustomerCompany", query={"$top": "70"}).get_json()

    assert (len(whole["value"]), "odata.nextLink" in whole) == (70, False)
    assert cut["odata.nextLink"].endswith("CustomerCompany?$top=20&$skip=50")


@pytest.mark.parametrize("query", [{"$top": "-1"}, {"$skip": "all"}])
def test_top_and_skip_are_numbers_of_rows(caller: Caller, query: dict[str, str]) -> None:
    assert caller.call("GET", "VatCode", query=query).status_code == 400


def test_a_foreign_next_link_can_be_armed(sandbox: MilestonesSandbox, caller: Caller) -> None:
    customers_of_a_large_tenant(sandbox, 121)
    sandbox.faults.arm(Fault("foreign-next", endpoint="CustomerCompany"))

    body = caller.call("GET", "CustomerCompany").get_json()

    assert urlsplit(body["odata.nextLink"]).netloc == "127.0.0.2:9"


def test_a_role_without_rights_sees_empty_lists_and_no_errors(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.rights = "none"

    assert caller.rows("Company") == []
    assert caller.rows("CustomerCompany", filter="CustomerCode eq '1068'") == []
    assert caller.call("GET", "CustomerCompany(1)").status_code == 404
    assert caller.call("POST", "CustomerCompany", body=CUSTOMER).status_code == 403


def test_a_role_may_hide_one_entity_and_still_write_it(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.turn({"hides": ("CustomerCompany",)})

    assert caller.rows("CustomerCompany") == []
    assert caller.call("GET", "CustomerCompany(1)").status_code == 404
    assert caller.rows("Company") != []
    assert caller.call("POST", "CustomerCompany", body=CUSTOMER).status_code == 201


def test_a_page_can_be_empty_once(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.faults.arm(Fault("empty-page", endpoint="CustomerCompany"))

    assert caller.rows("CustomerCompany") == []
    assert caller.rows("CustomerCompany") != []


def test_a_role_that_may_only_read_sees_all_and_writes_nothing(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.rights = "read"
    record = caller.read("CustomerCompany", "1")

    assert caller.call("PUT", "CustomerCompany(1)", body=record).status_code == 403
    assert caller.call("POST", "CustomerCompany", body=CUSTOMER).status_code == 403
