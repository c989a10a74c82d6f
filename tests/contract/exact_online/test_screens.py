"""What people do in Exact while the link runs: change, add, delete, move, block, hide."""

from typing import Any

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common import company
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.exact_online.entities import ENTITIES
from tests.sandbox.exact_online.generator.masters import master_id

SOME_CODE = {
    "accounts": "1068",
    "cost_centers": "ADV",
    "employees": "0012",
    "items": "ADVIES",
    "projects": "P26014",
    "vat_codes": "2",
    "payment_conditions": "30",
}
NAMES = dict.fromkeys(SOME_CODE, "Description") | {"accounts": "Name", "employees": "LastName"}
DIVISIONS = "system/Divisions?$select=Code,Description,Status,BlockingStatus,Current"
CENTERS = "hrm/Costcenters?$select=ID,Code"


@pytest.fixture
def control(exact: Caller) -> ExactControl:
    return ExactControl(exact.base_url)


def read(exact: Caller, entity: str, name: str) -> list[dict[str, Any]]:
    path = ENTITIES[entity].path
    condition = "&$filter=Timestamp gt 1L" if path.startswith("sync/") else ""
    found: list[dict[str, Any]] = exact.data(f"{path}?$select=ID,Code,{name}{condition}")["results"]
    return found


def test_there_is_a_code_of_every_entity() -> None:
    assert set(SOME_CODE) == set(ENTITIES)


@pytest.mark.parametrize(("entity", "code"), SOME_CODE.items())
def test_a_record_of_every_entity_can_be_changed_by_its_code_without_padding(
    exact: Caller, entity: str, code: str
) -> None:
    before = exact.sandbox.world.coded(entity, code)[0]
    exact.sandbox.change(entity, code, **{NAMES[entity]: "Anders dan eerst"})
    changed = [row for row in read(exact, entity, NAMES[entity]) if row["ID"] == before["ID"]]
    assert [row[NAMES[entity]] for row in changed] == ["Anders dan eerst"]
    assert exact.sandbox.world.coded(entity, code)[0]["Timestamp"] > before["Timestamp"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_new_record_of_every_entity_is_one_that_is_imported(exact: Caller, entity: str) -> None:
    before = len(exact.sandbox.world.importable(entity))
    added = exact.sandbox.add(entity, **{NAMES[entity]: "Vers van de pers"})
    assert len(exact.sandbox.world.importable(entity)) == before + 1
    assert "Vers van de pers" in [row[NAMES[entity]] for row in read(exact, entity, NAMES[entity])]
    assert exact.sandbox.world.coded(entity, added["Code"]) == [added]


@pytest.mark.parametrize(("entity", "code"), SOME_CODE.items())
def test_a_record_of_every_entity_can_be_deleted(exact: Caller, entity: str, code: str) -> None:
    key = exact.sandbox.world.coded(entity, code)[0]["ID"]
    exact.sandbox.delete(entity, code)
    assert key not in {row["ID"] for row in read(exact, entity, "ID")}
    with pytest.raises(LookupError, match="there is no"):
        exact.sandbox.world.coded(entity, code)


def test_an_address_or_contact_that_is_moved_or_deleted_is_referred_to_no_more(
    exact: Caller,
) -> None:
    sandbox, tables = exact.sandbox, exact.sandbox.world.tables
    main = {row.get("MainContact") for row in tables["Accounts"]}
    contact, other = [row["ID"] for row in tables["Contacts"] if row["ID"] in main][:2]
    address = next(row["ID"] for row in tables["Addresses"])
    before = max(row["Timestamp"] for row in tables["Accounts"])

    sandbox.move_part("Contacts", contact, "1071")
    sandbox.move_part("Addresses", address, "1071")
    sandbox.delete_part("Contacts", other)

    account = sandbox.world.account("1071")["ID"]
    path = "sync/CRM/{}?$select=ID,Account&$filter=Timestamp gt 1L"
    shown = {
        row["ID"]: row["Account"]
        for name in ("Contacts", "Addresses")
        for row in exact.data(path.format(name))["results"]
    }
    assert (shown[contact], shown[address], other in shown) == (account, account, False)
    left = [row for row in tables["Accounts"] if row["Timestamp"] > before]
    assert [row["MainContact"] for row in left] == [None, None]
    assert {contact, other}.isdisjoint({row.get("Contact") for row in tables["Addresses"]})
    assert (tables["Addresses"].get(address) or {})["Contact"] is None


def test_a_code_is_used_once_except_for_an_instalment(exact: Caller) -> None:
    with pytest.raises(ValueError, match="the code ADVIES is in use"):
        exact.sandbox.add("items", Code="ADVIES")
    exact.sandbox.add("payment_conditions", Code="30", PaymentDays=90)
    days = [row["PaymentDays"] for row in exact.sandbox.world.coded("payment_conditions", "30")]
    assert days == [30, 90]
    exact.sandbox.change("payment_conditions", "30", Description="In termijnen")
    found = exact.sandbox.world.coded("payment_conditions", "30")
    assert [row["Description"] for row in found] == ["In termijnen"] * 2


def test_what_is_chosen_by_code_brings_its_id_and_name(exact: Caller) -> None:
    sandbox = exact.sandbox
    account = sandbox.world.account("1071")
    project = sandbox.change("projects", "P26014", AccountCode="1071")
    assert (project["Account"], project["AccountCode"]) == (account["ID"], account["Code"])
    assert sandbox.change("projects", "P26014", AccountCode=None)["Account"] is None
    item = sandbox.change("items", "DIVERSEN", GLRevenueCode="8090", SalesVatCode="1", Unit="km")
    assert item["GLRevenue"] == master_id("gl", "8090")
    assert (item["SalesVatCode"], item["Unit"]) == ("1  ", "km      ")
    assert sandbox.change("items", "DIVERSEN", GLRevenueCode=None)["GLRevenue"] is None


def test_a_mistake_of_a_test_is_told(exact: Caller) -> None:
    with pytest.raises(LookupError, match="there is no G/L account 9999"):
        exact.sandbox.change("items", "ADVIES", GLRevenueCode="9999")
    with pytest.raises(LookupError, match="there is no entity article; known are: accounts"):
        exact.sandbox.add("article")
    with pytest.raises(LookupError, match="there is no entity"):
        exact.sandbox.world.importable("article")
    with pytest.raises(LookupError, match="there is no item NIETS"):
        exact.sandbox.change("items", "NIETS", Description="x")
    with pytest.raises(ValueError, match="is not a list"):
        exact.sandbox.hide_rows("sync/CRM/Accounts", 1)


def test_a_division_that_is_blocked_or_archived_shows_it_and_by_a_switch_refuses(
    exact: Caller,
) -> None:
    exact.sandbox.set_division(Status=2, BlockingStatus=1)
    row = exact.data(DIVISIONS)["results"][0]
    assert (row["Status"], row["BlockingStatus"]) == (2, 1)
    assert exact.get(CENTERS).status_code == 200
    exact.sandbox.switches.blocked_division_answer = 403
    assert exact.get(CENTERS).status_code == 403
    assert exact.get(DIVISIONS).status_code == 200
    exact.sandbox.set_division(Status=1, BlockingStatus=0)
    assert exact.get(CENTERS).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?$select=Code,Naam", 400),
        ("?$select=Code&$skip=1", 400),
        (f"?$select=Code&$filter=Code eq {company.DIVISION}L", 400),
        (f"?$select=Code&$filter=Code eq {company.DIVISION}", 200),
        ("?$select=Code,DivisionMoveDate,DivisionHRLinkUnlinkDate", 200),
    ],
)
def test_the_list_of_divisions_is_strict(exact: Caller, query: str, status: int) -> None:
    assert exact.get("system/Divisions" + query).status_code == status


def test_without_the_right_the_other_list_of_divisions_still_answers(exact: Caller) -> None:
    exact.sandbox.switches.missing_rights = ("Organization administration",)
    assert exact.get(DIVISIONS).status_code == 403
    assert exact.data("hrm/Divisions?$select=Code")["results"][0]["Code"] == company.DIVISION


def test_the_user_may_click_through_other_companies_that_stand_in_the_list(exact: Caller) -> None:
    exact.sandbox.world.add_division(company.DIVISION - 1, "Veldhuis Holding B.V.")
    exact.sandbox.switches.clicked_divisions = (company.DIVISION - 1, company.DIVISION)
    seen = []
    for _ in range(3):
        me = exact.data("/current/Me?$select=CurrentDivision")["results"][0]
        current = [row["Code"] for row in exact.data(DIVISIONS)["results"] if row["Current"]]
        assert current == [me["CurrentDivision"]]
        seen += current
    assert seen == [company.DIVISION - 1, company.DIVISION, company.DIVISION - 1]
    own = exact.data(f"{DIVISIONS}&$filter=Code eq {company.DIVISION}")["results"]
    assert [row["Description"] for row in own] == [company.ADMINISTRATION]
    assert exact.get(f"/{company.DIVISION - 1}/{CENTERS}").status_code == 404


def test_a_list_can_suddenly_miss_rows_and_have_them_again(exact: Caller) -> None:
    exact.sandbox.hide_rows("hrm/Costcenters", 2)
    assert len(exact.data(CENTERS)["results"]) == 1
    assert len(exact.data("vat/VATCodes?$select=Code")["results"]) == 10
    exact.sandbox.hide_rows("hrm/Costcenters", 99)
    assert exact.data(CENTERS)["results"] == []
    exact.sandbox.hide_rows("hrm/Costcenters", 0)
    assert len(exact.data(CENTERS)["results"]) == 3


def test_a_move_touches_every_entity_and_no_list(exact: Caller) -> None:
    before = {name: read(exact, name, "ID") for name in ENTITIES}
    highest = max(row["Timestamp"] for row in exact.sandbox.world.tables["Projects"])
    exact.sandbox.move_division()
    assert {name: read(exact, name, "ID") for name in ENTITIES}.keys() == before.keys()
    for table in ("Accounts", "Items", "Employees", "Projects"):
        assert all(row["Timestamp"] < highest for row in exact.sandbox.world.tables[table])
    for name in ("cost_centers", "vat_codes", "payment_conditions"):
        assert read(exact, name, "ID") == before[name]


def test_control_changes_adds_deletes_and_lists_every_entity(control: ExactControl) -> None:
    for entity, code in SOME_CODE.items():
        control.change(entity, code, **{NAMES[entity]: "Via de besturing"})
        added = control.add(entity)
        assert added["Code"] in [row["Code"] for row in control.importable(entity)]
        control.delete(entity, added["Code"])
        codes = [row["Code"] for row in control.importable(entity)]
        assert (added["Code"] in codes, code in codes) == (False, True)
    names = [row["Name"] for row in control.importable("items") if row["Code"] == "ADVIES"]
    assert names == ["Via de besturing"]
    control.add("items", Code="A/B 1 é", Description="Schuin")
    control.change("items", "A/B 1 é", Description="Recht")
    assert "Recht" in [row["Name"] for row in control.importable("items")]


def test_control_moves_and_blocks_the_division_and_hides_rows(
    exact: Caller, control: ExactControl
) -> None:
    control.move_division()
    control.set_division(Status=2)
    control.add_division(5, "Elders")
    control.hide_rows("hrm/Costcenters", 1)
    found = exact.data(DIVISIONS)["results"]
    assert [(row["Code"], row["Status"]) for row in found] == [(5, 1), (company.DIVISION, 2)]
    assert len(exact.data(CENTERS)["results"]) == 2
    path = "system/Divisions?$select=DivisionMoveDate&$filter=Code eq "
    move = exact.data(f"{path}{company.DIVISION}")["results"][0]["DivisionMoveDate"]
    assert move == "/Date(1795521605000)/"
    for mistake in (
        lambda: control.change("items", "NIETS", Description="x"),
        lambda: control.hide_rows("hrm/Kostenplaatsen", 1),
        lambda: control.set_division(Toestand=1),
    ):
        with pytest.raises(ValueError, match="the sandbox refused"):
            mistake()


def test_two_sandboxes_share_no_switches() -> None:
    first, second = ExactSandbox(), ExactSandbox()
    first.hide_rows("vat/VATCodes", 3)
    assert second.switches.hide_rows == {}


def test_a_new_number_shows_wherever_the_relation_is_referred_to(sandbox: ExactSandbox) -> None:
    sandbox.add_account(Code="3001", Name="Debiteur")
    sandbox.add_account(Code="3002", Name="Klant", InvoiceAccountCode="3001")
    before = sandbox.world.account("3002")

    sandbox.change_account("3001", Code="4001")

    after = sandbox.world.account("3002")
    assert after["InvoiceAccount"] == sandbox.world.account("4001")["ID"]
    assert after["InvoiceAccountCode"].strip() == "4001"
    assert after["Timestamp"] == before["Timestamp"]
