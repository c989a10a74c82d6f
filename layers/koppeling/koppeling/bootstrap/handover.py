"""Wires what tells the watch of things that people have to hear of."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.runs import Runs
from koppeling.core.ids import ConnectionId
from koppeling.pull.prepared_run import PreparedRun, RunRequest
from koppeling.watch.handover import Handover

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring

type Start = Callable[[RunRequest], PreparedRun]


def handover(wiring: "Wiring") -> Handover:
    """Return what hands things over, by the queue that every function may write to."""
    stores = wiring.stores
    return Handover(
        log=stores.notifications,
        queue=_LateQueue(wiring.aws, wiring.settings.token_queue_url),
        connections=stores.connections,
        chains=stores.tokens,
        key_of=wiring.clients.key_of,
        report=report,
        now=wiring.now,
    )


def start_of_runs(wiring: "Wiring") -> Start:
    """Return what starts a run of a pull, and hands over that it was the first complete one."""
    own = (wiring.clients, wiring.stores, lambda: wiring.requeuer, wiring.now, wiring.entities)
    return _telling_of_first_loads(Runs(*own).start, wiring.handover.on_first_load)


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


class _LateQueue:
    """A queue whose client is made when something is handed over: few runs have any."""

    def __init__(self, aws: Aws, url: str) -> None:
        self._aws = aws
        self._url = url

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Send bodies, each with its delay."""
        return SqsQueue(self._aws.client("sqs"), self._url).send(messages)
