"""Pull: a tick queues one message for each connection that is due; a message is one run.

tick ──► due connections ──► queue (spread) ──► take ──► run ──► summary
                               ▲                           │ time or calls ran out
                               └─────── a later message ◄──┘
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from koppeling.core.clock import Deadline, Now
from koppeling.core.connection import Connection, setting_of
from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections, OnLoginLost, Queue, no_notification
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.entities.entity import Entity
from koppeling.pull.ports import PullStores
from koppeling.pull.preview import PlannedChange, PreviewPlan, preview_stores
from koppeling.pull.run import PullRun
from koppeling.pull.schedule import is_due, is_stale, spread

# Longer than the function's time-out of 120 s, so a lease ends only after its holder did
LEASE = timedelta(seconds=180)
# SQS holds a message back for 15 minutes at the most; a longer wait is left to a later tick
LONGEST_DELAY_SECONDS = 900
# A moment between two messages of one run, in which other connections get their turn
PAUSE_SECONDS = 1
# An outage mends itself and another run's success is no trouble: no person has to do anything
_NO_PROBLEM = frozenset(
    {"pull-continues", "pull-overtaken", "token-busy", "token-overtaken", "token-key-unavailable"}
    | {"exact-minute-limit"}
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is built for. With a `plan` it is a preview, which only notes what it would do."""

    connection: Connection
    entity: Entity
    state: PullState
    deadline: Deadline
    stores: PullStores
    plan: PreviewPlan | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: its summary, and the records it would touch but for those left out."""

    summary: Summary
    changes: tuple[PlannedChange, ...]
    left_out: int


class StartRun(Protocol):
    """Builds the run of one connection: its clients, its tokens, its budget."""

    def __call__(self, work: RunRequest, /) -> "PreparedRun":
        """Return a run that is ready to execute."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run, and what has to be asked and done at its end."""

    run: PullRun
    calls: Callable[[], int]
    close: Callable[[], None]
    requeue: Callable[[], int]


class PullDispatcher:
    """All pulls of one entity."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        entity: Entity,
        *,
        connections: Connections,
        stores: PullStores,
        queue: Queue,
        start: StartRun,
        now: Now,
        spread_seconds: int,
        plan: PreviewPlan | None = None,
        on_login_lost: OnLoginLost = no_notification,
    ) -> None:
        self._entity = entity
        self._connections = connections
        self._stores = stores
        self._queue = queue
        self._start = start
        self._now = now
        self._spread_seconds = spread_seconds
        self._plan = plan
        self._on_login_lost = on_login_lost

    def fan_out(self, slot: datetime) -> Summary:
        """Queue one message for each connection that is due in this slot."""
        queued = self._queue.send(self._messages(slot))
        return Summary("tick", "queued", entity=self._entity.name, counts={"queued": queued})

    def handle_message(self, message: Mapping[str, str], deadline: Deadline) -> Summary:
        """Carry out one message; one whose slot is over is dropped without a call (R31)."""
        slot = datetime.fromisoformat(message["slot"])
        if is_stale(slot, self._now(), self._entity.interval_minutes):
            return self._summary(message["connection"], "stale")
        return self.run(ConnectionId(message["connection"]), deadline)

    def preview(self, connection_id: ConnectionId, deadline: Deadline, *, full: bool) -> Preview:
        """Tell what a run would do now, and do nothing of it; also of a paused connection."""
        plan = PreviewPlan()
        pulls = PullDispatcher(
            self._entity,
            connections=self._connections,
            stores=preview_stores(self._stores, plan),
            queue=_NoQueue(),
            start=self._start,
            now=self._now,
            spread_seconds=self._spread_seconds,
            plan=plan,
        )
        summary = pulls.run(connection_id, deadline, full=full)
        return Preview(summary, tuple(plan.changes), plan.left_out)

    def run(
        self, connection_id: ConnectionId, deadline: Deadline, *, full: bool = False
    ) -> Summary:
        """Let one connection catch up now; `full` compares every record, changed or not."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return self._summary(connection_id, "unknown-connection")
        if connection.paused and self._plan is None:
            return self._summary(connection_id, "paused")
        if not connection.setting(self._entity.name).enabled:
            return self._summary(connection_id, "switched-off")
        state = self._stores.states.acquire(connection.id, self._entity.name, self._now(), LEASE)
        if state is None:
            return self._summary(connection_id, "busy")
        wanted = state.restart(ReadMode.FULL) if full else state
        return self._run(connection, wanted, deadline)

    def _run(self, connection: Connection, state: PullState, deadline: Deadline) -> Summary:
        work = RunRequest(connection, self._entity, state, deadline, self._stores, self._plan)
        prepared = self._start(work)
        run = prepared.run
        stopped: Consequence | None = None
        try:
            run.execute()
        except Consequence as consequence:
            stopped = consequence
        finally:
            prepared.close()
        outcome, detail = self._ended(connection, run, stopped)
        woken = prepared.requeue()
        counts = {**run.counts, "calls": prepared.calls()}
        if woken:
            counts["woken"] = woken
        return replace(self._summary(connection.id, outcome), detail=detail, counts=counts)

    def _ended(
        self, connection: Connection, run: PullRun, stopped: Consequence | None
    ) -> tuple[str, str]:
        """Give the lease back, keep the problem of the whole connection, plan what is left."""
        trouble = None if stopped is None or stopped.code in _NO_PROBLEM else stopped.code
        outcome = ("done", "") if stopped is None else (stopped.code, stopped.detail)
        subject = f"{self._entity.name}/connection"
        try:
            self._release(connection.id, run.state, trouble, subject)
        except Retry:
            # Another run took over after our lease ended: what we did is kept, the rest is its own
            return outcome
        if stopped is None:
            return outcome
        if trouble is not None:
            values = {"entity": self._entity.name, **stopped.values}
            self._stores.problems.open(Problem(connection.id, subject, trouble, values))
        if isinstance(stopped, Reauthorise):
            self._on_login_lost(connection.id, stopped.code)
        if isinstance(stopped, Defer):
            self._continue(connection, stopped.until)
        return outcome

    def _release(
        self, connection: ConnectionId, state: PullState, trouble: str | None, subject: str
    ) -> None:
        """Give the lease back, after closing a problem of an earlier run that is over now.

        In this order a crash between the two leaves nothing open that nobody would close (R10).
        """
        states, name = self._stores.states, self._entity.name
        if state.last_error is not None and state.last_error != trouble:
            states.save(connection, name, state)
            self._stores.problems.close(connection, subject)
        states.release(connection, name, replace(state, last_error=trouble))

    def _continue(self, connection: Connection, until: datetime) -> None:
        """Queue the rest, or leave it to a later tick when the wait is longer than a message."""
        delay = max(PAUSE_SECONDS, int((until - self._now()).total_seconds()) + PAUSE_SECONDS)
        if delay <= LONGEST_DELAY_SECONDS:
            slot = self._now() + timedelta(seconds=delay)
            self._queue.send([(self._message(connection.id, slot), delay)])

    def _messages(self, slot: datetime) -> Iterator[tuple[dict[str, str], int]]:
        for connection in self._connections.listed():
            setting = setting_of(connection.entities, self._entity.name)
            if connection.paused or not setting.enabled:
                continue
            # The schedule is the clock of an entity; only a longer interval skips some of its ticks
            as_scheduled = setting.interval_minutes <= self._entity.interval_minutes
            if as_scheduled or is_due(slot, setting.interval_minutes):
                delay = spread(connection.id, self._entity.name, self._spread_seconds)
                yield self._message(connection.id, slot), delay

    def _message(self, connection: ConnectionId, slot: datetime) -> dict[str, str]:
        return {"connection": connection, "slot": slot.isoformat()}

    def _summary(self, connection: str, outcome: str) -> Summary:
        return Summary("pull", outcome, connection=connection, entity=self._entity.name)


class _NoQueue:
    """The queue of a preview: what is left is not done later."""

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue nothing."""
        del messages
        return 0
