"""Defects of other connectors in days and places: summer time, midnight, a move, a company."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.auth.oauth import EXACT, MILESTONES
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration import truth_entities as whole_truth
from tests.integration.machines.pulls.checks import writes


def assert_both_agree(h: Environment) -> None:
    assert whole_truth.differences(h) == []
    assert whole_truth.doubles(h) == []
    assert truth.forbidden(h) == []


def test_df4_a_user_who_opens_another_company_changes_nothing() -> None:
    with environment(accounts=3) as h:
        h.exact.world.add_division(111111, "Ander bedrijf B.V.")
        h.exact.switches.turn(current_division=111111)
        told = h.pull_all()
        h.exact.switches.turn(clicked_divisions=[h.connection.division, 111111])
        h.exact.change_account("1068", City="Zwolle")
        h.clock.advance(900)
        h.pull_all()

        assert {summary.outcome for summary in told.values()} == {"done"}
        paths = {call.path for call in h.exact.journal.calls() if "/api/v1/" in call.path}
        own = f"/api/v1/{h.connection.division}/"
        assert [path for path in paths if not path.startswith(own)] == []
        assert [path for path in paths if path.endswith("/Me")] == []
        assert_both_agree(h)


@pytest.mark.parametrize(
    "hour",
    [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)],
    ids=["to-summer-time", "to-winter-time"],
)
def test_df6_changes_around_a_change_of_the_clock_all_arrive_and_no_cursor_is_a_time(
    hour: datetime,
) -> None:
    with environment(accounts=3) as h:
        h.clock.freeze(hour - timedelta(minutes=60))
        h.log_in(EXACT)
        h.log_in(MILESTONES)
        for minutes in (-15, 15, 60):
            h.clock.freeze(hour + timedelta(minutes=minutes))
            h.exact.change_account("1068", City=f"Om {minutes}")
            h.exact.change("cost_centers", "TRN", Description=f"Om {minutes}")
            assert h.pull().outcome == "done"
            assert h.pull(entity="cost_centers").outcome == "done"
            (center,) = h.milestones.world.find("CostCenter", Code="TRN")
            assert h.customer("1068")["VisitAddressCity"] == center["Name"] == f"Om {minutes}"

        asked = [call.query for call in h.exact.journal.calls()]
        assert [query for query in asked if "Modified" in query or "datetime" in query] == []


def test_df19_after_a_move_every_entity_is_back_the_next_day_without_a_double() -> None:
    with environment(accounts=3) as h:
        h.pull_all()
        before = {name: len(h.milestones.world.records(name)) for name in whole_truth.targets()}
        h.exact.move_division()
        h.exact.change("items", "PL", Description="Na de verhuizing")
        h.exact.change("projects", "P26014", Description="Ook na de verhuizing")
        h.clock.advance(900)
        h.pull_all()
        h.milestones.journal.clear()

        h.clock.advance(24 * 3600)
        told = h.pull_all()

        assert {summary.outcome for summary in told.values()} == {"done"}
        assert all(summary.counts["read"] > 0 for summary in told.values())
        assert sorted(writes(h)) == ["PUT ItemCompany(key)", "PUT Project(key)"]
        after = {name: len(h.milestones.world.records(name)) for name in whole_truth.targets()}
        assert after == before
        assert_both_agree(h)


def test_df21_a_day_stays_that_day_also_where_the_clock_changes() -> None:
    with environment(accounts=3) as h:
        days = {"P26014": "2027-03-28", "P26009": "2027-10-31", "P26015": "2026-12-31"}
        for code, day in days.items():
            h.exact.change("projects", code, StartDate=day, EndDate=day, AccountCode="1068")

        h.pull(entity="projects")

        for code, day in days.items():
            (project,) = h.milestones.world.find("Project", ProjectCode=code)
            assert (project["StartDate"], project["EndDate"]) == (f"{day}T00:00:00",) * 2


def test_df21_what_ends_today_ends_at_midnight_in_the_netherlands() -> None:
    with environment(accounts=3) as h:
        h.exact.change("cost_centers", "TRN", EndDate="2026-11-24")
        active = {}

        for utc_hour in (22, 23):
            h.clock.freeze(datetime(2026, 11, 24, utc_hour, 30, tzinfo=UTC))
            h.pull(entity="cost_centers")
            (center,) = h.milestones.world.find("CostCenter", Code="TRN")
            active[utc_hour] = center["IsActive"]

        assert active == {22: True, 23: False}
