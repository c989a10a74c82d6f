"""Wires pulls that people ask for: with the pages, and with the last login of a new connection."""

from typing import TYPE_CHECKING

from koppeling.aws.sqs import SqsQueue
from koppeling.pull.by_hand import HandPulls

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def hand_pulls(wiring: "Wiring") -> HandPulls:
    """Return what asks for pulls."""
    urls = wiring.settings.pull_queue_urls
    queues = {entity: SqsQueue(wiring.aws.client("sqs"), url) for entity, url in urls.items()}
    return HandPulls(queues, wiring.stores.presses, wiring.now)
