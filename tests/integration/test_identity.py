"""Whom a record is: a code moves from one to another, and no record gets two masters (L10, L14)."""

from typing import Any

import pytest

from koppeling.core import catalogue
from koppeling.core.problems import Problem
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well

CUSTOMER, EMPLOYEE, PROJECT = "CustomerCompany", "EmployeeCompany", "Project"
ITEM = "ItemCompany"


def numbered(h: Environment) -> dict[str, str]:
    """Return the number of each customer by its key."""
    rows = h.milestones.world.records(CUSTOMER)
    return {row["CustomerCompanyId"]: row["CustomerCode"] for row in rows}


def key_of(h: Environment, code: str) -> str:
    """Return the key of a customer."""
    return str(h.customer(code)["CustomerCompanyId"])


def type_in_milestones(h: Environment, code: str, **values: Any) -> None:  # noqa: ANN401 - any field
    """Change a customer in QicsMilestones, as a user does."""
    h.milestones.world.change(CUSTOMER, key_of(h, code), values)


def swap(h: Environment, one: str, other: str) -> None:
    """Let two relations of Exact swap their numbers, through one that nobody has."""
    h.exact.change_account(one, Code="777777")
    h.exact.change_account(other, Code=one)
    h.exact.change_account("777777", Code=other)


def told(h: Environment, code: str) -> list[Problem]:
    """Return the problems with this code."""
    return [problem for problem in h.problems() if problem.code == code]


def test_two_relations_that_swap_their_numbers_keep_their_own_records() -> None:
    with environment(accounts=6) as h:
        h.exact.add_account(Code="2000", Name="Tweede")
        h.pull()
        first, second = key_of(h, "1068"), key_of(h, "2000")
        swap(h, "1068", "2000")

        for _ in range(2):
            h.next_tick()

        assert (key_of(h, "2000"), key_of(h, "1068")) == (first, second)
        assert h.customer("1068")["Name"] == "Tweede"
        assert_all_is_well(h)


def test_three_relations_whose_numbers_go_round_keep_their_own_records() -> None:
    with environment(accounts=6) as h:
        for code in ("2000", "3000"):
            h.exact.add_account(Code=code, Name=f"Klant {code}")
        h.pull()
        before = {code: key_of(h, code) for code in ("1068", "2000", "3000")}
        swap(h, "1068", "2000")
        swap(h, "1068", "3000")

        for _ in range(3):
            h.next_tick()

        after = {code: key_of(h, code) for code in before}
        assert after == {"1068": before["3000"], "2000": before["1068"], "3000": before["2000"]}
        assert_all_is_well(h)


def test_a_chain_of_new_numbers_needs_no_temporary_one() -> None:
    with environment(accounts=6) as h:
        h.exact.add_account(Code="2000", Name="Tweede")
        h.pull()
        first, second = key_of(h, "1068"), key_of(h, "2000")
        h.exact.change_account("2000", Code="3000")
        h.exact.change_account("1068", Code="2000")
        h.milestones.journal.clear()

        h.next_tick()

        assert (key_of(h, "2000"), key_of(h, "3000")) == (first, second)
        assert [call.method for call in h.milestones.journal.calls()].count("PUT") == 2
        assert_all_is_well(h)


def test_a_new_relation_with_the_number_of_one_that_was_renumbered_gets_a_record_of_its_own() -> (
    None
):
    with environment(accounts=6) as h:
        h.pull()
        first = key_of(h, "1068")
        h.exact.change_account("1068", Code="2000")
        h.exact.add_account(Code="1068", Name="Nieuwe klant")

        h.next_tick()

        assert key_of(h, "2000") == first
        assert h.customer("1068")["Name"] == "Nieuwe klant"
        assert_all_is_well(h)


def test_a_customer_whose_code_a_user_changed_gets_no_second_master() -> None:
    with environment(accounts=6) as h:
        h.pull()
        key = key_of(h, "1068")
        type_in_milestones(h, "1068", CustomerCode="3000")
        h.exact.add_account(Code="3000", Name="Ander bedrijf")

        for _ in range(2):
            h.next_tick()

        held = h.milestones.world.record(CUSTOMER, key)
        assert held["Name"] != "Ander bedrijf"
        (problem,) = told(h, "duplicate-code")
        assert problem.values["names"] == "1068, 3000"
        text = catalogue.text(problem.code, "nl", problem.values)
        assert "1068, 3000" in text

        h.milestones.world.change(CUSTOMER, key, {"CustomerCode": "1068"})
        h.next_tick()

        assert h.customer("3000")["Name"] == "Ander bedrijf"
        assert key_of(h, "1068") == key
        assert_all_is_well(h)


def test_two_employees_whose_codes_are_one_number_do_not_share_a_record() -> None:
    with environment(accounts=3) as h:
        h.exact.add("employees", Code="7", LastName="Zeven")
        h.exact.add("employees", Code="007", LastName="Bond")

        for _ in range(2):
            h.pull(entity="employees")
            h.clock.advance(4 * 3600)

        (held,) = h.milestones.world.find(EMPLOYEE, EmployeeNumber=7)
        (problem,) = told(h, "duplicate-code")
        assert held["LastName"] in ("Zeven", "Bond")
        assert set(problem.values["names"].split(", ")) == {"7", "007"}


def test_a_link_of_the_release_before_is_known_although_it_was_noted_in_the_record_only() -> None:
    with environment(accounts=6) as h:
        h.pull()
        forget_links(h)
        type_in_milestones(h, "1068", CustomerCode="3000")
        h.exact.add_account(Code="3000", Name="Ander bedrijf")

        h.next_tick()

        assert [problem.values["names"] for problem in told(h, "duplicate-code")] == ["1068, 3000"]


def forget_links(h: Environment) -> None:
    """Take away what the release before did not write."""
    items = h.wiring.aws.sync_items
    for item in list(items.query(f"CONNECTION#{h.connection.id}", items.sk.startswith("LINK"))):
        item.delete()


def test_a_project_follows_its_relation_and_not_the_number_that_this_one_had() -> None:
    with environment(accounts=6) as h:
        h.exact.add_account(Code="2000", Name="Tweede")
        h.pull()
        h.pull(entity="projects")
        type_in_milestones(h, "2000", CustomerCode="2000")
        first = key_of(h, "1068")
        h.milestones.world.add(
            CUSTOMER, {**h.customer("2000"), "CustomerCompanyId": "0", "CustomerCode": "5000"}
        )
        # The new number is taken over there, so the relation keeps its old one for now
        h.exact.change_account("1068", Code="5000")
        h.next_tick()
        assert key_of(h, "1068") != first or told(h, "duplicate-code") != []
        h.exact.add_account(Code="1068", Name="Nieuwe klant")
        h.exact.add("projects", Code="P1", Description="Van de nieuwe", AccountCode="1068")
        h.exact.add("projects", Code="P2", Description="Van de oude", AccountCode="5000")

        h.next_tick()
        h.pull(entity="projects")

        (old,) = h.milestones.world.find(PROJECT, ProjectCode="P2")
        assert old["CustomerCompanyId"] == first
        new = h.milestones.world.find(PROJECT, ProjectCode="P1")
        assert [row["CustomerCompanyId"] for row in new if row["CustomerCompanyId"] == first] == []


def test_a_debtor_is_the_relation_and_not_who_has_its_number_now() -> None:
    with environment(accounts=6) as h:
        for code in ("2000", "3000"):
            h.exact.add_account(Code=code, Name=f"Klant {code}")
        h.exact.change_account("1068", InvoiceAccountCode="2000")
        h.pull()
        debtor = key_of(h, "2000")
        swap(h, "2000", "3000")
        h.exact.change_account("1068", City="Zwolle")

        for _ in range(2):
            h.next_tick()

        assert h.customer("1068")["InvoiceCustomerCompanyId"] == debtor
        assert key_of(h, "3000") == debtor
        assert_all_is_well(h)


def test_a_customer_of_both_systems_that_is_blocked_in_exact_is_adopted_and_becomes_inactive() -> (
    None
):
    with environment(accounts=6) as h:
        h.exact.change_account("1068", Blocked=True)
        assert h.customer("1068")["IsActive"] is True
        customers = len(numbered(h))
        h.exact.add_account(Code="3001", Name="Nergens", Blocked=True)

        h.pull()

        assert h.customer("1068")["IsActive"] is False
        assert h.milestones.world.find(CUSTOMER, CustomerCode="3001") == []
        assert len(numbered(h)) == customers + len(created(h))


def created(h: Environment) -> list[str]:
    """Return the records that were created."""
    calls = h.milestones.journal.calls(lambda call: call.method == "POST")
    return [call.endpoint for call in calls if call.endpoint == CUSTOMER]


def test_an_article_of_both_systems_that_has_ended_is_adopted_and_becomes_inactive() -> None:
    with environment(accounts=3) as h:
        (held,) = h.milestones.world.records(ITEM)
        h.exact.change("items", held["ItemCode"], EndDate="2026-01-31")

        h.pull(entity="items")

        assert h.milestones.world.record(ITEM, held["ItemCompanyId"])["IsActive"] is False


def test_a_role_that_shows_nothing_gets_no_customer_twice() -> None:
    with environment(accounts=12) as h:
        h.exact.change_account("1068", Blocked=True)
        before = numbered(h)
        h.milestones.switches.turn({"hides": ("CustomerCompany", "Company")})

        assert h.pull().outcome == "milestones-no-rights"
        assert created(h) == []
        assert truth.troubles(h) == {"milestones-no-rights"}

        h.milestones.switches.turn({"hides": ()})
        assert h.next_tick().outcome == "done"
        assert truth.doubles(h) == []
        assert before.items() <= numbered(h).items()
        assert h.customer("1068")["IsActive"] is False, "it was not taken for absent"
        assert_all_is_well(h)


def test_a_role_that_shows_the_company_and_no_customer_is_noticed_at_the_first_one() -> None:
    with environment(accounts=12) as h:
        h.milestones.switches.turn({"hides": ("CustomerCompany",)})

        for _ in range(3):
            assert h.next_tick().outcome == "milestones-no-rights"

        assert len(created(h)) == 1


def test_a_list_that_was_filled_and_is_suddenly_empty_creates_nothing() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.milestones.journal.clear()
        h.milestones.switches.turn({"hides": ("CustomerCompany",)})
        h.exact.add_account(Code="3001", Name="Nieuwe klant")

        assert h.next_tick().outcome == "milestones-no-rights"
        assert created(h) == []

        h.milestones.switches.turn({"hides": ()})
        h.next_tick()
        assert h.customer("3001")["Name"] == "Nieuwe klant"
        assert_all_is_well(h)


@pytest.mark.parametrize("filters", [True, False])
def test_a_company_that_has_no_customers_yet_gets_them_all(*, filters: bool) -> None:
    with environment(accounts=6) as h:
        h.milestones.switches.turn({"filters": filters})
        empty = h.milestones.world._tables[CUSTOMER]  # noqa: SLF001 - nobody deletes there
        empty.rows.clear()
        empty._index.clear()  # noqa: SLF001 - likewise

        assert h.pull().outcome == "done"
        assert_all_is_well(h)
