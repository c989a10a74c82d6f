"""Wires what tells the watch of things that people have to hear of."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.observability import report
from koppeling.watch.handover import Handover

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


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


class _LateQueue:
    """A queue whose client is made when something is handed over: few runs have any."""

    def __init__(self, aws: Aws, url: str) -> None:
        self._aws = aws
        self._url = url

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Send bodies, each with its delay."""
        return SqsQueue(self._aws.client("sqs"), self._url).send(messages)
