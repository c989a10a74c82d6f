"""R12, R13, R17: what heals by itself, however it was missed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.core.clock import AMSTERDAM, Deadline
from koppeling.core.ids import SyncTimestamp
from koppeling.pull.comparison import LATEST
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration import truth_entities as whole_truth
from tests.integration.levers import assert_all_is_well, catch_up, state
from tests.integration.test_pull_time import asked

PLENTY = Deadline(lambda: 100_000)
FAR = SyncTimestamp(2**40)


def go_to(h: Environment, days: int, hour: int, minute: int) -> None:
    """Let days pass, until a Dutch time; both logins were renewed meanwhile."""
    day = h.clock.now().astimezone(AMSTERDAM).date() + timedelta(days=days)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)
    h.clock.freeze(local.astimezone(UTC))
    h.log_in(EXACT)
    h.log_in(MILESTONES)


def take_messages(h: Environment) -> list[str]:
    """Deliver what waits in the queue of the pull until it is empty; returns the outcomes."""
    outcomes: list[str] = []
    while messages := h.taken(h.settings.pull_queue_url):
        for message in messages:
            h.clock.freeze(max(h.clock.now(), datetime.fromisoformat(message["slot"])))
            outcomes.append(h.wiring.pulls.handle_message(message, PLENTY).outcome)
    return outcomes


def take_some_messages(h: Environment, most: int) -> list[str]:
    """Deliver what waits in the queue, as long as not more than so many messages came."""
    outcomes: list[str] = []
    while len(outcomes) < most and (messages := h.taken(h.settings.pull_queue_url)):
        for message in messages:
            h.clock.freeze(max(h.clock.now(), datetime.fromisoformat(message["slot"])))
            outcomes.append(h.wiring.pulls.handle_message(message, PLENTY).outcome)
    return outcomes


def test_what_was_missed_is_healed_within_90_days_and_nobody_asked_for_it() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        h.exact.world.change("Accounts", h.exact.world.account("1068")["ID"], {"City": "Gemist"})
        h.milestones.world.change(
            "CustomerCompany", h.customer("1071")["CustomerCompanyId"], {"Name": "Overtikt"}
        )
        # A cursor that lies above a row that was never read
        stored, own = h.wiring.stores.pull_stores.states, h.connection.id
        taken = stored.acquire(own, "accounts", h.clock.now(), timedelta(seconds=1))
        assert taken is not None
        for name, feed in taken.feeds.items():
            far = replace(feed, cursor=FAR, read_from=FAR, highest=FAR, ends=())
            taken = taken.with_feed(name, far)
        stored.release(own, "accounts", taken)

        for days in (40, 44):
            go_to(h, days, 12, 3)
            h.pull()
        assert h.customer("1068")["VisitAddressCity"] != "Gemist"
        go_to(h, 0, 19, 48)
        assert LATEST.days == 85
        assert h.pull().outcome == "done"
        assert take_messages(h) == ["done"]

        assert h.customer("1068")["VisitAddressCity"] == "Gemist"
        assert h.customer("1071")["Name"] != "Overtikt"
        h.exact.change_account("1071", City="Epe")
        go_to(h, 1, 7, 3)
        h.pull()
        assert h.customer("1071")["VisitAddressCity"] == "Epe"
        assert_all_is_well(h)


def test_a_comparison_whose_time_runs_out_within_a_page_compares_the_rest_as_well() -> None:
    with environment(accounts=12) as h:
        catch_up(h)
        for customer in h.milestones.world.records("CustomerCompany"):
            key = customer["CustomerCompanyId"]
            h.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Overtikt"})

        short = h.wiring.pulls.run(h.connection.id, Deadline(asked(9)), full=True)
        assert short.outcome == "pull-continues"
        assert take_messages(h)[-1] == "done"

        assert_all_is_well(h)


def test_a_scheduled_comparison_does_not_believe_a_list_that_suddenly_is_short() -> None:  # R15
    with environment(accounts=3) as h:
        h.pull(entity="cost_centers")
        go_to(h, 44, 12, 0)
        h.pull(entity="cost_centers")
        go_to(h, 43, 19, 46)
        h.pull(entity="cost_centers")
        h.exact.hide_rows("hrm/Costcenters", 3)
        pulls = h.pulls("cost_centers")
        (message,) = h.taken(h.settings.pull_queue_url)
        h.clock.advance(900)

        assert pulls.handle_message(message, PLENTY).outcome == "list-shrank"

        assert "record-gone-in-exact" not in truth.troubles(h)
        assert pulls.run(h.connection.id, PLENTY, full=True).outcome == "done"


@pytest.mark.parametrize("hour", [9, 19])
def test_after_two_months_on_pause_everything_is_compared_that_night(hour: int) -> None:  # X98
    with environment(accounts=6) as h:
        catch_up(h)
        key = h.customer("1071")["CustomerCompanyId"]
        h.milestones.world.change("CustomerCompany", key, {"Name": "Overtikt"})
        go_to(h, 56, hour, 48)
        h.pull()
        go_to(h, 0, 19, 48)
        h.clock.advance(60)
        h.pull()

        take_messages(h)

        assert h.customer("1071")["Name"] != "Overtikt"


def test_a_full_pull_that_follows_an_interrupted_read_after_a_move_closes_its_problem() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        h.exact.move_division()
        h.clock.advance(24 * 3600)
        assert h.pull(asked(2)).outcome == "pull-continues"
        assert truth.troubles(h) == {"exact-division-moved"}

        assert h.wiring.pulls.run(h.connection.id, PLENTY, full=True).outcome == "done"

        assert truth.troubles(h) == set()
        h.exact.change_account("1071", City="Epe")
        catch_up(h)
        assert_all_is_well(h)


def test_a_move_is_noticed_by_a_user_who_may_only_read_the_list_without_its_date() -> None:
    with environment(accounts=3) as h:  # X104, R12
        h.exact.switches.turn(missing_rights=("Organization administration",))
        h.pull_all()
        h.exact.move_division()
        for name in ENTITIES:
            if name in ("accounts", "items", "projects"):
                code = next(iter(h.exact.world.importable(name)))["Code"]
                h.exact.change(name, code, **{"Notes": "Nieuw"} if name == "projects" else {})
        h.exact.change_account("1068", City="Na de verhuizing")
        for day in range(1, 9):
            go_to(h, 1, 7, 9)
            h.exact.change("cost_centers", "TRN", Description=f"Dag {day}")
            h.pull_all()
            h.clock.advance(900)
            h.pull_all()

        assert h.customer("1068")["VisitAddressCity"] == "Na de verhuizing"
        assert whole_truth.differences(h) == []
        assert "exact-division-moved" not in truth.troubles(h)
        h.exact.journal.clear()
        go_to(h, 1, 7, 9)
        assert sum(told.counts["read"] for told in h.pull_all().values()) < 60
        assert state(h).resynced_on is not None


def test_a_comparison_that_finds_a_row_without_an_id_again_is_not_repeated_all_night() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        contact = next(iter(h.exact.world.tables["Contacts"]))
        h.exact.world.spoil("Contacts", contact["ID"], {"ID": 17})
        h.exact.world.change("Contacts", contact["ID"], {"FullName": "A. Ander"})
        h.next_tick()
        go_to(h, 0, 19, 48)
        h.pull()

        assert take_some_messages(h, 5) == ["done"]

        assert "record-unreadable" in truth.troubles(h)
        go_to(h, 1, 19, 48)
        h.pull()
        h.exact.world.mend("Contacts", contact["ID"])
        assert take_some_messages(h, 5) == ["done"]
        assert "record-unreadable" not in truth.troubles(h)
