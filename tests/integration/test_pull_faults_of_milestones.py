"""Every fault of QicsMilestones, in a first load and in an increment."""

import pytest

from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, change_some, cursors, worst_quota
from tests.sandbox.common.faults import Fault

CUSTOMER = "CustomerCompany"
FAULTS = (
    Fault("no-answer", method="GET"),
    Fault("no-answer", method="POST"),
    Fault("answer-lost", method="POST"),
    Fault("answer-lost", method="PUT"),
    Fault("half-json", method="GET"),
    Fault("half-json", method="POST"),
    Fault("403", method="GET"),
    Fault("403", method="PUT"),
    Fault("429", method="PUT"),
    Fault("503", method="PUT"),
)


def name(fault: Fault) -> str:
    return f"{fault.kind}-{fault.method}"


def armed(built: Environment, fault: Fault) -> Fault:
    """Arm a fault; for a POST the second, so that something went well before."""
    skip = int(fault.method == "POST")
    copy = Fault(fault.kind, endpoint=CUSTOMER, method=fault.method, skip=skip)
    built.milestones.faults.arm(copy)
    return copy


@pytest.mark.parametrize("fault", FAULTS, ids=name)
def test_after_one_fault_and_some_clean_ticks_all_is_as_if_it_had_not_happened(
    fault: Fault,
) -> None:
    with environment(accounts=6) as h:
        adopted = truth.not_ours(h.customer("1068"))
        struck = armed(h, fault)
        h.pull()
        assert struck.times == 0
        catch_up(h)
        assert_all_is_well(h)
        loaded = cursors(h)

        change_some(h)
        h.exact.add_account(Code="3002", Name="Nog een nieuwe klant")
        struck = armed(h, fault)
        h.next_tick()
        assert struck.times == 0
        catch_up(h)

        assert_all_is_well(h)
        assert all(cursors(h)[feed] >= cursor for feed, cursor in loaded.items())
        assert truth.not_ours(h.customer("1068")) == adopted
        assert worst_quota(h) == 0


def test_a_record_that_changes_between_reading_and_writing_keeps_the_hand_that_was_quicker() -> (
    None
):  # M24
    with environment(accounts=4) as h:
        h.pull()
        h.milestones.switches.turn({"etag": True})
        typed = {"Remarks": "Nu bellen", "CreditLimit": "12345"}
        h.milestones.faults.arm(Fault("changed-between", options={"fields": typed}))
        h.exact.change_account("1068", City="Zwolle")

        h.next_tick()

        customer = h.customer("1068")
        assert customer["VisitAddressCity"] == "Zwolle"
        assert {key: customer[key] for key in typed} == typed
        assert_all_is_well(h)


def test_a_next_link_to_elsewhere_is_never_followed() -> None:  # M18, S5
    with environment(accounts=60) as h:
        h.pull()
        h.milestones.switches.turn({"filters": False, "page_size": 50})
        h.exact.add_account(Code="3001", Name="Nieuwe klant")
        trap = Fault("foreign-next", endpoint=CUSTOMER, options={"base": "http://127.0.0.2:9/"})
        h.milestones.faults.arm(trap)

        assert h.next_tick().outcome == "milestones-contract-changed"

        assert trap.times == 0
        assert truth.troubles(h) == {"milestones-contract-changed"}
        catch_up(h)
        assert_all_is_well(h)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_outage_that_lasts_is_told_and_makes_no_customer_twice(method: str) -> None:
    with environment(accounts=6) as h:
        h.milestones.faults.arm(Fault("answer-lost", endpoint=CUSTOMER, method="POST", skip=1))
        h.milestones.faults.arm(Fault("503", method=method, times=6, skip=3))
        told = set()

        for _ in range(8):
            h.next_tick()
            told |= truth.troubles(h)

        catch_up(h)
        assert told == {"milestones-unavailable"}
        assert_all_is_well(h)


@pytest.mark.parametrize(
    "switches",
    [
        {"bare_array": True},
        {"filters": False},
        {"filters": False, "next_link": "none", "page_size": 50},
        {"etag": True},
        {"put_answers_body": False},
        {"error_shape": "model-state"},
        {"unique_codes": True},
        {"long_name": "refuse"},
        {"next_link": "@odata.nextLink"},
    ],
    ids=str,
)
def test_a_tenant_that_answers_in_another_way_gets_the_same_customers(
    switches: dict[str, str | bool | int],
) -> None:
    with environment(accounts=8) as h:
        h.milestones.switches.turn(switches)
        h.pull()
        change_some(h)
        h.next_tick()

        catch_up(h)

        assert_all_is_well(h)


def test_a_role_without_rights_is_told_and_nothing_is_taken_for_gone() -> None:  # M13
    with environment(accounts=4) as h:
        h.pull()
        before = truth.customers(h)
        h.milestones.switches.turn({"rights": "none"})
        change_some(h)

        for _ in range(3):
            h.next_tick()

        assert truth.troubles(h) == {"milestones-no-rights"}
        assert truth.customers(h) == before
        h.milestones.switches.turn({"rights": "all"})
        catch_up(h)
        assert_all_is_well(h)
