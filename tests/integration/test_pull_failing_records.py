"""QicsMilestones fails on a record: that one waits, the others go on; many are an outage."""

import pytest

from koppeling.pull.outage import FAILING_RECORDS
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, cursors
from tests.integration.test_pull_time import add_suppliers
from tests.sandbox.common.faults import Fault

CUSTOMERS = "CustomerCompany"


def test_a_record_on_which_the_other_system_fails_holds_up_no_other_and_follows_by_itself() -> None:
    with environment(accounts=10) as h:
        h.milestones.faults.arm(Fault("500", CUSTOMERS, "POST", times=2))

        first = h.pull()

        assert (first.outcome, first.counts["parked"]) == ("done", 2)
        assert len(truth.differences(h)) > 0
        catch_up(h)
        assert_all_is_well(h)


def test_a_record_that_stands_alone_does_not_stop_the_pull_for_ever() -> None:
    with environment(accounts=10) as h:
        h.pull()
        h.milestones.faults.arm(Fault("500", f"{CUSTOMERS}(key)", "PUT", times=3))
        h.exact.change_account("1071", Phone="010-1111111")
        assert h.next_tick().outcome == "done"

        h.exact.change_account("1068", Phone="010-2222222")

        assert h.next_tick().outcome == "done"
        catch_up(h)
        assert_all_is_well(h)


@pytest.mark.parametrize("status", ["500", "503", "no-answer"])
def test_a_record_that_cannot_be_read_holds_up_nothing_behind_its_page_however_long_it_lasts(
    status: str,
) -> None:
    with environment(accounts=10) as h:
        catch_up(h)
        bad = f"{CUSTOMERS}({h.customer('1068')['CustomerCompanyId']})"
        h.milestones.faults.arm(Fault(status, method="GET", path=bad, times=100))
        h.exact.change_account("1068", City="Zwolle")
        add_suppliers(h, 1000)
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "done"

        assert h.customer("1071")["VisitAddressCity"] == "Epe"
        assert truth.problems(h) >= {(account(h, "1068"), "milestones-unavailable")}
        h.exact.change_account("1071", City="Apeldoorn")
        h.next_tick()
        assert h.customer("1071")["VisitAddressCity"] == "Apeldoorn"
        h.milestones.faults.disarm()
        h.next_tick(hours=4)
        catch_up(h)
        assert_all_is_well(h)


def test_a_record_that_fails_while_nothing_else_is_written_is_taken_for_an_outage_and_waits() -> (
    None
):
    with environment(accounts=10) as h:
        catch_up(h)
        h.milestones.faults.arm(Fault("503", CUSTOMERS, times=100))
        contact = next(iter(h.exact.world.tables["Contacts"]))
        h.exact.world.change("Contacts", contact["ID"], {"FullName": "A. Ander"})
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "milestones-unavailable"
        assert truth.troubles(h) == {"milestones-unavailable"}
        assert cursors(h)["accounts"] == max(
            row["Timestamp"] for row in h.exact.world.tables["Accounts"]
        ), "no feed waits for the other system"

        h.milestones.faults.disarm()
        assert h.next_tick().outcome == "done"
        catch_up(h)
        assert_all_is_well(h)


def test_a_record_that_keeps_failing_is_no_outage_each_time_it_is_tried_again() -> None:
    with environment(accounts=10) as h:
        catch_up(h)
        bad = f"{CUSTOMERS}({h.customer('1068')['CustomerCompanyId']})"
        h.milestones.faults.arm(Fault("500", method="GET", path=bad, times=100))
        for code in ("1068", "1071"):
            h.exact.change_account(code, City="Zwolle")
        h.next_tick()

        outcomes = [h.next_tick(hours=4).outcome for _ in range(3)]

        assert outcomes == ["done"] * 3
        assert truth.troubles(h) == {"milestones-unavailable"}


def account(h: Environment, code: str) -> str:
    """Return the subject of the problems of an account."""
    return f"accounts/{h.exact.world.account(code)['ID']}"


def test_failing_on_many_records_is_an_outage_that_stops_the_run_without_losing_any() -> None:
    with environment(accounts=30) as h:
        h.milestones.faults.arm(Fault("500", CUSTOMERS, "POST", times=60))

        first = h.pull()

        assert first.outcome == "milestones-unavailable"
        assert first.counts["parked"] >= FAILING_RECORDS
        h.milestones.faults.disarm()
        catch_up(h)
        assert_all_is_well(h)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_many_records_that_keep_failing_hold_up_no_other_however_often_they_are_tried(
    method: str,
) -> None:
    with environment(accounts=30) as h:
        catch_up(h)
        codes = [row["Code"].strip() for row in h.exact.world.importable_accounts()]
        for code in codes[: FAILING_RECORDS + 1]:
            bad = f"{CUSTOMERS}({h.customer(code)['CustomerCompanyId']})"
            h.milestones.faults.arm(Fault("500", method=method, path=bad, times=10_000))
            h.exact.change_account(code, City="Zwolle")
        h.next_tick()

        for city in ("Epe", "Ede", "Ee"):
            h.exact.change_account(codes[-1], City=city)
            assert h.next_tick().outcome == "done"
            assert h.customer(codes[-1])["VisitAddressCity"] == city
            assert h.next_tick(hours=4).outcome == "done"

        assert truth.troubles(h) >= {"milestones-unavailable"}
        h.milestones.faults.disarm()
        h.next_tick(hours=4)
        catch_up(h)
        assert_all_is_well(h)
