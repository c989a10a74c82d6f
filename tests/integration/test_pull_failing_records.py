"""QicsMilestones fails on a record: that one waits, the others go on; many are an outage."""

from koppeling.pull.records import FAILING_RECORDS
from tests.environment import environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up
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


def test_failing_on_many_records_is_an_outage_that_stops_the_run_without_losing_any() -> None:
    with environment(accounts=30) as h:
        h.milestones.faults.arm(Fault("500", CUSTOMERS, "POST", times=60))

        first = h.pull()

        assert first.outcome == "milestones-unavailable"
        assert first.counts["parked"] >= FAILING_RECORDS
        h.milestones.faults.disarm()
        catch_up(h)
        assert_all_is_well(h)
