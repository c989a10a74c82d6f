"""Completeness: numbers that QicsMilestones gave out and nobody handed in become one problem.

once an hour ──► where is the counter? (one call)
    moved        ──► which of the numbers in between were handed in? the others are missing
    not readable ──► gaps within what was handed in are all that can be seen
missing since the look before ──► one problem with all numbers; it closes as they arrive

A look in which the counter did not move and nothing is missing reads one item and writes none.
What was refused or skipped was handed in: a problem or notice of its own tells of it.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.push.missing_numbers import MissingNumbers
from koppeling.push.number_state import NumberState, NumberStates, WatchedSeries
from koppeling.push.numbers import Gap, Numbering, begun, between, count
from koppeling.push.offered_numbers import InvoiceNumbers, OfferedNumbers
from koppeling.push.outbox import Conflict


@dataclass(frozen=True, slots=True)
class Completeness:
    """Looks after the numbers of connections.

    `counter` returns None when the role of the user may not read it. `others` returns the other
    connections of its company: one counter numbers the invoices of them all.
    """

    states: NumberStates
    invoices: InvoiceNumbers
    missing: MissingNumbers
    counter: Callable[[Connection], Numbering | None]
    others: Callable[[Connection], Iterable[ConnectionId]]
    now: Now

    def look(self, connection: Connection) -> int:
        """Look at one connection; returns how many numbers are missing, new ones too."""
        before = self.states.read(connection.id)
        after = self._moved(connection, before)
        after = replace(after, gaps=tuple(self._left(connection, after.gaps))).fitting()
        after = self.missing.tell(connection.id, after)
        if after != before:
            # When somebody else moved first, such as a person who decides, the next look follows
            with suppress(Conflict):
                self.states.save(connection.id, before, after)
        return count(after.gaps)

    def _left(self, connection: Connection, gaps: Iterable[Gap]) -> list[Gap]:
        """Return what nobody handed in, not for another connection of the company either."""
        left = list(gaps)
        if left:
            left = self._handed_in(connection).without(left)
        for other in self.others(connection) if left else ():
            left = OfferedNumbers(self.invoices, other).without(left)
        return left

    def _moved(self, connection: Connection, state: NumberState) -> NumberState:
        """Return the state with all that was given out since, whether it was handed in or not."""
        try:
            seen = self.counter(connection)
        except Consequence:
            # It is read at the next look; what was missing may have arrived meanwhile
            return state
        if seen is None:
            return self._without_counter(connection, replace(state, is_counter_read=False))
        seen = self._as_offered(connection, state, seen)
        begin = seen.upcoming
        if not state.knows(seen.series):
            own = self._handed_in(connection).counters(seen, connection.start_date)
            begin = begun(begin, own)
        moved = state.moved_to(seen, begin, self.now(), self._period)
        left = [each for each in moved.watched if each.is_awaited(self.now())]
        return self._with_tails(connection, moved, left)

    def _as_offered(self, connection: Connection, state: NumberState, seen: Numbering) -> Numbering:
        """Return a new series as what was handed in lately bears it out.

        That the length is that of the counter is said officially. Were it that of the whole number,
        every invoice would be told as missing.
        """
        other = seen.of_whole_length
        if other is None or state.knows(seen.series):
            return seen
        if state.knows(other.series):
            return other
        lately = self._handed_in(connection).lately(self._period, connection.start_date)
        numbers = [number for number, _ in lately]
        is_other = any(map(other.series.counter, numbers))
        return other if is_other and not any(map(seen.series.counter, numbers)) else seen

    def _without_counter(self, connection: Connection, state: NumberState) -> NumberState:
        """Return the state with the gaps in what was handed in of known series, or lately."""
        if state.watched:
            return self._with_tails(connection, state, state.watched)
        lately = self._handed_in(connection).lately(self._period, connection.start_date)
        return state.with_gaps(between(lately, self.now()))

    def _with_tails(
        self, connection: Connection, state: NumberState, watched: Iterable[WatchedSeries]
    ) -> NumberState:
        for each in watched:
            upcoming = self._handed_in(connection).reached(each)
            if upcoming > each.upcoming:
                state = state.given_out(each, upcoming, self.now(), self._period)
        return state

    def _handed_in(self, connection: Connection) -> OfferedNumbers:
        return OfferedNumbers(self.invoices, connection.id)

    @property
    def _period(self) -> Period:
        return Period.of(today(self.now()))
