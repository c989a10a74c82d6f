"""Pull: a tick queues one message for each connection that is due; a message is one run.

tick ──► due connections ──► queue (spread) ──► message ──► run ──► summary
                               ▲                              │ time or calls ran out
                               └────────── a later message ◄──┘
"""

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta

from koppeling.core.clock import Deadline, Now
from koppeling.core.connection import Connection, setting_of
from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections, OnLoginLost, Queue, no_notification
from koppeling.core.problems import (
    LOST_LOGINS,
    Problem,
    is_lost_login,
    login_subject,
    subject_of,
)
from koppeling.core.summary import Summary
from koppeling.pull import by_hand
from koppeling.pull.comparison import is_comparison_due, is_night
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.endings import NO_PROBLEM, PROVES_NOTHING
from koppeling.pull.entities.entity import Entity
from koppeling.pull.known_retries import KnownRetries
from koppeling.pull.lease import RunLease, stores_under
from koppeling.pull.ports import PullStores
from koppeling.pull.prepared_run import RunRequest, StartRun
from koppeling.pull.preview import Preview, PreviewPlan, preview_stores, read_only
from koppeling.pull.round_log import OnRound, Round, logged_nowhere
from koppeling.pull.run import PullRun
from koppeling.pull.schedule import is_due, is_stale, spread
from koppeling.pull.ticks import OnTick, noted_nowhere
from koppeling.pull.with_run import OnRun, nothing_else

# Longer than the function's time-out of 120 s, so a lease ends only after its holder did
LEASE = timedelta(seconds=180)
# SQS delays a message for 15 minutes at most; a longer wait is left to a later tick
LONGEST_DELAY_SECONDS = 900
# Between two messages of one run other connections get their turn
PAUSE_SECONDS = 1
# At most ten pages a minute: a comparison by night leaves the calls of that minute to invoices
COMPARISON_PAUSE_SECONDS = 60
# The outcome of a tick that is left out, so that the calls of the day last
STRETCHED = "stretched"
OUTAGE = "exact-unavailable"


@dataclass(frozen=True, slots=True)
class PullDispatcher:
    """All pulls of one entity. With a `plan` it only previews them."""

    entity: Entity
    _: KW_ONLY
    connections: Connections
    stores: PullStores
    queue: Queue
    start: StartRun
    now: Now
    spread_seconds: int
    plan: PreviewPlan | None = None
    on_login_lost: OnLoginLost = no_notification
    on_tick: OnTick = noted_nowhere
    on_round: OnRound = logged_nowhere
    undoing: by_hand.Undoing = by_hand.nothing_to_undo
    on_run: OnRun = nothing_else
    on_wish: by_hand.OnWish = by_hand.handle

    def fan_out(self, slot: datetime) -> Summary:
        """Queue one message for each connection that is due in this slot."""
        queued = self.queue.send(self._messages(slot))
        self.on_tick(self.entity.name, self.now())
        return Summary("tick", "queued", entity=self.entity.name, counts={"queued": queued})

    def handle_message(self, message: Mapping[str, str], deadline: Deadline) -> Summary:
        """Run the connection of a message; when its slot is over, drop it without a call (R31).

        What a person asked for is no slot.
        """
        if "undo" in message:
            return self.undoing(ConnectionId(message["connection"]), deadline)
        if "by_hand" in message:
            return self.on_wish(self, message, deadline)
        slot = datetime.fromisoformat(message["slot"])
        if is_stale(slot, self.now(), self.entity.interval_minutes):
            return self._summary(message["connection"], "stale")
        compares = message.get("compare") == "yes"
        connection = ConnectionId(message["connection"])
        return self._handle(connection, deadline, slot=slot, compares=compares)

    def preview(self, connection_id: ConnectionId, deadline: Deadline, *, full: bool) -> Preview:
        """Return what a run would do now, also before it is started; nothing is done."""
        summary, plan = self.planned(connection_id, deadline, full=full)
        return Preview(summary, tuple(plan.changes), plan.left_out)

    def planned(
        self, connection_id: ConnectionId, deadline: Deadline, *, full: bool = False
    ) -> tuple[Summary, PreviewPlan]:
        """Return what a preview ended with, and everything that it found."""
        plan = PreviewPlan()
        pulls = replace(
            self,
            stores=preview_stores(self.stores, plan),
            queue=read_only(self.queue),
            plan=plan,
            on_login_lost=no_notification,
            on_round=logged_nowhere,
            on_run=nothing_else,
        )
        return pulls.run(connection_id, deadline, full=full), plan

    def run(
        self, connection_id: ConnectionId, deadline: Deadline, *, full: bool = False
    ) -> Summary:
        """Let one connection catch up now; `full` compares every record, changed or not."""
        return self._handle(connection_id, deadline, full=full)

    def _handle(
        self,
        connection_id: ConnectionId,
        deadline: Deadline,
        *,
        slot: datetime | None = None,
        full: bool = False,
        compares: bool = False,
    ) -> Summary:
        connection = self.connections.get(connection_id)
        if connection is None:
            return self._summary(connection_id, "unknown-connection")
        if connection.paused and self.plan is None:
            return self._summary(connection_id, "paused" if connection.started else "not-started")
        if not connection.setting(self.entity.name).enabled:
            return self._summary(connection_id, "switched-off")
        lease = RunLease(self.stores.states, connection.id, self.entity.name, self.now, LEASE)
        state = lease.begin(writes=full or compares)
        if state is None:
            return self._summary(connection_id, "busy")
        if state.is_first_load and self._is_stopped_by_now(connection_id):
            lease.release(state)
            return self._summary(connection_id, "not-started")
        if full or (compares and self._is_comparison_due(connection, state)):
            state = state.compared(is_scheduled=not full)
        stores = stores_under(lease, self.stores)
        retries = KnownRetries(stores.retries, was_empty=state.nothing_parked)
        stores = replace(stores, retries=retries)
        return self._run(
            RunRequest(connection, self.entity, state, deadline, stores, lease, retries, self.plan),
            slot,
        )

    def _is_stopped_by_now(self, connection_id: ConnectionId) -> bool:
        """Say whether an undo ended since this run read the connection: it would load again."""
        connection = self.connections.get(connection_id)
        return self.plan is None and (connection is None or not connection.started)

    def _is_comparison_due(self, connection: Connection, state: PullState) -> bool:
        """Say whether a comparison has to begin; one that is under way only goes on (R13)."""
        if state.read_mode is not ReadMode.INCREMENTAL:
            return False
        return is_comparison_due(state, connection.id, self.entity, self.now())

    def _run(self, request: RunRequest, slot: datetime | None) -> Summary:
        connection, state = request.connection, request.state
        prepared = self.start(replace(request, is_asked_for=slot is None))
        if slot is not None and not state.is_under_way:
            minutes = prepared.stretched_minutes()
            if minutes and not is_due(slot, minutes):
                request.lease.release(state)
                return replace(
                    self._summary(connection.id, STRETCHED), counts={"stretched_minutes": minutes}
                )
        run = prepared.run
        stopped: Consequence | None = None
        try:
            run.execute()
        except Consequence as consequence:
            stopped = consequence
        finally:
            prepared.close()
        error = None if stopped is None or stopped.code in NO_PROBLEM else stopped.code
        outcome, detail = self._ended(request, run, stopped, error)
        requeued = prepared.requeue()
        counts = {**run.counts, "calls": prepared.calls()}
        if requeued:
            counts["woken"] = requeued
        if slot is not None:
            counts |= self.on_run(request, slot)
        self.on_round(Round(request, run, error, is_asked_for=slot is None))
        return replace(self._summary(connection.id, outcome), detail=detail, counts=counts)

    def _ended(
        self, request: RunRequest, run: PullRun, stopped: Consequence | None, error: str | None
    ) -> tuple[str, str]:
        """Give the lease back, open the problem of the whole connection, plan what is left.

        No comparison follows on one that ends now, although another may be due by tomorrow.
        """
        connection, is_compared = request.connection, request.state.read_mode is ReadMode.FULL
        outcome = ("done", "") if stopped is None else (stopped.code, stopped.detail)
        try:
            self._release(request, run, stopped, error)
        except Retry:
            # Another run took over after our lease ended: what we did is kept, the rest is its own
            return outcome
        if stopped is None:
            if not is_compared and self._is_comparison_due(connection, run.state):
                # It begins after the last tick of the day, apart from the run of that tick
                self._send(connection.id, LONGEST_DELAY_SECONDS, compare="yes")
            return (outcome[0], "; ".join(run.mistakes))
        if error is not None:
            values = {"entity": self.entity.name, **stopped.values}
            subject = subject_of(error, self._subject)
            self.stores.problems.open(Problem(connection.id, subject, error, values))
        if isinstance(stopped, Reauthorise):
            self.on_login_lost(connection.id, stopped.code)
        self._continue(connection, run.state, stopped)
        return outcome

    def _release(
        self, request: RunRequest, run: PullRun, stopped: Consequence | None, error: str | None
    ) -> None:
        """Close the problem of an earlier run that is over now, then give the lease back.

        In this order a crash between the two leaves nothing open that nobody would close (R10).
        """
        state = run.state
        if stopped is not None and stopped.code in PROVES_NOTHING:
            error = state.last_error
        if state.last_error is not None and state.last_error != error:
            request.lease.save(state)
            self._close(request.connection.id, run, is_through=error is None)
        request.lease.release(
            replace(state, last_error=error, nothing_parked=request.retries.is_empty)
        )

    def _close(self, connection: ConnectionId, run: PullRun, *, is_through: bool) -> None:
        """Close what stopped an earlier run, and the end of a login that works by now."""
        problems = self.stores.problems
        problems.close(connection, self._subject)
        if not is_through:
            return
        problems.close(connection, login_subject("exact"), is_lost_login)
        if LOST_LOGINS.get(run.state.last_error or "") == "milestones" or run.got_through:
            problems.close(connection, login_subject("milestones"), is_lost_login)

    @property
    def _subject(self) -> str:
        """The subject of what stops a run, unless that is a login."""
        return f"{self.entity.name}/connection"

    def _continue(self, connection: Connection, state: PullState, stopped: Consequence) -> None:
        """Queue the rest; a wait that is too long for a message is left to a later tick.

        At night no tick comes, so there a comparison goes on by its own messages, also after a
        failure that ends by itself.
        """
        by_night = state.is_scheduled and is_night(self.entity, self.now())
        if not isinstance(stopped, Defer) and not (by_night and isinstance(stopped, Retry)):
            return
        if stopped.code == OUTAGE and not by_night:
            return  # the next tick does the work of this one (R31)
        until = stopped.until if isinstance(stopped, Defer) else self.now()
        pause = COMPARISON_PAUSE_SECONDS if state.is_scheduled else PAUSE_SECONDS
        delay = max(0, int((until - self.now()).total_seconds())) + pause
        if by_night:
            delay = LONGEST_DELAY_SECONDS if isinstance(stopped, Retry) else delay
            delay = min(delay, LONGEST_DELAY_SECONDS)
        if delay <= LONGEST_DELAY_SECONDS:
            self._send(connection.id, delay)

    def _send(self, connection: ConnectionId, delay: int, **marks: str) -> None:
        slot = self.now() + timedelta(seconds=delay)
        self.queue.send([({**self._message(connection, slot), **marks}, delay)])

    def _messages(self, slot: datetime) -> Iterator[tuple[dict[str, str], int]]:
        for connection in self.connections.listed():
            setting = setting_of(connection.entities, self.entity.name)
            if connection.paused or not setting.enabled:
                continue
            # The schedule is the clock of an entity; only a longer interval skips some of its ticks
            as_scheduled = setting.interval_minutes <= self.entity.interval_minutes
            if as_scheduled or is_due(slot, setting.interval_minutes):
                delay = spread(connection.id, self.entity.name, self.spread_seconds)
                yield self._message(connection.id, slot), delay

    def _message(self, connection: ConnectionId, slot: datetime) -> dict[str, str]:
        return {"connection": connection, "slot": slot.isoformat()}

    def _summary(self, connection: str, outcome: str) -> Summary:
        return Summary("pull", outcome, connection=connection, entity=self.entity.name)
