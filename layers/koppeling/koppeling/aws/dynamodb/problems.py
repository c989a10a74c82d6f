"""Problems that are open, and for a while those that were mended."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.table import SCHEMA, SyncItem, connection_key, epoch
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem

# A mended problem can be looked up for this long; it may hold a name, so not for ever (S13)
KEPT_AFTER_CLOSING = timedelta(days=30)
OPEN, CLOSED = "OPEN", "CLOSED"


class ProblemStore:
    """Keeps one item per connection, subject and code."""

    def __init__(self, items: type[SyncItem], now: Now) -> None:
        self._items = items
        self._now = now

    def open(self, problem: Problem) -> None:
        """Open a problem, or keep it open; the moment it first opened stays."""
        sort_key = f"{_prefix(problem.subject)}{problem.code}"
        item = self._items(connection_key(problem.connection), sort_key)
        actions: list[Any] = [
            self._items.schema.set(SCHEMA),
            self._items.data.set({"subject": problem.subject, "values": dict(problem.values)}),
            self._items.state.set(OPEN),
            self._items.opened_at.set(self._items.opened_at | epoch(self._now())),
            self._items.expires_at.remove(),
        ]
        item.update(actions=actions)

    def close(self, connection: ConnectionId, subject: str) -> None:
        """Close every open problem of a subject: it was mended."""
        for item in self._items_of(connection, _prefix(subject)):
            # a subject may hold the mark that ends another one's key
            if item.state != CLOSED and item.data["subject"] == subject:
                item.update(
                    actions=[
                        self._items.state.set(CLOSED),
                        self._items.opened_at.remove(),
                        self._items.expires_at.set(epoch(self._now() + KEPT_AFTER_CLOSING)),
                    ]
                )

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open problems of a connection."""
        for item in self._items_of(connection, "PROBLEM#"):
            if item.state == OPEN:
                code = item.sk.rpartition("#")[2]
                yield Problem(connection, item.data["subject"], code, item.data["values"])

    def _items_of(self, connection: ConnectionId, prefix: str) -> Iterable[SyncItem]:
        return self._items.query(
            connection_key(connection), self._items.sk.startswith(prefix), consistent_read=True
        )


def _prefix(subject: str) -> str:
    return f"PROBLEM#{subject}#"
