"""What the watch looks at every quarter of an hour, day and night, so that an alarm can ring.

ticks ──► a schedule that did not fire      invoices ──► the oldest that nobody but us works on
                                            dead letters ──► how many lie in all queues together
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections, Problems
from koppeling.core.summary import Summary
from koppeling.pull.ticks import TickLog, is_missed
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Outbox
from koppeling.push.proof import needs_a_person

# An outcome that is unknown for longer than this is looked at by a person
UNKNOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TickCheck:
    """Looks whether every schedule fires; `intervals` are the minutes between ticks, by entity."""

    ticks: TickLog
    intervals: Mapping[str, int]
    now: Now

    def look(self) -> Summary:
        """Count the schedules that have not fired when they should have."""
        now, last = self.now(), self.ticks.last()
        missed = [
            name
            for name, minutes in self.intervals.items()
            if name in last and is_missed(last[name], now, minutes)
        ]
        # One that never fired at all is missed too, from the first look on that saw nothing of it
        for name in self.intervals.keys() - last.keys():
            self.ticks.expect(name, now)
        return Summary(
            "ticks", "looked", detail=" ".join(sorted(missed)), counts={"missed": len(missed)}
        )


@dataclass(frozen=True, slots=True)
class WaitingInvoices:
    """Looks how long invoices take that are neither done nor refused.

    An invoice of a connection that is paused, or that a person has to mend, waits for that person:
    it is left out, so that one customer does not hide what goes wrong with all others.
    """

    outbox: Outbox
    connections: Connections
    problems: Problems
    now: Now

    def look(self) -> Summary:
        """Tell the age of the oldest invoice, and how many outcomes are unknown for an hour."""
        now = self.now()
        items = list(self.outbox.unfinished())
        ours = {each for each in {item.connection for item in items} if self._is_ours(each)}
        ages = [now - item.working_since for item in items if item.connection in ours]
        unknown = sum(_is_unknown(item, now) for item in items)
        oldest = max(ages, default=timedelta())
        counts = {
            "open": len(items),
            "oldest_minutes": int(oldest.total_seconds() // 60),
            "unknown_for_an_hour": unknown,
        }
        return Summary("waiting", "looked", counts=counts)

    def _is_ours(self, connection_id: ConnectionId) -> bool:
        connection = self.connections.get(connection_id)
        if connection is None or connection.paused:
            return False
        opened = self.problems.opened(connection_id)
        return not any(map(needs_a_person, opened))


def _is_unknown(item: OutboxItem, now: datetime) -> bool:
    return item.is_unsettled and now - (item.posted_at or item.working_since) >= UNKNOWN_FOR


@dataclass(frozen=True, slots=True)
class DeadLetterCount:
    """Counts the messages that all queues gave up on."""

    lying: Callable[[], int]

    def look(self) -> Summary:
        """Count them."""
        return Summary("dead-letters", "counted", counts={"lying": self.lying()})
