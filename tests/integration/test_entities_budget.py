"""Calls of all seven entities: as few as promised, shared, and none that is not needed (P1, P2)."""

from collections import Counter
from urllib.parse import parse_qs

from koppeling.core.clock import Deadline
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.records import WORKERS
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.generator.people import PRIVATE_FIELDS

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
DIVISIONS = "system/Divisions"
DELETED = "sync/Deleted"
EMPTY_TICK = {  # P1; a list costs one call for each 60 rows
    "vat/VATCodes": 1,
    "cashflow/PaymentConditions": 1,
    "hrm/Costcenters": 1,
    "sync/CRM/Contacts": 1,
    "sync/CRM/Addresses": 1,
    "sync/CRM/Accounts": 1,
    "sync/Logistics/Items": 1,
    "sync/Payroll/Employees": 1,
    "sync/Project/Projects": 1,
}
TICKS_A_DAY = {15: 52, 240: 4}
AT_FIRST = 5  # cost centres of the sandbox
OF_A_DAY = 374  # P2, one of them for the feed of deletions


def calls(h: Environment) -> dict[str, int]:
    """Return how often each endpoint was called since the journal was cleared, tokens apart."""
    made = h.exact.journal.calls(lambda call: not call.endpoint.startswith("oauth2"))
    h.exact.journal.clear()
    return dict(Counter(call.endpoint for call in made))


def test_an_empty_tick_costs_what_is_promised_and_the_divisions_are_asked_once_a_day() -> None:
    with environment(accounts=3) as h:
        h.pull_all()
        assert calls(h)[DIVISIONS] == 1
        h.clock.advance(900)

        summaries = h.pull_all()

        assert calls(h) == EMPTY_TICK
        quarter, seldom, changed = 0, 0, {"created", "changed", "unchanged"}
        for name, summary in summaries.items():
            assert changed.isdisjoint(summary.counts)
            if ENTITIES[name].interval_minutes == min(TICKS_A_DAY):
                quarter += summary.counts["calls"]
            else:
                seldom += summary.counts["calls"]
        assert (quarter, seldom) == (3 + 1 + 1 + 1 + 1, 2)

        h.clock.advance(24 * 3600)
        h.pull_all()
        next_day = calls(h)

        assert next_day == {**EMPTY_TICK, DIVISIONS: 1, DELETED: 1}
        once = next_day[DIVISIONS] + next_day[DELETED]
        assert quarter * TICKS_A_DAY[15] + seldom * TICKS_A_DAY[240] + once == OF_A_DAY


def test_a_list_costs_one_call_for_each_sixty_rows() -> None:
    with environment(accounts=3) as h:
        costs = []
        for start, rows in ((AT_FIRST, 60), (60, 61), (61, 130)):
            for number in range(start, rows):
                h.exact.add("cost_centers", Code=f"Z{number:03d}", Description=f"Team {number}")
            h.pull(entity="cost_centers")
            h.clock.advance(900)
            calls(h)
            h.pull(entity="cost_centers")
            costs.append(calls(h))

        assert [cost["hrm/Costcenters"] for cost in costs] == [1, 2, 3]
        assert {len(cost) for cost in costs} == {1}


def test_no_private_field_of_an_employee_is_asked_for_and_the_current_division_is_not_either() -> (
    None
):  # S13, DF4
    with environment(accounts=3) as h:
        h.exact.switches.turn(clicked_divisions=(111111, h.connection.division, 222222))
        h.exact.journal.clear()
        for _ in range(2):
            h.pull_all()
            h.exact.switches.turn(current_division=111111)
            h.clock.advance(24 * 3600)

        api = h.exact.journal.calls(lambda call: "/api/v1/" in call.path)
        employees = [call for call in api if "Employees" in call.endpoint]
        asked = {
            field for call in employees for field in parse_qs(call.query)["$select"][0].split(",")
        }
        assert asked == ENTITIES["employees"].feeds[0].select
        assert asked.isdisjoint(PRIVATE_FIELDS)
        assert all(f"/api/v1/{h.connection.division}/" in call.path for call in api)
        assert not any(call.endpoint.startswith("current") for call in api)
        assert {call.endpoint for call in api} == {*EMPTY_TICK, DIVISIONS, DELETED}


def test_what_one_function_learns_of_the_reserve_keeps_all_others_from_calling() -> None:
    with environment(accounts=3) as h:
        h.exact.switches.turn(daily_limit=20)  # DESIGN 7: 8 of them are for invoices
        for _ in range(3):
            assert h.pull().outcome == "done"
        h.clock.advance(60)
        assert h.pull(entity="items").outcome == "done"
        assert h.pull(entity="vat_codes").outcome == "done"
        assert sum(calls(h).values()) == 12

        outcomes = {name: summary.outcome for name, summary in h.pull_all().items()}

        assert outcomes == dict.fromkeys(ENTITIES, "exact-day-limit")
        assert calls(h) == {}
        h.clock.advance(24 * 3600)
        h.exact.switches.turn(daily_limit=5000)
        assert {each.outcome for each in h.pull_all().values()} == {"done"}
        assert "exact-day-limit" not in truth.troubles(h)


def test_after_a_429_of_qicsmilestones_no_call_is_made_until_it_says_and_nothing_is_lost() -> None:
    with environment(accounts=3) as h:
        wait = Fault("429", skip=12, times=1000)
        wait.options["retry_after"] = 120
        h.milestones.faults.arm(wait)

        stopped = h.pull(entity="items")

        assert stopped.outcome == "milestones-unavailable"
        refused = [call.status for call in h.milestones.journal.calls()].count(429)
        assert 1 <= refused <= WORKERS, "a worker that is told stops, and so does the other one"
        (message,) = h.waiting(h.settings.pull_queue_url)
        h.milestones.faults.disarm()
        h.clock.advance(121)
        assert message["slot"] == h.clock.now().isoformat()
        assert h.pulls("items").handle_message(message, PLENTY).outcome == "done"
        wanted = {row["Code"].strip() for row in h.exact.world.importable("items")}
        held = [row["ItemCode"] for row in h.milestones.world.records("ItemCompany")]
        assert sorted(held) == sorted(wanted)
        assert truth.troubles(h) == set()


def test_where_the_list_of_divisions_is_refused_the_other_one_tells() -> None:  # X104
    with environment(accounts=3) as h:
        h.exact.switches.turn(missing_rights=("Organization administration",))
        h.exact.faults.arm(Fault("503", endpoint=DIVISIONS))
        assert h.pull(entity="items").outcome == "exact-unavailable", "an outage is no refusal"
        assert "hrm/Divisions" not in calls(h)

        assert h.pull(entity="items").outcome == "done"

        items = "sync/Logistics/Items"
        assert calls(h) == {DIVISIONS: 1, "hrm/Divisions": 1, items: 1}
        h.exact.set_division(Status=2)
        h.clock.advance(24 * 3600)
        assert h.pull(entity="items").outcome == "exact-division-blocked"
        assert items not in calls(h)
