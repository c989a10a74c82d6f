"""Deletions in Exact: marked and told, never carried over, and a code is free again (L8, X100)."""

import pytest

from koppeling.pull.cursor import LATE_COMMIT
from tests.environment import environment
from tests.integration import truth
from tests.integration.test_identity import ITEM, key_of, numbered, told
from tests.sandbox.common.faults import Fault


def test_a_customer_that_is_deleted_and_made_again_is_the_same_customer_over_there() -> None:
    with environment(accounts=6) as h:
        h.pull()
        key, records = key_of(h, "1068"), len(numbered(h))
        h.exact.delete("accounts", "1068")
        h.exact.add_account(Code="1068", Name="Opnieuw gemaakt")
        h.exact.journal.clear()

        h.next_tick()

        assert (key_of(h, "1068"), len(numbered(h))) == (key, records)
        assert h.customer("1068")["Name"] == "Opnieuw gemaakt"
        assert h.calls("sync/Deleted") == 1
        assert truth.troubles(h) - {"record-gone-in-exact"} == set()


def test_a_deletion_is_told_the_next_day_and_changes_nothing_over_there() -> None:
    with environment(accounts=6) as h:
        h.pull_all()
        held = h.customer("1068")
        h.exact.delete("accounts", "1068")
        item = h.milestones.world.records(ITEM)[-1]
        h.exact.delete("items", item["ItemCode"])
        h.exact.journal.clear()
        h.clock.advance(900)
        h.pull_all()
        assert h.calls("sync/Deleted") == 0
        assert told(h, "record-gone-in-exact") == []
        h.clock.advance(24 * 3600)

        for _ in range(2):
            h.pull_all()

        assert h.calls("sync/Deleted") == 1
        gone = {problem.values["code"] for problem in told(h, "record-gone-in-exact")}
        assert gone == {"1068", item["ItemCode"]}
        assert h.customer("1068") == held


def test_a_deletion_is_noticed_after_the_administration_moved() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.exact.delete("accounts", "1071")
        h.next_tick(hours=24)
        h.exact.move_division()
        h.next_tick(hours=24)
        h.exact.delete("accounts", "1068")

        h.next_tick(hours=24)

        gone = {problem.values["code"] for problem in told(h, "record-gone-in-exact")}
        assert {"1068", "1071"} <= gone


@pytest.mark.parametrize("seconds", [1, 120, int(LATE_COMMIT.total_seconds())])
def test_a_deletion_that_is_committed_late_is_told_the_day_after(seconds: int) -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.clock.advance(24 * 3600)
        h.exact.world.delete_slowly("Accounts", h.exact.world.account("1068")["ID"], seconds)
        h.exact.delete("accounts", "1071")
        h.pull()
        assert [each.values["code"] for each in told(h, "record-gone-in-exact")] == ["1071"]
        h.clock.advance(seconds)
        h.exact.journal.clear()

        h.next_tick(hours=24)

        gone = {each.values["code"] for each in told(h, "record-gone-in-exact")}
        assert gone == {"1068", "1071"}
        assert h.calls("sync/Deleted") == 1


def test_a_deletion_is_read_again_for_a_day_and_told_once() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.exact.delete("accounts", "1068")
        h.next_tick(hours=24)
        (first,) = told(h, "record-gone-in-exact")

        for _ in range(3):
            h.next_tick(hours=24)

        assert told(h, "record-gone-in-exact") == [first]
        assert len(h.wiring.stores.deletions.noted(h.connection.id, "accounts")) == 0


def test_a_feed_of_deletions_that_fails_stops_no_pull_and_is_read_by_the_next_one() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.exact.faults.arm(Fault("503", endpoint="sync/Deleted", times=1))

        assert h.next_tick(hours=24).outcome == "done"
        assert h.next_tick().outcome == "done"
        assert h.calls("sync/Deleted") == 2


def test_a_cost_centre_that_is_made_again_with_its_code_is_the_same_one() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="cost_centers")
        code = next(iter(h.exact.world.tables["Costcenters"]))["Code"]
        (held,) = h.milestones.world.find("CostCenter", Code=code)
        h.exact.delete("cost_centers", code)
        h.exact.add("cost_centers", Code=code, Description="Opnieuw")
        h.clock.advance(900)

        assert h.pull(entity="cost_centers").outcome == "done"

        (now,) = h.milestones.world.find("CostCenter", Code=code)
        assert (now["CostCenterId"], now["Name"]) == (held["CostCenterId"], "Opnieuw")
        assert told(h, "duplicate-code") == []


def test_a_user_without_the_right_to_deletions_gets_everything_else() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.exact.faults.arm(Fault("other-answer", endpoint="sync/Deleted", options={"status": 403}))
        h.exact.change_account("1068", City="Zwolle")

        assert h.next_tick(hours=24).outcome == "done"

        assert h.customer("1068")["VisitAddressCity"] == "Zwolle"
        assert truth.troubles(h) == set()


@pytest.mark.parametrize(
    "odd",
    [
        {"EntityKey": None},
        {"EntityKey": {"ID": 1}},
        {"EntityKey": "x" * 3000},
        {"EntityType": [2]},
        {"EntityType": {}},
        {"Timestamp": "later"},
    ],
)
def test_a_deletion_that_cannot_be_read_stops_no_pull_and_no_other_deletion(
    odd: dict[str, object],
) -> None:
    with environment(accounts=6) as h:
        h.pull()
        for code in ("1068", "1071"):
            h.exact.delete("accounts", code)
        first = next(iter(h.exact.world.tables["Deleted"]))
        h.exact.world.spoil("Deleted", first["ID"], odd)

        assert h.next_tick(hours=24).outcome == "done"

        assert "1071" in {each.values["code"] for each in told(h, "record-gone-in-exact")}


def test_a_deletion_is_known_by_a_type_that_comes_as_text() -> None:
    with environment(accounts=6) as h:
        h.pull()
        h.exact.delete("accounts", "1068")
        (deleted,) = h.exact.world.tables["Deleted"]
        h.exact.world.spoil("Deleted", deleted["ID"], {"EntityType": "2"})

        h.next_tick(hours=24)

        assert [each.values["code"] for each in told(h, "record-gone-in-exact")] == ["1068"]
