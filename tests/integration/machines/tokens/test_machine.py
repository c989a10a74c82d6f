"""Any order of steps of three processes with one chain: no token is lost, none is spent twice.

Processes read, lease, call and save, and may stand still for any time between two of those. Answers
get lost, calls never arrive, the table refuses to take a new pair, a process is killed wherever it
stands, the user logs in meanwhile.
After every step holds: the token that is sent is the newest one stored, Exact is never asked too
early, and no token is sent more often than what went wrong with it allows. In the end every process
holds the newest token, and a login was needed only if an answer was lost or a process died with it.

`SOAK=400 pytest tests/integration/machines/tokens` draws that many
runs, other ones each time.
"""

import itertools
import os
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from koppeling.auth.token_chain import LEASE, TokenChain
from koppeling.auth.token_pair import TokenKey, TokenState
from koppeling.aws.dynamodb.table import TokenItem
from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry
from tests.integration.effects import CrashError
from tests.integration.machines.tokens.acts import (
    ACTS,
    AGES,
    SLOTS,
    Act,
    Deliver,
    GoOn,
    Kill,
    LogIn,
    Refuse,
    Trouble,
)
from tests.integration.machines.tokens.processes import Process
from tests.integration.machines.tokens.relay import deliver
from tests.integration.machines.tokens.world import HOST, USER, World
from tests.kept import models
from tests.sandbox.dynamodb import Service, in_memory

MANY_STEPS = 60
WEEK = timedelta(days=7)
NUMBERS = itertools.count()


class Chain(RuleBasedStateMachine):
    """One OAuth user, and three execution environments that need tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(a_table(), TokenKey("exact", f"{next(NUMBERS)}-{USER}", HOST))
        self.world.log_in()
        self.world.clock.advance(600)
        self.chains: list[TokenChain] = [self.world.chain() for _ in range(3)]
        self.processes: list[Process | None] = [None, None, None]

    @rule(
        after=AGES,
        slots=st.lists(SLOTS, unique=True, min_size=2),
        keeps_alive=st.booleans(),
        acts=st.lists(ACTS, min_size=2, max_size=10),
    )
    def a_token_grows_old_and_several_need_it(
        self, after: int, slots: list[int], acts: list[Act], *, keeps_alive: bool
    ) -> None:
        """Processes begin that are not at work, and go on in some order; not all come to an end."""
        if self.world.lost and self.world.stored().state is TokenState.RECONNECT:
            self.world.log_in()
        self.world.clock.advance(after)
        for slot in slots:
            self._begin(slot, keeps_alive=keeps_alive)
        for act in acts:
            self._carry_out(act)
            self.nothing_went_wrong()

    def _begin(self, slot: int, *, keeps_alive: bool) -> None:
        process = self.processes[slot]
        if process is None or not process.runs:
            chain = self.chains[slot]
            fresh = Process(chain.keep_alive if keeps_alive else chain.token)
            self.processes[slot] = fresh
            fresh.begin(self.world.stage.processes)

    def _carry_out(self, act: Act) -> None:
        match act:
            case GoOn(slot, seconds, steps):
                self.world.clock.advance(seconds)
                for _ in range(steps):
                    self._go_on(slot)
            case Kill(slot):
                self._kill(slot)
            case LogIn():
                self.world.log_in()
            case Trouble(kind, calls):
                self.world.trouble = [kind] * calls
            case Refuse(writes):
                self.world.refusals = writes
            case Deliver():
                deliver(self.world)

    def _go_on(self, slot: int) -> None:
        process = self.processes[slot]
        if process is not None and process.runs:
            process.go_on()

    def _kill(self, slot: int) -> None:
        process = self.processes[slot]
        if process is None or not process.runs:
            return
        sent, answered = process.notes.get("sent"), "answer" in process.notes
        process.kill()
        assert isinstance(process.outcome, CrashError)
        if sent is not None:
            self.world.excused[str(sent)] += 1
        if answered:
            self.world.lost |= process.notes["changes"] == self.world.changes
        self.chains[slot] = self.world.chain()

    @precondition(lambda self: self.world.clock.now() - self.world.granted_at[-1] < WEEK)
    @rule()
    def a_week_passes(self) -> None:
        """Nobody needs a token for so long that it has to be kept alive (R30)."""
        self.world.clock.advance(WEEK.total_seconds())

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

    def _finish(self) -> None:
        self.world.trouble.clear()
        self.world.refusals = 0
        for slot, process in enumerate(self.processes):
            for _ in range(MANY_STEPS):
                self._go_on(slot)
            assert process is None or not process.runs
        self.nothing_went_wrong()

    def _come_to_rest(self) -> None:
        """A tick later a dead chain shows, a login mends it, and all hold the same token."""
        deliver(self.world)
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


@cache
def a_table() -> type[TokenItem]:
    """Return the table of tokens; each run has an item of its own."""
    _, model = models()
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


SOAK = int(os.environ.get("SOAK", "0"))


class TestChain(Chain.TestCase):  # type: ignore[misc, valid-type] # Hypothesis makes its class at run time
    """Runs the machine on one table for all runs: making one takes longer than a run."""

    aws: ClassVar[ExitStack]

    @classmethod
    def setUpClass(cls) -> None:
        """Let every AWS call stay within the process."""
        cls.aws = ExitStack()
        cls.aws.enter_context(in_memory(Service()))
        a_table.cache_clear()

    @classmethod
    def tearDownClass(cls) -> None:
        """Give AWS back."""
        cls.aws.close()


TestChain.settings = settings(
    max_examples=SOAK or 100,
    stateful_step_count=20 if SOAK else 8,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
