"""Any order of steps of three processes with one chain: no token is lost, none is spent twice.

Processes read, lease, call and save, and may stand still for any time between two of those. Answers
get lost, calls never arrive, a process is killed wherever it stands, the user logs in meanwhile.
After every step holds: the token that is sent is the newest one stored, Exact is never asked too
early, and no token is sent more often than what went wrong with it allows. In the end every process
holds the newest token, and a login was needed only if an answer was lost.

`SOAK=400 pytest tests/faults/token_machine` draws so many runs, longer and other ones each time.
"""

import itertools
import os
from contextlib import ExitStack
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from moto import mock_aws

from koppeling.domain.errors import Consequence, Defer, Reauthorise, Retry
from koppeling.domain.tokens import TokenKey, TokenState
from koppeling.store.table import Table, TokenItem, token_items
from koppeling.tokens import LEASE, TokenChain
from tests.faults.effects import CrashError
from tests.faults.token_machine.processes import Process
from tests.faults.token_machine.world import HOST, USER, World

REGION = "eu-central-1"
MANY_STEPS = 60
SLOTS = st.integers(min_value=0, max_value=2)
# None, within what of a lease may be gone before the call, over it, over the call, over the lease
PAUSES = st.sampled_from((0, 0, 0, 0, 9, 11, 21, 46, 46, 62))
# A token that is young, nearly old, just old, dead
AGES = st.sampled_from((0, 0, 545, 575, 581, 700))
WEEK = timedelta(days=7)
NUMBERS = itertools.count()


class Chain(RuleBasedStateMachine):
    """One OAuth user, and three execution environments that need tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(mock_aws())
        self.world = World(a_table(), TokenKey("exact", f"{next(NUMBERS)}-{USER}", HOST))
        self.world.log_in()
        self.world.clock.advance(600)
        self.chains: list[TokenChain] = [self.world.chain() for _ in range(3)]
        self.processes: list[Process | None] = [None, None, None]

    @property
    def at_work(self) -> list[int]:
        """Return which processes are on their way."""
        return [slot for slot, each in enumerate(self.processes) if each and each.runs]

    @rule(
        after=AGES,
        slots=st.lists(SLOTS, unique=True, min_size=1),
        keeps_alive=st.booleans(),
    )
    def some_need_a_token(self, after: int, slots: list[int], *, keeps_alive: bool) -> None:
        """Time passes, and processes that are not at work begin, each up to its first step."""
        self.world.clock.advance(after)
        for slot in slots:
            if slot not in self.at_work:
                chain = self.chains[slot]
                process = Process(chain.keep_alive if keeps_alive else chain.token)
                self.processes[slot] = process
                process.begin(self.world.stage.processes)

    @precondition(lambda self: self.at_work)
    @rule(pick=SLOTS, seconds=PAUSES, steps=st.integers(min_value=1, max_value=4))
    def one_goes_on_after_a_while(self, pick: int, seconds: int, steps: int) -> None:
        """Time passes, and one process makes some steps before any other does."""
        self.world.clock.advance(seconds)
        process = self._picked(pick)
        for _ in range(steps):
            if process.runs:
                process.go_on()

    @precondition(lambda self: self.at_work)
    @rule(pick=SLOTS)
    def one_is_killed(self, pick: int) -> None:
        """A process ends where it stands, and another one begins in its place."""
        slot = self.at_work[pick % len(self.at_work)]
        process = self._picked(pick)
        answer = process.notes.get("answer")
        process.kill()
        assert isinstance(process.outcome, CrashError)
        if answer is not None:
            self.world.excused[str(answer)] += 1
            self.world.lost |= process.notes["changes"] == self.world.changes
        self.chains[slot] = self.world.chain()

    def _picked(self, pick: int) -> Process:
        process = self.processes[self.at_work[pick % len(self.at_work)]]
        assert process is not None
        return process

    @precondition(lambda self: self.world.clock.now() - self.world.granted_at[-1] < WEEK)
    @rule()
    def a_week_passes(self) -> None:
        """Nobody needs a token for so long that it has to be kept alive (R30)."""
        self.world.clock.advance(WEEK.total_seconds())

    @precondition(lambda self: not self.world.trouble)
    @rule(kind=st.sampled_from(("answer-lost", "never-arrived", "gateway", "too-early")))
    def the_next_call_goes_wrong(self, kind: str) -> None:
        """The network, or Exact, does not do what it should."""
        self.world.trouble.append(kind)

    @rule()
    def the_user_logs_in(self) -> None:
        """A login in the browser, whatever the processes are doing."""
        self.world.log_in()

    @invariant()
    def nothing_went_wrong(self) -> None:
        """What may never happen has not."""
        assert self.world.wrong == []
        for token, times in self.world.sent.items():
            assert times <= 1 + self.world.excused[token], "a token was sent once too often"
        for process in self.processes:
            outcome = None if process is None else process.outcome
            assert not isinstance(outcome, AssertionError), outcome

    def teardown(self) -> None:
        """Let all come to an end, and see what they hold."""
        try:
            self._finish()
            self._come_to_rest()
        finally:
            for process in self.processes:
                if process is not None and process.runs:
                    process.kill()
            self.stack.close()

    def _finish(self) -> None:
        self.world.trouble.clear()
        for process in self.processes:
            for _ in range(MANY_STEPS):
                if process is not None and process.runs:
                    process.go_on()
            assert process is None or not process.runs
        self.nothing_went_wrong()

    def _come_to_rest(self) -> None:
        """A tick later a dead chain shows, a login mends it, and all hold the same token."""
        self.world.clock.advance(LEASE.total_seconds() + 900)
        first = self._ask(self.chains[0])
        if isinstance(first, Reauthorise):
            assert self.world.lost, "a login was asked for although no answer was lost"
            assert self.world.stored().state is TokenState.RECONNECT
            self.world.log_in()
            first = self._ask(self.chains[0])
        assert isinstance(first, str)
        held = {first, *(self._ask(chain) for chain in self.chains)}
        assert held == {self.world.stored().access_token}
        access = self.world.authority.access(first)
        assert access is not None
        assert access.valid
        self.nothing_went_wrong()

    def _ask(self, chain: TokenChain) -> object:
        """Let a process ask without standing still; one that has to wait asks again."""
        for _ in range(5):
            try:
                return chain.token()
            except (Defer, Retry):
                self.world.clock.advance(61)
            except Consequence as end:
                return end
        raise AssertionError("a process waits for ever")


def a_table() -> type[TokenItem]:
    """Return an empty table of tokens."""
    model = token_items(Table("tokens", REGION))
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


SOAK = int(os.environ.get("SOAK", "0"))
TestChain = Chain.TestCase
TestChain.settings = settings(
    max_examples=SOAK or 60,
    stateful_step_count=100 if SOAK else 40,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
