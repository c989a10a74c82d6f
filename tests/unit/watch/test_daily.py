"""The daily watch: no chain ends unnoticed, and one that fails stops no other (X17, R30)."""

from dataclasses import replace

import pytest

from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import TokenState
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.watch.letters import EXPIRES
from tests.unit.auth.fakes import NOON
from tests.unit.watch.fakes import ACME, BETA, MARIT, OTHER, PIM, Stack, a_stack

EXACT = key_of("exact", ACME)
MILESTONES = key_of("milestones", ACME)


def test_a_chain_is_refreshed_from_seven_days_without_contact_on() -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(EXACT, 7)
    stack.put(key_of("exact", OTHER), 6.9)
    stack.put(MILESTONES, 8)
    summary = stack.run()
    assert stack.chains.refreshed == [MILESTONES, EXACT]
    assert summary.counts == {"refreshed": 2}


def test_a_paused_connection_keeps_its_logins() -> None:  # X17
    stack = a_stack(replace(ACME, paused=True))
    stack.put(EXACT, 7)
    stack.run()
    assert stack.chains.refreshed == [EXACT]


def test_a_chain_that_no_connection_uses_is_left_alone_and_counted() -> None:
    stack = a_stack()
    stack.put(key_of("exact", OTHER), 12)
    assert stack.run().counts == {"unused": 1}
    assert (stack.chains.refreshed, stack.notified) == ([], [])


@pytest.mark.parametrize(
    "error",
    [Retry("exact-unavailable"), Fatal("exact-app-misconfigured"), ValueError("moved")],
    ids=lambda error: type(error).__name__,
)
def test_a_chain_that_fails_stops_no_other_and_is_reported_by_its_code(error: Exception) -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(EXACT, 8)
    stack.put(key_of("exact", OTHER), 7)
    stack.chains.fails[EXACT] = error
    summary = stack.run()
    assert stack.chains.refreshed == [key_of("exact", OTHER)]
    if isinstance(error, Consequence):
        assert (summary.detail, stack.failed) == (error.code, [])
    else:  # a mistake of ours: its message comes again, and then lies among the dead letters
        assert stack.failed == [error]


def test_the_summary_names_no_user() -> None:  # S13
    stack = a_stack()
    stack.put(EXACT, 25)
    stack.chains.fails[EXACT] = Retry("exact-unavailable", "koppeling@veldhuis.example")
    assert "veldhuis" not in str(stack.run())


def test_the_end_of_a_chain_is_notified_once_to_the_people_of_every_connection_of_its_user() -> (
    None
):
    stack = a_stack(ACME, replace(BETA, people=(PIM,)), OTHER)
    stack.put(EXACT, 3, TokenState.RECONNECT)
    first, second = stack.run(), stack.run()
    assert stack.notices.addressed == [MARIT.mail, PIM.mail]
    assert (first.counts["told"], second.counts.get("told")) == (2, None)
    assert stack.chains.refreshed == []


def test_the_end_of_a_chain_during_its_refresh_is_notified_at_once() -> None:
    stack = a_stack()
    stack.put(MILESTONES, 7)
    stack.chains.fails[MILESTONES] = Reauthorise("milestones-reconnect-needed")
    assert stack.run().counts == {"reconnect": 1, "told": 1}
    assert stack.notified[0][0] == "milestones-reconnect-needed"


def test_people_are_warned_four_times_and_a_problem_is_open_from_the_first_on() -> None:
    stack = a_stack(ACME, BETA)
    stack.put(EXACT, 0)
    granted = stack.clock.now().isoformat()
    stack.chains.fails[EXACT] = Retry("exact-unavailable")
    for _ in range(29):
        stack.clock.advance(86_400)
        stack.run()
    steps = [f"{granted}/{days}" for days in (21, 14, 7, 2)]
    assert stack.notified == [(EXPIRES, step) for step in steps]
    assert stack.problems == {
        ("acme", "login/exact", EXPIRES),
        ("beta", "login/exact", EXPIRES),
    }
    assert stack.values[0] == {"until": "2026-12-24", "date": "2026-11-24"}


def test_a_day_on_which_nobody_looked_costs_no_warning() -> None:
    stack = a_stack()
    stack.put(EXACT, 18)
    stack.chains.fails[EXACT] = Retry("exact-unavailable")
    stack.run()
    assert [each[1].rpartition("/")[2] for each in stack.notified] == ["14"]


def test_of_a_provider_without_a_known_end_nobody_is_warned() -> None:  # M11
    stack = a_stack()
    stack.put(MILESTONES, 25)
    stack.chains.fails[MILESTONES] = Retry("milestones-unavailable")
    stack.run()
    assert (stack.notified, stack.problems) == ([], set())


def expiring() -> Stack:
    """Return a stack whose customers were warned that the chain will end."""
    stack = a_stack(ACME, BETA)
    stack.put(EXACT, 10)
    stack.chains.fails[EXACT] = Retry("exact-unavailable")
    stack.run()
    return stack


def test_the_problem_closes_when_the_watch_itself_refreshes() -> None:
    stack = expiring()
    stack.chains.fails = {}
    stack.run()
    assert stack.problems == set()
    assert not stack.chains.held[EXACT].expiry_told


def test_the_problem_closes_also_when_somebody_else_did() -> None:
    stack = expiring()
    stack.chains.put(EXACT, NOON)
    stack.run()
    assert stack.problems == set()


def test_it_gives_way_to_the_login_that_is_needed_when_the_chain_ends() -> None:
    stack = expiring()
    stack.chains.held[EXACT] = replace(stack.chains.held[EXACT], state=TokenState.RECONNECT)
    stack.run()
    assert stack.problems == {
        (name, "login/exact", "exact-reconnect-needed") for name in ("acme", "beta")
    }
    assert stack.notified[-1][0] == "exact-reconnect-needed"


def test_a_login_that_ended_is_one_problem_also_where_an_earlier_release_opened_many() -> None:
    code = "exact-reconnect-needed"  # R40
    stack = a_stack(ACME)
    stack.put(EXACT, 3, TokenState.RECONNECT)
    stack.problems |= {("acme", f"{name}/connection", code) for name in ("accounts", "push")}
    stack.problems.add(("acme", "accounts/connection", "exact-no-rights"))

    stack.run()

    assert stack.problems == {
        ("acme", "login/exact", code),
        ("acme", "accounts/connection", "exact-no-rights"),
    }


def test_a_crash_between_leaves_no_problem_that_nobody_would_close() -> None:  # R10
    stack = expiring()
    stack.chains.fails = {}
    stack.run()
    assert stack.chains.order == ["note True", "open", "open", "close", "close", "note False"]


def test_a_chain_that_needs_nothing_is_not_looked_at() -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(EXACT, 6)
    stack.put(key_of("exact", OTHER), 9)
    stack.run()
    logins = [body["user"] for body, _ in stack.queue.sent if body["round"] == "login"]
    assert logins == [key_of("exact", OTHER).user]


def test_a_chain_that_went_meanwhile_is_no_failure() -> None:
    stack = a_stack()
    assert stack.watch.check_login(EXACT).outcome == "gone"


def test_one_broken_connection_of_fifty_keeps_no_other_from_being_looked_after() -> None:
    fifty = [replace(ACME, id=ConnectionId(f"c{n:02}"), exact_user=f"u{n}@x.nl") for n in range(50)]
    stack = a_stack(*fifty)
    for connection in fifty:
        stack.put(key_of("exact", connection), 8)
    stack.broken["c07"] = TimeoutError("an invocation that took all its time")
    stack.chains.fails[key_of("exact", fifty[13])] = ValueError("a mistake of ours")
    summary = stack.run()
    assert summary.counts == {"refreshed": 49}
    assert stack.looked_at == [each.id for each in fifty]
    assert [type(each) for each in stack.failed] == [ValueError, TimeoutError]
