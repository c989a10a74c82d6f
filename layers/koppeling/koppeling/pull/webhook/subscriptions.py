"""Keeps the subscriptions of the webhook alive: once a day, for each connection that is pulled.

One call lists what there is, and one more makes each that is missing. A user without the right
costs nothing but speed: the ticks of the schedule go on as ever.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.webhook.message import ENTITIES

# A week of looks may fail before an administration is forgotten
KNOWN_FOR = timedelta(days=8)
_NO_RIGHT = "exact-no-rights"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic that Exact tells of, and the address that it tells."""

    topic: str
    address: str


class ExactWebhooks(Protocol):
    """The subscriptions of our app in one administration."""

    def subscriptions(self) -> Iterable[Subscription]:
        """Return what there is."""

    def subscribe(self, wanted: Subscription) -> bool:
        """Make one; False when Exact says that the topic has one already."""


class Administrations(Protocol):
    """The administrations that Exact tells of."""

    def note(self, connection: ConnectionId, division: int, until: datetime) -> None:
        """Note that Exact tells of the administration of a connection."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Looks after the subscriptions to one address.

    `open_exact` returns the subscriptions of a connection's administration, and what notes its
    calls afterwards.
    """

    address: str
    open_exact: Callable[[Connection], tuple[ExactWebhooks, Callable[[], object]]]
    administrations: Administrations
    now: Now

    def look(self, connection: Connection) -> Summary:
        """Make the subscriptions that are missing; what hinders it is said, and hurts nobody."""
        topics = [topic for topic, name in ENTITIES.items() if connection.setting(name).enabled]
        if connection.paused or not topics:
            return self._summary(connection, "paused" if connection.paused else "switched-off")
        webhooks, close = self.open_exact(connection)
        try:
            outcome, made = self._kept_alive(webhooks, topics)
        except Consequence as hindrance:
            outcome = "no-right" if hindrance.code == _NO_RIGHT else hindrance.code
            return self._summary(connection, outcome)
        finally:
            close()
        self.administrations.note(connection.id, connection.division, self.now() + KNOWN_FOR)
        return self._summary(connection, outcome, made)

    def _kept_alive(self, webhooks: ExactWebhooks, topics: Iterable[str]) -> tuple[str, int]:
        """Return the outcome, and how many subscriptions were made.

        Exact has one subscription for each topic, administration and app (X174). One that leads to
        an address of before is in the way of ours, and the link deletes nothing in Exact.
        """
        there = list(webhooks.subscriptions())
        outcome, made = "looked", 0
        for topic in topics:
            wanted = Subscription(topic, self.address)
            if wanted in there:
                continue
            if webhooks.subscribe(wanted):
                made += 1
            elif any(each.topic == topic for each in there):
                outcome = "other-address"
        return outcome, made

    def _summary(self, connection: Connection, outcome: str, made: int = 0) -> Summary:
        counts = {"subscribed": made} if made else {}
        return Summary("subscriptions", outcome, connection.id, counts=counts)
