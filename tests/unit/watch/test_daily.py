"""The daily watch: no chain ends unnoticed, and one that fails stops no other (X17, R30)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.watch.daily import DailyWatch
from koppeling.watch.notifier import EXPIRES
from tests.sandbox.common.clock import Clock
from tests.unit.auth.fakes import NOON
from tests.unit.fakes import FakeConnections
from tests.unit.watch.test_notifier import ACME, BETA, OTHER, key_of

RECONNECT = {"exact": "exact-reconnect-needed", "milestones": "milestones-reconnect-needed"}
PLENTY = Deadline(lambda: 900_000)
EXACT = key_of("exact", ACME)
MILESTONES = key_of("milestones", ACME)


@dataclass(slots=True)
class Stack:
    """Chains, connections, problems and warnings in memory."""

    clock: Clock
    connections: list[Connection]
    chains: dict[TokenKey, ChainFacts] = field(default_factory=dict)
    fails: dict[TokenKey, Exception] = field(default_factory=dict)
    refreshed: list[TokenKey] = field(default_factory=list)
    problems: set[tuple[str, str, str]] = field(default_factory=set)
    values: list[Mapping[str, str]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return what is known of all chains, in no order."""
        return iter(list(self.chains.values()))

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what is known of one."""
        return self.chains.get(key)

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note that problems are open."""
        self.order.append(f"note {told}")
        self.chains[key] = replace(self.chains[key], expiry_told=told)

    def open(self, problem: Problem) -> None:
        """Open a problem."""
        self.order.append("open")
        self.problems.add((problem.connection, problem.subject, problem.code))
        self.values.append(problem.values)

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return none: the watch opens and closes without a look."""
        del connection
        return iter(())

    def close(self, connection: ConnectionId, subject: str) -> None:
        """Close the problems of a subject."""
        self.order.append("close")
        self.problems = {each for each in self.problems if each[:2] != (connection, subject)}

    def send(self, connection: Connection, code: str, values: Mapping[str, str], once: str) -> bool:
        """Tell once."""
        del values
        if (connection.id, code, once) in self.told:
            return False
        self.told.append((connection.id, code, once))
        return True

    def on_chain_lost(self, facts: ChainFacts, connection: Connection, code: str) -> bool:
        """Tell that a chain has ended."""
        return self.send(connection, code, {}, facts.granted_at.isoformat())

    def chain(self, key: TokenKey) -> "Refreshable":
        """Return a chain that can be refreshed."""
        return Refreshable(self, key)

    def put(self, key: TokenKey, days: float, state: TokenState = TokenState.ACTIVE) -> None:
        """Let there be a chain that was granted so many days ago."""
        granted = self.clock.now() - timedelta(days=days)
        self.chains[key] = ChainFacts(key, state, granted, granted + timedelta(days=30))

    def look(self, deadline: Deadline = PLENTY) -> Summary:
        """Let the watch look."""
        return DailyWatch(
            chains=self,
            open_chain=self.chain,
            connections=FakeConnections(*self.connections),
            key_of=key_of,
            problems=self,
            notifier=self,
            reconnect=RECONNECT,
            now=self.clock.now,
        ).run(deadline)


@dataclass(slots=True)
class Refreshable:
    """One chain."""

    stack: Stack
    key: TokenKey

    def keep_alive(self) -> bool:
        """Refresh it, or fail."""
        if self.key in self.stack.fails:
            error = self.stack.fails[self.key]
            if isinstance(error, Reauthorise):
                ended = replace(self.stack.chains[self.key], state=TokenState.RECONNECT)
                self.stack.chains[self.key] = ended
            raise error
        self.stack.refreshed.append(self.key)
        told = self.stack.chains[self.key].expiry_told
        self.stack.put(self.key, 0)
        self.stack.chains[self.key] = replace(self.stack.chains[self.key], expiry_told=told)
        return True


def a_stack(*connections: Connection) -> Stack:
    """Return a stack at noon."""
    return Stack(Clock(frozen_at=NOON), list(connections or (ACME,)))


def test_a_chain_is_refreshed_from_seven_days_without_contact_on() -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(EXACT, 7)
    stack.put(key_of("exact", OTHER), 6.9)
    stack.put(MILESTONES, 8)
    summary = stack.look()
    assert stack.refreshed == [MILESTONES, EXACT]
    assert (summary.outcome, summary.counts) == ("done", {"chains": 3, "refreshed": 2})


def test_a_paused_connection_keeps_its_logins() -> None:  # X17
    stack = a_stack(replace(ACME, paused=True))
    stack.put(EXACT, 7)
    stack.look()
    assert stack.refreshed == [EXACT]


def test_a_chain_that_no_connection_uses_is_left_alone_and_counted() -> None:
    stack = a_stack()
    stack.put(key_of("exact", OTHER), 12)
    assert stack.look().counts == {"chains": 1, "unused": 1}
    assert (stack.refreshed, stack.told) == ([], [])


@pytest.mark.parametrize(
    "error",
    [Retry("exact-unavailable"), Fatal("exact-app-misconfigured"), ValueError("moved")],
    ids=lambda error: type(error).__name__,
)
def test_a_chain_that_fails_stops_no_other_and_is_told_by_its_code(error: Exception) -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(EXACT, 8)
    stack.put(key_of("exact", OTHER), 7)
    stack.fails[EXACT] = error
    summary = stack.look()
    assert stack.refreshed == [key_of("exact", OTHER)]
    code = error.code if isinstance(error, Consequence) else "ValueError"
    assert (summary.detail, summary.counts["failed"]) == (f"{code} 1", 1)


def test_the_summary_names_no_user() -> None:  # S13
    stack = a_stack()
    stack.put(EXACT, 25)
    stack.fails[EXACT] = Retry("exact-unavailable", "koppeling@veldhuis.example")
    assert "veldhuis" not in str(stack.look())


def test_a_chain_that_has_ended_is_told_once_to_each_connection_of_its_user() -> None:
    stack = a_stack(ACME, BETA, OTHER)
    stack.put(EXACT, 3, TokenState.RECONNECT)
    first, second = stack.look(), stack.look()
    assert [each[:2] for each in stack.told] == [
        ("acme", "exact-reconnect-needed"),
        ("beta", "exact-reconnect-needed"),
    ]
    assert (first.counts["told"], second.counts.get("told")) == (2, None)
    assert stack.refreshed == []


def test_a_chain_that_ends_while_it_is_refreshed_is_told_at_once() -> None:
    stack = a_stack()
    stack.put(MILESTONES, 7)
    stack.fails[MILESTONES] = Reauthorise("milestones-reconnect-needed")
    assert stack.look().counts == {"chains": 1, "reconnect": 1, "told": 1}
    assert stack.told[0][:2] == ("acme", "milestones-reconnect-needed")


def test_people_are_told_ahead_four_times_and_a_problem_is_open_from_the_first_on() -> None:
    stack = a_stack(ACME, BETA)
    stack.put(EXACT, 0)
    granted = stack.clock.now().isoformat()
    stack.fails[EXACT] = Retry("exact-unavailable")
    for _ in range(29):
        stack.clock.advance(86_400)
        stack.look()
    steps = [f"{granted}/{days}" for days in (21, 14, 7, 2)]
    assert [each for each in stack.told if each[0] == "acme"] == [
        ("acme", EXPIRES, step) for step in steps
    ]
    assert stack.problems == {
        ("acme", "login/exact", EXPIRES),
        ("beta", "login/exact", EXPIRES),
    }
    assert stack.values[0] == {"until": "2026-12-24", "date": "2026-11-24"}


def test_a_day_on_which_nobody_looked_costs_no_warning() -> None:
    stack = a_stack()
    stack.put(EXACT, 18)
    stack.fails[EXACT] = Retry("exact-unavailable")
    stack.look()
    assert [each[2].rpartition("/")[2] for each in stack.told] == ["14"]


def test_of_a_provider_that_tells_no_end_nobody_is_told_one() -> None:  # M11
    stack = a_stack()
    stack.put(MILESTONES, 25)
    stack.fails[MILESTONES] = Retry("milestones-unavailable")
    stack.look()
    assert (stack.told, stack.problems) == ([], set())


def expiring() -> Stack:
    """Return a stack whose people were told that the chain will end."""
    stack = a_stack(ACME, BETA)
    stack.put(EXACT, 10)
    stack.fails[EXACT] = Retry("exact-unavailable")
    stack.look()
    return stack


def test_the_problem_closes_when_the_watch_itself_refreshes() -> None:
    stack = expiring()
    stack.fails = {}
    stack.look()
    assert stack.problems == set()
    assert not stack.chains[EXACT].expiry_told


def test_the_problem_closes_also_when_somebody_else_did() -> None:
    stack = expiring()
    stack.chains[EXACT] = replace(stack.chains[EXACT], granted_at=NOON, ends_at=NOON + 30 * DAY)
    stack.look()
    assert stack.problems == set()


def test_it_gives_way_to_the_login_that_is_needed_when_the_chain_ends() -> None:
    stack = expiring()
    stack.chains[EXACT] = replace(stack.chains[EXACT], state=TokenState.RECONNECT)
    stack.look()
    assert stack.problems == set()
    assert stack.told[-1][1] == "exact-reconnect-needed"


def test_a_crash_between_leaves_no_problem_that_nobody_would_close() -> None:  # R10
    stack = expiring()
    stack.fails = {}
    stack.look()
    assert stack.order == ["note True", "open", "open", "close", "close", "note False"]


DAY = timedelta(days=1)


def test_what_does_not_fit_in_the_time_is_left_for_the_next_day_the_oldest_goes_first() -> None:
    stack = a_stack(ACME, OTHER)
    stack.put(key_of("exact", OTHER), 7)
    stack.put(EXACT, 9)
    assert stack.look(Deadline(countdown(2))).outcome == "time-ran-out"
    assert stack.refreshed == [EXACT]
    stack.look()
    assert stack.refreshed == [EXACT, key_of("exact", OTHER)]


def countdown(looks: int) -> Callable[[], int]:
    """Return a clock that is over after so many looks, one less than that of plenty."""
    left = iter([900_000] * (looks - 1) + [44_000])
    return lambda: next(left)
