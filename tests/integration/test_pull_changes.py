"""What a user changes in Exact, and what becomes of it in QicsMilestones."""

from datetime import UTC, datetime

from koppeling.core.ids import ExactId
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up
from tests.sandbox.common.faults import Fault

CUSTOMER = "CustomerCompany"


def milestones_calls(built: Environment) -> list[str]:
    """Return the calls to records of QicsMilestones."""
    calls = built.milestones.journal.calls(lambda call: call.endpoint != "token")
    return [f"{call.method} {call.endpoint}" for call in calls]


def test_a_change_of_a_field_that_is_no_link_field_costs_milestones_nothing() -> None:  # L1
    with environment(accounts=4) as h:
        catch_up(h)
        h.milestones.journal.clear()
        h.exact.change_account("1068", SearchCode="BAKKER", Language="EN")

        assert h.next_tick().counts["read"] == 1

        assert milestones_calls(h) == []


def test_white_space_and_padding_are_no_change() -> None:  # L4
    with environment(accounts=4) as h:
        h.exact.change_account("1068", Name="Bakkerij  't Hoekje", City="Epe")
        catch_up(h)
        h.milestones.journal.clear()

        h.exact.change_account("1068", Name=" Bakkerij 't \t Hoekje ", City="Epe  ")
        h.next_tick()

        assert milestones_calls(h) == []


def test_a_new_code_in_exact_renames_the_customer() -> None:  # L10
    with environment(accounts=4) as h:
        h.pull()
        key = h.customer("1071")["CustomerCompanyId"]

        h.exact.change_account("1071", Code="0001071")
        h.next_tick()

        assert h.customer("0001071")["CustomerCompanyId"] == key
        assert h.milestones.world.find(CUSTOMER, CustomerCode="1071") == []
        assert_all_is_well(h)


def test_a_code_that_goes_to_a_new_relation_makes_no_mix_of_two_customers() -> None:
    with environment(accounts=4) as h:
        h.pull()
        key = h.customer("1071")["CustomerCompanyId"]

        h.exact.change_account("1071", Code="1071-OUD")
        h.exact.add_account(Code="1071", Name="De opvolger")
        h.next_tick()
        h.next_tick(hours=4)

        assert h.customer("1071-OUD")["CustomerCompanyId"] == key
        assert h.customer("1071")["Name"] == "De opvolger"
        assert h.customer("1071")["CustomerCompanyId"] != key
        assert_all_is_well(h)


def test_a_code_is_not_taken_over_while_its_old_owner_cannot_be_renamed() -> None:
    with environment(accounts=4) as h:
        h.pull()
        key = h.customer("1071")["CustomerCompanyId"]
        h.exact.change_account("1071", Code="9901")
        h.next_tick()
        h.exact.add_account(Code="1071", Name="De opvolger")

        h.next_tick()

        assert h.customer("1071")["CustomerCompanyId"] == key
        assert h.customer("1071")["Name"] != "De opvolger"
        assert truth.troubles(h) == {"duplicate-code"}
        h.exact.change_account("9901", Code="1072")
        h.next_tick()
        h.next_tick(hours=4)
        assert h.customer("1072")["CustomerCompanyId"] == key
        assert h.customer("1071")["Name"] == "De opvolger"
        assert_all_is_well(h)


def test_a_code_that_two_customers_of_milestones_have_is_left_to_a_person() -> None:  # M25
    with environment(accounts=4) as h:
        before = [h.customer("9901"), h.customer("9902")]
        for customer in before:
            key = customer["CustomerCompanyId"]
            h.milestones.world.change(CUSTOMER, key, {"CustomerCode": "3001"})
        h.exact.add_account(Code="3001", Name="Staat er dubbel")

        h.pull()

        names = [row["Name"] for row in h.milestones.world.find(CUSTOMER, CustomerCode="3001")]
        assert names == [row["Name"] for row in before]
        assert truth.troubles(h) == {"duplicate-code"}


def test_a_relation_that_ends_today_is_inactive_from_the_first_tick_after_midnight() -> None:  # L7
    with environment(accounts=4) as h:
        h.exact.change_account("1071", EndDate="2026-11-24")
        catch_up(h)
        # 23:59 in the Netherlands
        h.clock.freeze(datetime(2026, 11, 24, 22, 59, tzinfo=UTC))
        assert h.pull().counts["read"] == 0
        assert h.customer("1071")["IsActive"] is True

        h.clock.freeze(datetime(2026, 11, 24, 23, 1, tzinfo=UTC))
        summary = h.pull()

        assert (summary.counts["read"], summary.counts["changed"]) == (0, 1)
        assert h.customer("1071")["IsActive"] is False


def test_a_relation_that_begins_tomorrow_is_created_tomorrow_and_not_read_again() -> None:
    with environment(accounts=4) as h:
        h.exact.add_account(Code="3001", Name="Begint morgen", StartDate="2026-11-25")
        catch_up(h)
        assert h.milestones.world.find(CUSTOMER, CustomerCode="3001") == []

        assert h.next_tick(hours=24).counts["read"] == 0

        assert h.customer("3001")["Name"] == "Begint morgen"
        assert_all_is_well(h)


def test_a_review_that_meets_an_outage_is_made_up_for_on_the_next_tick() -> None:
    with environment(accounts=4) as h:
        h.exact.change_account("1071", EndDate="2026-11-24")
        catch_up(h)
        h.milestones.faults.arm(Fault("503", endpoint=CUSTOMER))

        assert h.next_tick(hours=24).outcome == "milestones-unavailable"
        h.next_tick()

        assert h.customer("1071")["IsActive"] is False


def test_a_customer_that_was_removed_by_hand_is_made_again_at_its_next_change() -> None:
    with environment(accounts=4) as h:
        h.pull()
        own, exact_id = h.connection.id, ExactId(h.exact.world.account("1071")["ID"])
        held = h.wiring.stores.pull_stores.records.get_many(own, "accounts", [exact_id])[exact_id]
        table = h.milestones.world._tables[CUSTOMER]  # noqa: SLF001 - nobody can delete here
        removed = table.rows.pop(str(held.milestones_id))
        table._index["CustomerCode", "1071"].clear()  # noqa: SLF001 - likewise
        table.rows["999"] = removed | {"CustomerCompanyId": "999", "CustomerCode": "oud"}

        h.exact.change_account("1071", City="Zwolle")
        h.next_tick()

        assert h.customer("1071")["VisitAddressCity"] == "Zwolle"


def test_rows_that_were_changed_while_a_page_was_read_are_not_lost() -> None:  # DF3, R14
    with environment(accounts=4) as h:
        world = h.exact.world
        commit = world.change_late("Accounts", world.account("1071")["ID"], {"City": "Laat"})
        h.exact.change_account("1068", City="Eerder")
        h.pull()

        commit()
        catch_up(h)

        assert h.customer("1071")["VisitAddressCity"] == "Laat"
        assert_all_is_well(h)
