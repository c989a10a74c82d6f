"""Preview, full comparison, a division that moved or is closed (DESIGN 4.6, R12, R17, X97)."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.pull.preview import Preview
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.effects import process
from tests.integration.levers import assert_all_is_well, catch_up, cursors, state
from tests.sandbox.common.journal import Call

PLENTY = Deadline(lambda: 100_000)
ADMINISTRATION = "Veldhuis Advies B.V."


def preview(h: Environment, *, full: bool = False) -> Preview:
    return h.wiring.pulls.preview(h.connection.id, PLENTY, full=full)


def full(h: Environment) -> dict[str, int]:
    return dict(h.wiring.pulls.run(h.connection.id, PLENTY, full=True).counts)


def writes(h: Environment) -> list[str]:
    calls = h.milestones.journal.calls(_is_write)
    return [call.method for call in calls]


def _is_write(call: Call) -> bool:
    return call.method != "GET" and call.endpoint.startswith("CustomerCompany")


def test_a_preview_of_a_first_load_tells_what_would_be_created_and_does_nothing_of_it() -> None:
    with environment(accounts=12) as h:
        before = h.milestones.world.records("CustomerCompany")
        watched = process(h)

        told = watched.pulls.preview(h.connection.id, PLENTY, full=False)

        assert sum(1 for change in told.changes if change.result == "created") == 10
        assert sum(1 for change in told.changes if change.result == "changed") == 2
        assert h.milestones.world.records("CustomerCompany") == before
        assert writes(h) == []
        assert cursors(h) == {}
        assert h.problems() == []
        catch_up(h)
        assert_all_is_well(h)


def test_a_preview_shows_the_old_and_the_new_value_of_each_link_field_that_would_change() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        old = h.customer("1071")["VisitAddressPhoneNumber"]
        stood = replace(state(h), fencing=0)
        h.exact.change_account("1071", Phone="010-7654321")

        told = preview(h)

        (change,) = told.changes
        assert (change.result, change.code) == ("changed", "1071")
        assert change.fields == {"VisitAddressPhoneNumber": (old, "010-7654321")}
        assert replace(state(h), fencing=0) == stood
        assert h.next_tick().counts["changed"] == 1


def test_a_paused_connection_is_previewed_as_well_so_that_looking_starts_nothing() -> None:
    with environment(accounts=6) as h:
        h.change(paused=True)

        told = preview(h)

        assert told.summary.outcome == "done"
        assert [change.result for change in told.changes].count("created") == 4
        assert (writes(h), cursors(h)) == ([], {})


def test_a_preview_tells_how_many_changes_its_answer_has_no_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("koppeling.pull.preview.LONGEST", 4)
    with environment(accounts=12) as h:
        told = preview(h)

        assert len(told.changes) == 4
        assert told.summary.counts["created"] + told.summary.counts["changed"] == 12
        assert told.left_out >= 8


def test_what_a_preview_says_would_be_refused_is_refused_by_the_pull() -> None:
    with environment(accounts=6) as h:
        h.milestones.world.add("CustomerCompany", {**h.customer("1068"), "CustomerCompanyId": "0"})

        told = preview(h)
        assert [change.problem for change in told.changes if change.result == "problem"].count(
            "duplicate-code"
        ) == 1
        assert h.problems() == []

        h.pull()
        assert "duplicate-code" in {problem.code for problem in h.problems()}


def test_a_preview_can_be_told_as_json_without_the_log_holding_names() -> None:
    with environment(accounts=6) as h:
        told: dict[str, Any] = asdict(preview(h))

        assert set(told) == {"summary", "changes", "left_out"}
        assert "fields" not in told["summary"]


def test_a_full_comparison_writes_what_differs_over_there_and_nothing_else() -> None:
    with environment(accounts=10) as h:
        catch_up(h)
        key = h.customer("1068")["CustomerCompanyId"]
        h.milestones.world.change("CustomerCompany", key, {"Name": "Zelf verbeterd"})
        assert h.next_tick().counts.get("changed", 0) == 0, "R17: a tick leaves it alone"
        h.milestones.journal.clear()

        counts = full(h)

        assert (counts["changed"], counts["unchanged"]) == (1, 9)
        assert writes(h) == ["PUT"]
        assert_all_is_well(h)


def test_a_full_comparison_goes_on_where_its_time_ran_out_and_then_ends() -> None:
    with environment(accounts=10) as h:
        for number in range(5000, 6100):  # a second page, of which nothing is written
            h.exact.add_account(Code=f"{number}", Name="Prospect", Status="P")
        catch_up(h)
        h.exact.journal.clear()
        left = iter([100_000] * 3)
        short = Deadline(lambda: next(left, 0))

        first = h.wiring.pulls.run(h.connection.id, short, full=True)
        assert first.outcome == "pull-continues"
        assert state(h).read_mode == "full"
        h.milestones.faults.disarm()
        for _ in range(4):
            if h.next_tick().outcome == "done":
                break

        assert state(h).read_mode == ""
        h.next_tick()
        assert h.next_tick().counts == {"pages": 3, "read": 0, "calls": 3}


def test_a_division_that_moved_is_read_anew_the_next_day_and_nothing_is_written() -> None:  # DF19
    with environment(accounts=10) as h:
        catch_up(h)
        h.exact.world.move_division()
        h.milestones.journal.clear()

        moved = h.next_tick(days=1)

        assert moved.counts["read"] > 0
        assert h.milestones.journal.calls() == []
        assert truth.doubles(h) == []
        h.exact.change_account("1071", Phone="010-5555555")
        assert h.next_tick().counts["changed"] == 1
        assert_all_is_well(h)


def test_without_the_look_of_a_new_day_a_moved_division_costs_no_call_more() -> None:
    with environment(accounts=4) as h:
        catch_up(h)
        h.exact.journal.clear()

        h.next_tick()
        h.next_tick()

        assert h.calls("system/Divisions") == 0


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"Status": 2}, "gearchiveerd"),
        ({"Status": 0}, "inactief"),
        ({"BlockingStatus": 1}, "geblokkeerd (back-up of conversie)"),
    ],
)
def test_a_closed_division_is_a_state_that_is_shown_and_ends_by_itself(
    row: dict[str, int], word: str
) -> None:
    with environment(accounts=4) as h:
        catch_up(h)
        (division,) = [
            each
            for each in h.exact.world.tables["Divisions"]
            if each["Code"] == h.connection.division
        ]
        open_again = {name: division[name] for name in row}
        h.exact.world.change("Divisions", division["Code"], row)

        assert h.next_tick(days=1).outcome == "exact-division-blocked"

        (problem,) = [each for each in h.problems() if each.code == "exact-division-blocked"]
        assert problem.values["state"] == word
        assert problem.values["division"] == ADMINISTRATION
        h.exact.journal.clear()
        h.next_tick()
        assert h.calls("sync") == 0
        assert h.calls("system/Divisions") <= 1, "it is not asked at every tick"
        h.exact.world.change("Divisions", division["Code"], open_again)
        assert h.next_tick(days=1).outcome == "done"
        assert "exact-division-blocked" not in {each.code for each in h.problems()}


def test_a_second_move_on_the_day_of_the_first_look_is_not_missed() -> None:  # X97
    with environment(accounts=10) as h:
        catch_up(h)
        h.clock.advance(24 * 3600)
        h.exact.world.move_division()
        h.next_tick()
        h.next_tick()  # the overlap of the last read is over as well (X94)
        h.exact.change_account("1068", Name="Nieuwe naam")
        h.exact.world.move_division()

        h.next_tick(days=1)
        catch_up(h)

        assert h.customer("1068")["Name"] == "Nieuwe naam"
        assert_all_is_well(h)


def test_a_move_of_long_ago_is_read_anew_no_more() -> None:
    with environment(accounts=4) as h:
        catch_up(h)
        h.exact.world.move_division()
        for _ in range(3):
            h.next_tick(days=1)

        assert h.next_tick(days=1).counts["read"] == 0
