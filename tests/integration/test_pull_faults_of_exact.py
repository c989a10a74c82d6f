"""Every fault of Exact, in a first load and in an increment: nothing is lost, nothing is double."""

import pytest

from tests.environment import environment
from tests.integration import truth
from tests.integration.levers import (
    assert_all_is_well,
    catch_up,
    change_some,
    cursors,
    worst_quota,
)
from tests.sandbox.common.faults import Fault

FIRST_FEED, LAST_FEED = "sync/CRM/Contacts", "sync/CRM/Accounts"
FAULTS = (
    Fault("no-answer"),
    Fault("answer-lost"),
    Fault("500"),
    Fault("503"),
    Fault("408"),
    Fault("maintenance"),
    Fault("object-moved"),
    Fault("429-minute"),
    Fault("half-json"),
    Fault("half-json", options={"lying": True}),
    Fault("foreign-next"),
    Fault("repeated-next"),
)
OUTAGES = ("no-answer", "500", "maintenance")
QUOTA = 10  # X40


def name(fault: Fault) -> str:
    return "-".join([fault.kind, *fault.options])


def on(fault: Fault, endpoint: str) -> Fault:
    return Fault(fault.kind, endpoint=endpoint, options=dict(fault.options))


@pytest.mark.parametrize("fault", FAULTS, ids=name)
def test_after_one_fault_and_some_clean_ticks_all_is_as_if_it_had_not_happened(
    fault: Fault,
) -> None:
    with environment(accounts=6) as h:
        adopted = truth.not_ours(h.customer("1068"))
        h.exact.faults.arm(on(fault, LAST_FEED))
        assert h.pull().outcome != "done"
        catch_up(h)
        assert_all_is_well(h)
        loaded = cursors(h)

        change_some(h)
        h.exact.faults.arm(on(fault, FIRST_FEED))
        assert h.next_tick().outcome != "done"
        assert all(cursors(h)[feed] >= cursor for feed, cursor in loaded.items())
        catch_up(h)

        assert_all_is_well(h)
        assert all(cursors(h)[feed] >= cursor for feed, cursor in loaded.items())
        assert truth.not_ours(h.customer("1068")) == adopted
        assert worst_quota(h) < QUOTA


@pytest.mark.parametrize("kind", OUTAGES)
def test_an_outage_is_told_while_it_lasts_and_its_problem_closes_by_itself(kind: str) -> None:
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault(kind, endpoint="sync", times=3))

        for _ in range(3):
            assert h.next_tick().outcome == "exact-unavailable"
            assert truth.troubles(h) == {"exact-unavailable"}

        h.next_tick()
        assert truth.troubles(h) == set()


def test_a_fault_in_the_last_feed_leaves_its_cursor_where_it_was() -> None:
    with environment(accounts=4) as h:
        h.pull()
        catch_up(h)
        before = cursors(h)
        change_some(h)
        h.exact.faults.arm(Fault("503", endpoint=LAST_FEED))

        h.next_tick()

        assert cursors(h)["accounts"] == before["accounts"]
        assert cursors(h)["contacts"] > before["contacts"]


@pytest.mark.parametrize("kind", ["foreign-next", "repeated-next"])
def test_a_next_link_that_stays_wrong_is_refused_each_time_and_followed_never(kind: str) -> None:
    with environment(accounts=4) as h:
        trap = Fault(kind, endpoint=LAST_FEED, times=3, options={"host": "http://127.0.0.2:9"})
        h.exact.faults.arm(trap)
        calls = h.exact.journal

        for _ in range(3):
            calls.clear()
            assert h.next_tick().outcome == "exact-request-refused"
            assert truth.troubles(h) == {"exact-request-refused"}
            asked = [call for call in calls.calls() if call.endpoint == LAST_FEED]
            assert len(asked) == 1

        catch_up(h)
        assert_all_is_well(h)


def test_a_customer_who_takes_the_consent_away_costs_fewer_errors_than_exact_counts() -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.exact.authority.revoke("koppeling@veldhuis.example")

        for _ in range(8):
            h.next_tick(minutes=5)

        assert worst_quota(h) <= 2
        assert truth.troubles(h) == {"exact-reconnect-needed"}


def test_a_right_that_is_missing_costs_fewer_errors_than_exact_counts() -> None:
    with environment(accounts=4) as h:
        h.exact.switches.turn(missing_rights=["Crm accounts"])

        outcomes = {h.next_tick(minutes=2).outcome for _ in range(20)}

        assert worst_quota(h) == 5  # R7
        assert outcomes == {"exact-no-rights", "exact-error-budget"}
        h.exact.switches.turn(missing_rights=[])
        h.next_tick(minutes=61)
        catch_up(h)
        assert_all_is_well(h)
