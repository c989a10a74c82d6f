"""What undoes a first load, built for the function of a pull: only those have the logins."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.runs import share_tenant
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.pull.undo import Undo

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def undo_of(wiring: "Wiring") -> Undo:
    """Return what undoes first loads."""
    stores = wiring.stores

    def sharers(connection: Connection) -> Iterator[ConnectionId]:
        for other in stores.connections.all():
            if other.started and share_tenant(other, connection):
                yield other.id

    return Undo(
        entities=wiring.entities,
        connections=stores.connections,
        states=stores.pulls,
        records=stores.records,
        problems=stores.problems,
        journal=stores.journal,
        milestones=wiring.clients.milestones,
        sharers=sharers,
        queue=SqsQueue(wiring.aws.client("sqs"), wiring.settings.pull_queue_url),
        now=wiring.now,
    )
