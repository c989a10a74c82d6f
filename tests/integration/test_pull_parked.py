"""What QicsMilestones refuses, or what waits for a reference, is parked and holds nobody up."""

from datetime import timedelta

from koppeling.pull.record import ParkedChange
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up

CUSTOMER = "CustomerCompany"
VAT_CODE = {"Code": "9", "Name": "Bijzonder", "Percentage": "9", "IsDefault": False}


def parked(built: Environment) -> list[ParkedChange]:
    """Return the retry set."""
    return built.wiring.stores.pull_stores.retries.all(built.connection.id, "accounts")


def change(built: Environment, code: str, **values: object) -> None:
    """Change a customer in QicsMilestones, as a user who types does."""
    key = str(built.customer(code)["CustomerCompanyId"])
    built.milestones.world.change(CUSTOMER, key, values)


def test_a_refused_record_is_parked_with_its_problem_and_the_others_go_on() -> None:
    with environment(accounts=6) as h:
        change(h, "9901", CustomerCode="3001")
        change(h, "9902", CustomerCode="3001")
        h.exact.add_account(Code="3001", Name="Staat er dubbel")
        h.exact.add_account(Code="3002", Name="Komt erna")

        summary = h.pull()

        assert (summary.outcome, summary.counts["parked"]) == ("done", 1)
        assert truth.troubles(h) == {"duplicate-code"}
        assert [held.code for held in parked(h)] == ["duplicate-code"]
        assert h.customer("3002")["Name"] == "Komt erna"


def test_it_is_tried_again_without_a_call_to_exact_for_it_and_with_growing_pauses() -> None:  # L18
    with environment(accounts=4) as h:
        change(h, "9901", CustomerCode="3001")
        change(h, "9902", CustomerCode="3001")
        h.exact.add_account(Code="3001", Name="Staat er dubbel")
        catch_up(h)
        h.exact.journal.clear()
        tries, pauses = 0, []

        for _ in range(16):
            before = parked(h)[0].attempts
            summary = h.next_tick()
            if parked(h)[0].attempts > before:
                tries += 1
                pauses.append(parked(h)[0].not_before - h.clock.now())
            assert (summary.outcome, summary.counts["read"]) == ("done", 0)

        assert h.calls("sync") == 16 * 3
        assert 2 < tries < 8
        assert pauses == sorted(pauses[:3]) + pauses[3:]
        assert max(pauses) <= timedelta(hours=4)


def test_once_mended_it_is_written_and_its_problem_closes_by_itself() -> None:
    with environment(accounts=4) as h:
        change(h, "9901", CustomerCode="3001")
        change(h, "9902", CustomerCode="3001")
        h.exact.add_account(Code="3001", Name="Staat er dubbel")
        h.pull()
        assert truth.troubles(h) == {"duplicate-code"}
        h.milestones.world.change(CUSTOMER, "3", {"CustomerCode": "9901"})

        h.next_tick(hours=4)

        assert parked(h) == []
        assert_all_is_well(h)


def test_what_is_mended_in_exact_does_not_wait_for_the_pause() -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.exact.change_account("1071", Code="9901")
        for _ in range(8):
            h.next_tick()
        assert truth.troubles(h) == {"duplicate-code"}

        h.exact.change_account("9901", Code="1072")
        h.next_tick()

        assert parked(h) == []
        assert h.customer("1072")["IsActive"] is True
        assert h.milestones.world.find(CUSTOMER, CustomerCode="1071") == []
        assert_all_is_well(h)


def test_a_missing_vat_code_leaves_its_field_alone_and_everything_else_is_written() -> None:  # L16
    with environment(accounts=4) as h:
        change(h, "1068", VatCodeId="1")
        h.exact.change_account("1068", SalesVATCode="9", City="Zwolle")

        h.pull()

        customer = h.customer("1068")
        assert (customer["VatCodeId"], customer["VisitAddressCity"]) == ("1", "Zwolle")
        assert truth.troubles(h) == {"reference-missing"}
        assert [(held.is_complete, list(held.values)) for held in parked(h)] == [
            (False, ["VatCodeId"])
        ]


def test_a_vat_code_that_appears_is_filled_in_and_nothing_else_is_touched() -> None:
    with environment(accounts=4) as h:
        h.exact.change_account("1068", SalesVATCode="9")
        h.pull()
        change(h, "1068", VisitAddressCity="Getypt", Remarks="Met de hand")
        added = h.milestones.world.add("VatCode", VAT_CODE)
        h.exact.journal.clear()

        h.next_tick(hours=4)

        customer = h.customer("1068")
        assert customer["VatCodeId"] == added["VatCodeId"]
        assert (customer["VisitAddressCity"], customer["Remarks"]) == ("Getypt", "Met de hand")
        assert h.calls("sync") == 3
        assert (parked(h), truth.troubles(h)) == ([], set())


def test_two_customers_who_are_each_others_debtor_are_both_written_in_one_run() -> None:  # L19
    with environment(accounts=4) as h:
        h.exact.add_account(Code="3001", Name="De een", InvoiceAccountCode="3002")
        h.exact.add_account(Code="3002", Name="De ander", InvoiceAccountCode="3001")
        h.exact.add_account(Code="3003", Name="Zichzelf", InvoiceAccountCode="3003")

        h.pull()

        one, other = h.customer("3001"), h.customer("3002")
        assert one["InvoiceCustomerCompanyId"] == other["CustomerCompanyId"]
        assert other["InvoiceCustomerCompanyId"] == one["CustomerCompanyId"]
        assert h.customer("3003")["InvoiceCustomerCompanyId"] is None
        assert_all_is_well(h)


def test_a_setting_that_makes_every_new_customer_refused_stops_no_change_of_the_others() -> None:
    with environment(accounts=6) as h:
        h.change(customer_type="Onbekend")

        assert h.pull().outcome == "done"

        assert truth.troubles(h) == {"milestones-rejected"}
        assert len(parked(h)) == 4
        assert h.customer("1068")["VisitAddressCity"] != "Deventer"
        h.change(customer_type="Customer")
        h.next_tick(hours=4)
        assert parked(h) == []
        assert_all_is_well(h)


def test_a_refused_change_that_is_taken_back_in_exact_leaves_nothing_waiting() -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.exact.change_account("1071", Code="9901")
        h.next_tick()
        assert truth.troubles(h) == {"duplicate-code"}

        h.exact.change_account("9901", Code="1071")
        h.next_tick(hours=4)

        assert parked(h) == []
        assert_all_is_well(h)
