"""Wires the pulls of one entity, of which each has a function."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.completeness import once_an_hour
from koppeling.bootstrap.runs import Runs
from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.prepared_run import PreparedRun, RunRequest
from koppeling.pull.round_log import RoundLog

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring

# Handlers name this class, and get with it what its function needs
__all__ = ["PullDispatcher", "pulls"]

type Start = Callable[[RunRequest], PreparedRun]


def pulls(wiring: "Wiring") -> PullDispatcher:
    """Return the pulls of the entity that this function is for."""
    stores = wiring.stores

    def on_wish(of: PullDispatcher, message: Mapping[str, str], deadline: Deadline) -> Summary:
        from koppeling.bootstrap.previews import wished  # noqa: PLC0415 - few messages need it (P9)

        return wished(wiring, of, message, deadline)

    return PullDispatcher(
        wiring.entities[wiring.settings.entity],
        connections=stores.connections,
        stores=stores.pull_stores,
        queue=SqsQueue(wiring.aws.client("sqs"), wiring.settings.pull_queue_url),
        start=_start_of_runs(wiring),
        now=wiring.now,
        spread_seconds=wiring.settings.spread_seconds,
        on_login_lost=wiring.on_login_lost,
        on_tick=stores.ticks.note,
        on_round=RoundLog(stores.log, wiring.now).note,
        on_run=once_an_hour(wiring),
        undoing=lambda connection, deadline: wiring.undo.run(connection, deadline, begins=False),
        on_wish=on_wish,
    )


def _start_of_runs(wiring: "Wiring") -> Start:
    """Return what starts a run of a pull, and hands over that it was the first complete one."""
    own = (wiring.clients, wiring.stores, lambda: wiring.requeuer, wiring.now, wiring.entities)
    return _telling_of_first_loads(Runs(*own).start, wiring.on_first_load)


def _telling_of_first_loads(start: Start, tell: Callable[[ConnectionId], object]) -> Start:
    """Return a start of runs that tells when an entity was read to its end for the first time."""

    def started(request: RunRequest) -> PreparedRun:
        prepared = start(request)

        def requeue() -> int:
            is_first = request.plan is None and request.state.caught_up_on is None
            if is_first and prepared.run.state.caught_up_on is not None:
                tell(request.connection.id)
            return prepared.requeue()

        return replace(prepared, requeue=requeue)

    return started
