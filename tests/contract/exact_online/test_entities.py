"""The seven entities: what the administration holds, and what stands on its endpoints."""

from collections import Counter
from typing import Any

import pytest

from tests.contract.exact_online.conftest import NOON, Caller
from tests.sandbox.common import company
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.generator.people import PRIVATE_FIELDS, WORD_CODE
from tests.sandbox.exact_online.values import Row

FROM_THE_START = "&$filter=Timestamp gt 1L"
SYNC = {
    "sync/CRM/Accounts": "Accounts",
    "sync/Logistics/Items": "Items",
    "sync/Payroll/Employees": "Employees",
    "sync/Project/Projects": "Projects",
}
TWINS = ("crm/Accounts", "logistics/Items", "payroll/Employees", "project/Projects")


@pytest.fixture(scope="module")
def world() -> ExactSandbox:
    clock = Clock(frozen_at=NOON)
    return ExactSandbox(200, clock=clock, items=120, employees=40, projects=90, cost_centers=130)


def rows(sandbox: ExactSandbox, table: str) -> list[Row]:
    return list(sandbox.world.tables[table])


def pages(exact: Caller, path: str) -> list[dict[str, Any]]:
    found = [exact.data(path)]
    while "__next" in found[-1]:
        found.append(exact.data(found[-1]["__next"]))
    return found


@pytest.mark.parametrize(
    ("entity", "count"),
    [
        ("accounts", 200),
        ("items", 120),
        ("employees", 40),
        ("projects", 90),
        ("cost_centers", 130),
        ("vat_codes", len(company.VAT_CODES)),
        ("payment_conditions", len({"2T", "EM"}) + len(company.PAYMENT_CONDITIONS)),
    ],
)
def test_as_many_records_can_be_imported_as_were_asked_for_each_with_its_own_code(
    world: ExactSandbox, entity: str, count: int
) -> None:
    codes = [row["Code"].strip() for row in world.world.importable(entity)]
    assert len(codes) == len(set(codes)) == count


def test_a_sandbox_without_wishes_has_some_of_everything() -> None:
    sandbox = ExactSandbox()
    sizes = {"accounts": 10, "items": 12, "employees": 8, "projects": 10, "cost_centers": 5}
    assert {name: len(sandbox.world.importable(name)) for name in sizes} == sizes


@pytest.mark.parametrize("wish", [{"items": 8}, {"projects": 2}, {"cost_centers": 2}])
def test_fewer_records_than_the_invoice_examples_need_are_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least"):
        ExactSandbox(**wish)


def test_the_same_seed_gives_the_same_records_and_another_seed_others() -> None:
    first, same, other = (ExactSandbox(seed=seed, projects=40) for seed in (1, 1, 2))
    for table in ("Items", "Employees", "Projects", "Costcenters"):
        assert rows(first, table) == rows(same, table)
    for table in ("Items", "Employees", "Projects"):
        assert rows(first, table) != rows(other, table)


def test_the_size_of_one_entity_changes_no_account() -> None:
    small, large = ExactSandbox(), ExactSandbox(items=40, employees=20, projects=30)
    assert rows(small, "Accounts") == rows(large, "Accounts")


def test_items_hang_on_vat_codes_and_revenue_accounts(world: ExactSandbox) -> None:
    items = rows(world, "Items")
    ledger = {row["ID"]: row for row in rows(world, "GLAccounts")}
    vat_codes = {row["Code"] for row in rows(world, "VATCodes")} | {None}
    assert {row["SalesVatCode"] for row in items} <= vat_codes
    assert {article.code for article in company.ARTICLES} <= {row["Code"] for row in items}
    booked = [row for row in items if row["GLRevenue"]]
    assert all(ledger[row["GLRevenue"]]["Code"] == row["GLRevenueCode"] for row in booked)
    assert all(ledger[row["GLRevenue"]]["Type"] == 110 for row in booked)


def test_items_follow_their_group_are_time_are_not_sold_or_have_ended(
    world: ExactSandbox,
) -> None:
    items = rows(world, "Items")
    assert any(row["GLRevenue"] is None and row["GLRevenueCode"] is None for row in items)
    assert {row["IsTime"] for row in items} == {0, 1}
    assert any(not row["IsSalesItem"] for row in items)
    assert any(row.get("EndDate") and row["EndDate"] < NOON for row in items)
    assert any(row["StartDate"] > NOON for row in items)
    assert max(len(row.get("ExtraDescription") or "") for row in items) == 255


def test_employees_have_left_have_odd_codes_and_have_lives_of_their_own(
    world: ExactSandbox,
) -> None:
    employees = rows(world, "Employees")
    codes = [row["Code"] for row in employees]
    assert WORD_CODE in codes
    assert any(code != code.strip() for code in codes)
    assert len({int(code) for code in codes if code != WORD_CODE}) == 40
    assert any(row.get("EndDate") and not row["IsActive"] for row in employees)
    assert any(row["FirstName"] is None and row["Initials"] for row in employees)
    assert all(row[name] for row in employees for name in PRIVATE_FIELDS)


def test_projects_hang_on_customers_that_are_imported_except_for_two(world: ExactSandbox) -> None:
    customers = {row["ID"]: row for row in world.world.importable_accounts()}
    projects = rows(world, "Projects")
    imported = world.world.importable("projects")
    assert all(row["AccountCode"] == customers[row["Account"]]["Code"] for row in imported)
    left = [row for row in projects if row not in imported]
    assert [(row["Type"], row["Account"] is None) for row in left] == [(4, True), (1, False)]
    assert {row["Type"] for row in imported} == {2, 3, 4, 5}
    assert any(row.get("EndDate") and row["EndDate"] < NOON for row in imported)
    assert any(row.get("Notes") for row in imported)


def test_a_project_of_a_customer_that_is_blocked_is_not_imported() -> None:
    sandbox = ExactSandbox()
    sandbox.change("projects", "P26014", AccountCode="1071")
    sandbox.change("accounts", "1071", Blocked=True)
    imported = [row["Code"] for row in sandbox.world.importable("projects")]
    assert ("P26014" in imported, "P26009" in imported) == (False, True)


def test_cost_centres_have_ended_by_their_end_date_only(world: ExactSandbox) -> None:
    centers = rows(world, "Costcenters")
    assert any(row.get("EndDate") and row["EndDate"] < NOON for row in centers)
    assert any(row.get("EndDate") and row["EndDate"] > NOON for row in centers)
    assert all(row.get("Active") is None for row in centers)


def test_vat_codes_may_be_for_purchases_only_or_blocked(world: ExactSandbox) -> None:
    vat_codes = {row["Code"].strip(): row for row in rows(world, "VATCodes")}
    assert vat_codes["8"]["VATTransactionType"] == "P"
    assert vat_codes["9"]["IsBlocked"]
    assert {row["EUSalesListing"] for row in vat_codes.values()} == {"N", "L", "S"}


def test_a_condition_in_instalments_is_two_rows_with_one_code(exact: Caller) -> None:
    select = "cashflow/PaymentConditions?$select=Code,PaymentDays,Percentage,PaymentEndOfMonths"
    found = exact.data(select)["results"]
    halves = [row for row in found if row["Code"] == "2T"]
    assert sorted(row["PaymentDays"] for row in halves) == [0, 45]
    assert sum(row["Percentage"] for row in halves) == 1
    assert [row["Code"] for row in found if row["PaymentEndOfMonths"]] == ["EM"]
    imported = exact.sandbox.world.importable("payment_conditions")
    assert [row["PaymentDays"] for row in imported if row["Code"] == "2T"] == [45]


@pytest.mark.parametrize(("path", "table"), SYNC.items())
def test_a_sync_endpoint_gives_every_row_from_the_start(
    exact: Caller, path: str, table: str
) -> None:
    found = exact.data(f"{path}?$select=ID,Code,Timestamp{FROM_THE_START}")["results"]
    assert {row["ID"] for row in found} == {row["ID"] for row in rows(exact.sandbox, table)}


def test_a_sync_page_of_items_holds_1000_rows(stranger: Caller, clock: Clock) -> None:
    big = ExactSandbox(items=1000, clock=clock)
    stranger.sandbox.world.tables = big.world.tables
    stranger.connect()
    found = pages(stranger, f"sync/Logistics/Items?$select=ID,Timestamp{FROM_THE_START}")
    assert [len(page["results"]) for page in found] == [1000, 50]


@pytest.mark.parametrize("select", ["*", "ID,*"])
def test_the_items_of_sync_refuse_to_be_asked_for_all_their_properties(
    exact: Caller, select: str
) -> None:
    answer = exact.get(f"sync/Logistics/Items?$select={select}{FROM_THE_START}")
    assert answer.status_code == 400
    assert exact.message(answer) == "It is mandatory to provide the $select query option"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("sync/Logistics/Items", "StandardSalesPrice"),
        ("sync/Payroll/Employees", "ActiveEmployment"),
        ("sync/Project/Projects", "ProjectRestrictionEmployees"),
    ],
)
def test_what_a_sync_endpoint_lacks_cannot_be_selected(exact: Caller, path: str, name: str) -> None:
    assert exact.get(f"{path}?$select=ID,{name}{FROM_THE_START}").status_code == 400


@pytest.mark.parametrize("path", TWINS)
def test_the_twin_of_a_sync_endpoint_needs_a_filter(exact: Caller, path: str) -> None:
    assert exact.get(f"{path}?$select=ID,Code").status_code == 400
    code = exact.data(f"{path}?$select=Code&$filter=ID ne null")["results"][0]["Code"]
    found = exact.data(f"{path}?$select=ID,Code&$filter=trim(Code) eq '{code.strip()}'")
    assert len(found["results"]) == 1


def test_a_field_of_items_outside_the_permitted_ones_is_refused(exact: Caller) -> None:
    answer = exact.get("logistics/Items?$select=ID&$filter=Notes eq 'x'")
    assert exact.message(answer) == "Filtering on these fields is not supported: Notes"


def test_a_list_of_130_cost_centres_takes_three_pages_one_after_another(
    stranger: Caller, clock: Clock
) -> None:
    stranger.sandbox.world.tables = ExactSandbox(cost_centers=130, clock=clock).world.tables
    stranger.connect()
    found = pages(stranger, "hrm/Costcenters?$select=ID,Code,Description,EndDate")
    assert [len(page["results"]) for page in found] == [60, 60, 10]
    assert all("$skiptoken=guid'" in page["__next"] for page in found[:-1])
    seen = Counter(row["ID"] for page in found for row in page["results"])
    assert set(seen.values()) == {1}


def test_each_entity_has_a_right_of_its_own(exact: Caller) -> None:
    for right, path in (
        ("Logistics items", "sync/Logistics/Items"),
        ("Hrm payroll", "sync/Payroll/Employees"),
        ("Projects projects", "sync/Project/Projects"),
        ("Financial costcenters", "hrm/Costcenters"),
        ("Financial cashflow", "cashflow/PaymentConditions"),
    ):
        condition = FROM_THE_START if path.startswith("sync") else ""
        exact.sandbox.switches.missing_rights = (right,)
        assert exact.get(f"{path}?$select=ID{condition}").status_code == 403
        exact.sandbox.switches.missing_rights = ()
        assert exact.get(f"{path}?$select=ID{condition}").status_code == 200
