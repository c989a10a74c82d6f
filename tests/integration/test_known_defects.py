"""Defects that other connectors have, each shown not to be one of ours (engineering.md 6)."""

from collections.abc import Callable
from itertools import count

import pytest

from koppeling.aws.dynamodb.administrations import BudgetStore
from koppeling.aws.dynamodb.table import sync_items
from koppeling.core.clock import Deadline
from koppeling.core.ids import ExactId
from koppeling.core.rate_limit import CallBudget
from koppeling.pull.cursor import START, FeedCursor
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import MILLISECONDS_LEFT, REGION, Environment, environment
from tests.integration import truth
from tests.integration import truth_entities as whole_truth
from tests.integration.machines.pulls.checks import writes
from tests.sandbox.common.faults import Fault

ITEMS = "sync/Logistics/Items"
A_SYNC_PAGE = 1000  # X41
A_LIST_PAGE = 60  # X42
CODES = ("O'Brien", "a&b=c", "%27 or 1 eq 1", "' or Code ne '", "é+ü", "50% / 50%", "#1;2")
DOUBLE = {"ItemCompanyId": "0", "ItemCode": "DUBBEL"}


def pages_of_items(h: Environment, rows: int) -> None:
    """Put items of purchase in Exact, which are read and make nothing over there."""
    for number in range(rows):
        row = {"ID": h.exact.world.new_id(), "Code": f"INK{number:05d}", "Description": "Inkoop"}
        h.exact.world.put(
            "Items", {**row, "IsSalesItem": False, "Division": h.exact.world.division}
        )


def at_step(number: int, act: Callable[[], object]) -> Deadline:
    """Return the deadline of a run in whose n-th step somebody does something."""
    steps = count(1)

    def left() -> int:
        if next(steps) == number:
            act()
        return MILLISECONDS_LEFT

    return Deadline(left)


def cursor_of(h: Environment, entity: str) -> FeedCursor:
    (feed,) = ENTITIES[entity].feeds
    return h.wiring.stores.pull_stores.states.peek(h.connection.id, entity).feed(feed.name)


@pytest.mark.parametrize(
    ("entity", "endpoint"),
    [("cost_centers", "hrm/Costcenters"), ("payment_conditions", "cashflow/PaymentConditions")],
)
def test_df2_61_rows_of_a_list_arrive_although_a_page_holds_60(entity: str, endpoint: str) -> None:
    with environment(accounts=3) as h:
        table = h.exact.world.tables[whole_truth.KINDS[entity].table]
        for number in range(A_LIST_PAGE + 1 - len(table)):
            h.exact.add(entity, Code=f"N{number:03d}", Description=f"Nummer {number}")

        summary = h.pull(entity=entity)

        assert (summary.outcome, summary.counts["read"]) == ("done", A_LIST_PAGE + 1)
        assert h.calls(endpoint) == 2
        assert_list_arrived(h, entity)


def assert_list_arrived(h: Environment, entity: str) -> None:
    kind = whole_truth.KINDS[entity]
    codes = {str(kind.code(row)) for row in h.exact.world.tables[kind.table]}
    held = {str(row[kind.key]) for row in h.milestones.world.records(kind.target)}
    assert codes <= held


def test_df3_rows_that_change_while_pages_are_read_are_never_lost() -> None:
    with environment(accounts=3) as h:
        pages_of_items(h, A_SYNC_PAGE)

        pages_read = []

        def move_rows_about() -> None:
            """One of the first page goes to the end; one of the second is changed as well."""
            pages_read.append(h.calls(ITEMS))
            h.exact.change("items", "PL", Description="Tijdens het lezen")
            h.exact.change("items", "INK00999", IsSalesItem=True, Description="Toch te koop")
            h.exact.add("items", Code="NIEUW", Description="Tijdens het lezen erbij")

        h.pulls("items").run(h.connection.id, at_step(8, move_rows_about))
        assert pages_read == [1]
        h.pull(entity="items")

        names = {row["ItemCode"]: row["Name"] for row in h.milestones.world.records("ItemCompany")}
        assert names["PL"] == "Tijdens het lezen"
        assert names["INK00999"] == "Toch te koop"
        assert names["NIEUW"] == "Tijdens het lezen erbij"


def test_df3_a_list_in_which_rows_change_while_it_is_read_is_whole_at_the_next_tick() -> None:
    with environment(accounts=3) as h:
        for number in range(A_LIST_PAGE + 5):
            h.exact.add("cost_centers", Code=f"N{number:03d}", Description=f"Nummer {number}")

        pages_read = []

        def change_rows_of_both_pages() -> None:
            pages_read.append(h.calls("hrm/Costcenters"))
            h.exact.change("cost_centers", "N001", Description="Tijdens het lezen")
            h.exact.change("cost_centers", "N064", Description="Ook tijdens het lezen")

        h.pulls("cost_centers").run(h.connection.id, at_step(3, change_rows_of_both_pages))
        assert pages_read == [1]
        h.pull(entity="cost_centers")

        names = {row["Code"]: row["Name"] for row in h.milestones.world.records("CostCenter")}
        assert names["N001"] == "Tijdens het lezen"
        assert names["N064"] == "Ook tijdens het lezen"
        assert len(names) == A_LIST_PAGE + 5 + 5


def test_df5_a_second_page_that_fails_leaves_the_cursor_where_it_was() -> None:
    with environment(accounts=3) as h:
        pages_of_items(h, A_SYNC_PAGE)
        h.exact.faults.arm(Fault("500", endpoint=ITEMS, skip=1))

        assert h.pull(entity="items").outcome == "exact-unavailable"

        stopped = cursor_of(h, "items")
        assert (stopped.cursor, stopped.read_from) == (START, START)
        assert stopped.resume is not None
        h.clock.advance(900)
        assert h.pull(entity="items").counts["pages"] == 1
        assert cursor_of(h, "items").cursor == max(
            row["Timestamp"] for row in h.exact.world.tables["Items"]
        )


def budget(h: Environment) -> CallBudget:
    store = BudgetStore(sync_items("sync", REGION))
    return store.get(h.connection.exact_host, h.connection.division)


def test_df13_an_answer_without_rate_headers_leaves_what_is_known_of_the_day() -> None:
    with environment(accounts=3) as h:
        h.exact.faults.arm(Fault("503"))
        assert h.pull().outcome == "exact-unavailable"
        assert budget(h).day_remaining is None
        h.clock.advance(900)
        assert h.pull().outcome == "done"
        known = budget(h).day_remaining
        assert known is not None

        h.exact.switches.turn(limit_headers_on_errors=False, missing_rights=["Crm accounts"])
        h.clock.advance(900)
        assert h.pull().outcome == "exact-no-rights"

        left = budget(h).day_remaining
        assert left is not None
        assert known - 3 <= left <= known
        assert h.pull(entity="cost_centers").outcome == "done"


def test_df15_one_poisoned_record_costs_nothing_more_and_the_others_go_on() -> None:
    with environment(accounts=3) as h:
        over_there = h.milestones.world
        for _ in range(2):
            over_there.add("ItemCompany", {**over_there.records("ItemCompany")[0], **DOUBLE})
        h.exact.add("items", Code="DUBBEL", Description="Staat er al twee keer")
        h.pull(entity="items")
        h.milestones.journal.clear()

        told = []
        for number in range(8):
            h.clock.advance(4 * 3600)
            h.exact.change("items", "PL", Description=f"Planning {number}")
            told.append(h.pull(entity="items"))

        # Once a day the division and the feed of deletions are looked at, which are two calls more
        assert [summary.counts["pages"] for summary in told] == [1] * 8
        assert {summary.counts["calls"] for summary in told} <= {1, 3}
        assert [summary.counts["changed"] for summary in told] == [1] * 8
        assert writes(h) == ["PUT ItemCompany(key)"] * 8
        assert "duplicate-code" in truth.troubles(h)


def test_df17_a_record_of_which_many_versions_were_read_is_one_record() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="items")
        records, own = h.wiring.stores.pull_stores.records, h.connection.id
        known = sorted(records.ids(own, "items"))
        there = len(h.milestones.world.records("ItemCompany"))
        stamps = set()

        for number in range(4):
            row = h.exact.change("items", "PL", Description=f"Versie {number}")
            stamps.add(row["Timestamp"])
            h.pull(entity="items")

        assert len(stamps) == 4
        assert sorted(records.ids(own, "items")) == known
        (record,) = records.get_many(own, "items", [ExactId(row["ID"])]).values()
        assert [held["Timestamp"] for held in record.sources["items"].values()] == [max(stamps)]
        assert len(h.milestones.world.records("ItemCompany")) == there
        (item,) = h.milestones.world.find("ItemCompany", ItemCode="PL")
        assert item["Name"] == "Versie 3"


def test_df22_a_code_with_any_sign_finds_its_own_record_and_no_other() -> None:
    with environment(accounts=3) as h:
        own = {"CompanyId": h.connection.company_id, "IsActive": True}
        for code in CODES:
            h.milestones.world.add("CostCenter", {**own, "Code": code, "Name": "Stond er al"})
            h.exact.add("cost_centers", Code=code, Description=f"Uit Exact: {code}")
        before = len(h.milestones.world.records("CostCenter"))

        summary = h.pull(entity="cost_centers")

        assert (summary.outcome, summary.counts["created"]) == ("done", 3)
        assert len(h.milestones.world.records("CostCenter")) == before + 3
        for code in CODES:
            (center,) = h.milestones.world.find("CostCenter", Code=code)
            assert center["Name"] == f"Uit Exact: {code}"
