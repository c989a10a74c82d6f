"""References between records: there before what refers to them, or waited for (L12, L14 to L19)."""

from typing import Any

from koppeling.core import catalogue
from koppeling.core.connection import EntitySetting
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.record import ParkedChange
from tests.environment import Environment, environment
from tests.integration import truth

ITEM, PROJECT, VAT_CODE = "ItemCompany", "Project", "VatCode"


def one(h: Environment, entity: str, **by: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the one record of QicsMilestones with this value."""
    (found,) = h.milestones.world.find(entity, **by)
    return found


def parked(h: Environment, entity: str) -> list[ParkedChange]:
    """Return the retry set of an entity."""
    return h.wiring.stores.pull_stores.retries.all(h.connection.id, entity)


def waiting_for(h: Environment, reference: str) -> list[ParkedChange]:
    """Return the projects that wait for a record."""
    return [held for held in parked(h, "projects") if reference in held.waits_for]


def pause(h: Environment) -> None:
    """Let the longest pause of a parked record pass (L18)."""
    h.clock.advance(4 * 3600)


def test_a_first_load_in_its_order_leaves_no_record_waiting_for_another() -> None:
    with environment(accounts=12) as h:
        assert list(ENTITIES) == [
            *("vat_codes", "payment_conditions", "cost_centers"),
            *("accounts", "items", "employees", "projects"),
        ]

        summaries = h.pull_all()

        assert {summary.outcome for summary in summaries.values()} == {"done"}
        assert [held for name in ENTITIES for held in parked(h, name) if held.waits_for] == []
        assert truth.troubles(h) == {"employee-number-not-numeric", "project-without-customer"}
        assert truth.differences(h) == []
        for row in h.exact.world.importable("items"):
            code = (row["SalesVatCode"] or "").strip()
            wanted = one(h, VAT_CODE, Code=code)["VatCodeId"] if code else None
            assert one(h, ITEM, ItemCode=row["Code"].strip()).get("VatCodeId") == wanted
        for row in h.exact.world.importable("projects"):
            project = one(h, PROJECT, ProjectCode=row["Code"].strip())
            customer = h.customer(row["AccountCode"].strip())
            assert project["CustomerCompanyId"] == customer["CustomerCompanyId"]


def test_a_project_waits_for_its_customer_without_a_call_for_it_and_then_comes_by_itself() -> None:
    with environment(accounts=3) as h:
        h.exact.add_account(Code="3001", Name="Nieuwe klant")
        h.exact.add("projects", Code="P1", Description="Wacht op 3001", AccountCode="3001")
        h.pull(entity="projects")
        assert h.milestones.world.find(PROJECT, ProjectCode="P1") == []
        waiting = {each.values["code"]: each for each in h.problems()}["P1"]
        assert waiting.code == "customer-not-synced"
        text = catalogue.text(waiting.code, "nl", waiting.values)
        assert text.startswith("Project P1 wacht op klant 3001.")
        h.exact.journal.clear()
        pause(h)

        assert h.pull(entity="projects").counts["parked"] >= 1
        assert h.calls("sync") == h.calls("sync/Project/Projects") == 1

        h.pull()
        pause(h)
        h.pull(entity="projects")
        customer = h.customer("3001")["CustomerCompanyId"]
        assert one(h, PROJECT, ProjectCode="P1")["CustomerCompanyId"] == customer
        assert truth.troubles(h) == {"project-without-customer"}


def test_an_item_without_its_vat_code_is_written_all_but_that_field_until_the_code_is_there() -> (
    None
):
    with environment(accounts=3) as h:
        h.pull(entity="items")
        key = one(h, ITEM, ItemCode="PL")["ItemCompanyId"]
        h.milestones.world.change(ITEM, key, {"VatCodeId": "2", "Remarks": "Met de hand"})
        # X79: a blocked VAT code does not come over
        h.exact.change("items", "PL", SalesVatCode="9", Description="Anders")

        h.pull(entity="vat_codes")
        h.pull(entity="items")

        item = one(h, ITEM, ItemCode="PL")
        assert (item["Name"], item["VatCodeId"], item["Remarks"]) == ("Anders", "2", "Met de hand")
        (problem,) = [each for each in h.problems() if each.code == "reference-missing"]
        text = catalogue.text(problem.code, "nl", problem.values)
        assert text.startswith('Bij artikel PL kennen we btw-code "9" nog niet.')
        h.milestones.world.change(ITEM, key, {"Name": "Getypt"})

        h.exact.change("vat_codes", "9", IsBlocked=False)
        h.pull(entity="vat_codes")
        pause(h)
        h.pull(entity="items")

        item, vat_code = one(h, ITEM, ItemCode="PL"), one(h, VAT_CODE, Code="9")
        assert item["VatCodeId"] == vat_code["VatCodeId"]
        assert (item["Name"], item["Remarks"]) == ("Getypt", "Met de hand")
        assert (parked(h, "items"), truth.troubles(h)) == ([], set())


def test_an_entity_that_is_switched_off_leaves_its_reference_field_alone() -> None:  # L17
    with environment(accounts=3) as h:
        off = EntitySetting(enabled=False)
        h.change(entities={"vat_codes": off, "payment_conditions": off})
        key = h.customer("1068")["CustomerCompanyId"]
        h.milestones.world.change("CustomerCompany", key, {"VatCodeId": "5"})
        h.exact.change_account("1068", SalesVATCode="9", PaymentConditionSales="EM", City="Zwolle")

        assert h.pull(entity="vat_codes").outcome == "switched-off"
        h.pull()

        customer = h.customer("1068")
        assert (customer["VatCodeId"], customer["VisitAddressCity"]) == ("5", "Zwolle")
        assert customer.get("PaymentConditionId") is None
        assert (parked(h, "accounts"), truth.troubles(h)) == ([], set())
        assert h.calls("vat") == 0


def test_customers_who_are_each_others_debtor_in_a_circle_are_all_linked_in_one_run() -> None:
    with environment(accounts=3) as h:
        circle = {"3001": "3002", "3002": "3003", "3003": "3001"}
        for code, debtor in circle.items():
            h.exact.add_account(Code=code, Name=f"Klant {code}", InvoiceAccountCode=debtor)

        h.pull()

        for code, debtor in circle.items():
            invoiced = h.customer(code)["InvoiceCustomerCompanyId"]
            assert invoiced == h.customer(debtor)["CustomerCompanyId"]
        assert truth.troubles(h) == set()


def test_what_waits_is_tried_at_the_first_tick_after_its_reference_came_in_another_pull() -> None:
    with environment(accounts=3) as h:
        h.exact.add_account(Code="3001", Name="Nieuwe klant")
        h.exact.add("projects", Code="P1", Description="Wacht op 3001", AccountCode="3001")
        for _ in range(3):  # the pauses grow
            h.pull(entity="projects")
            pause(h)
        h.pull(entity="projects")
        assert len(waiting_for(h, "accounts/3001")) == 1

        h.pull()
        h.clock.advance(60)
        h.pull(entity="projects")

        assert one(h, PROJECT, ProjectCode="P1")["IsActive"] is True
        assert waiting_for(h, "accounts/3001") == []


def test_what_waits_for_something_that_is_still_not_there_keeps_its_pause() -> None:
    with environment(accounts=3) as h:
        h.exact.add_account(Code="3001", Name="Nog geen klant", Status="P")
        h.exact.add("projects", Code="P1", Description="Van een prospect", AccountCode="3001")
        h.pull(entity="projects")
        before = waiting_for(h, "accounts/3001")
        h.pull()
        h.clock.advance(60)

        h.pull(entity="projects")

        assert len(before) == 1
        assert waiting_for(h, "accounts/3001") == before
