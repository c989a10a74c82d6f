"""The problem about numbers that nobody handed in, and the decision that some are no invoice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.push.decider import Decider
from koppeling.push.number_state import MOST_EXCUSED, Excused, NumberState, NumberStates
from koppeling.push.numbers import Gap, apart, count, named, ranges
from koppeling.push.outbox import Conflict

NOT_OFFERED = "invoice-not-offered"
SUBJECT = "numbers/connection"
EXCUSED = "not-an-invoice"
# A person reads no more of them in a sentence; the page and the command line show them all
RANGES_TOLD = 5
# Numbers arrive while a person decides: then the decision is taken on what is there now
_TRIES = 4
_DOCUMENTS = frozenset({"inbox", "push"})


class NotMissing(Exception):  # noqa: N818 - it names what a person hears
    """What was named is not a number that is missing."""


@dataclass(frozen=True, slots=True)
class MissingNumbers:
    """Tells what is missing, and takes decisions about it."""

    states: NumberStates
    problems: Problems
    log: Log
    now: Now

    def of(self, connection: ConnectionId) -> NumberState:
        """Return what is known of the numbers of a connection."""
        return self.states.read(connection)

    def missing(self, connection: ConnectionId, state: NumberState) -> list[Gap]:
        """Return what a person hears of: missing for an hour, and no document was refused."""
        due = state.due(self.now())
        if not due:
            return []
        refused = set(refused_numbers(connection, self.problems.opened(connection)))
        counted = ((gap, map(gap.series.counter, refused)) for gap in due)
        return [part for gap, own in counted for part in gap.without({c: None for c in own if c})]

    def tell(self, connection: ConnectionId, state: NumberState) -> NumberState:
        """Open the problem, change what it says or close it; returns what it says from now on."""
        values = told_of(self.missing(connection, state), state)
        told = " ".join(values.values())
        if told == state.told:
            return state
        if values:
            self.problems.open(Problem(connection, SUBJECT, NOT_OFFERED, values))
        else:
            self.problems.close(connection, SUBJECT)
        return replace(state, told=told)

    def excuse(self, connection: ConnectionId, asked: str, decider: Decider) -> list[str]:
        """Note that numbers are no invoice; returns them as people write them.

        Args:
            connection: whose numbers.
            asked: a number, a range of them, or several with commas in between.
            decider: who decides, and why.

        Raises:
            NotMissing: one of them is not missing.
            Conflict: they change all the time; nothing was noted.
        """
        for _ in range(_TRIES):
            before = self.states.read(connection, surely=True)
            chosen = named(asked, before.gaps)
            if not chosen:
                raise NotMissing(asked)
            after = self.tell(connection, self._without(before, chosen, decider))
            try:
                self.states.save(connection, before, after)
            except Conflict:
                continue
            written = ranges(chosen)
            self._log(connection, written, decider)
            return written
        raise Conflict("the numbers change all the time")

    def _without(self, state: NumberState, chosen: list[Gap], decider: Decider) -> NumberState:
        who: dict[str, Any] = {"by": decider.by, "role": decider.role, "reason": decider.reason}
        excused = (*state.excused, *(Excused(gap, self.now(), **who) for gap in chosen))
        # Numbers may be a million: what is left is reckoned by the ends of ranges alone
        gaps = apart(state.gaps, chosen)
        return replace(state, gaps=gaps, excused=excused[-MOST_EXCUSED:])

    def _log(self, connection: ConnectionId, written: list[str], decider: Decider) -> None:
        self.log.add(
            LogEntry(
                connection,
                self.now(),
                LogKind.DECISION,
                EXCUSED,
                who=decider.by,
                role=decider.role,
                subject=SUBJECT,
                reason=decider.reason,
                values={"numbers": ", ".join(written)},
            )
        )


def told_of(missing: list[Gap], state: NumberState) -> dict[str, str]:
    """Return the values of the problem; empty when nothing is missing."""
    if not missing:
        return {}
    written, number = ranges(missing), count(missing)
    values = {"numbers": ", ".join(written[:RANGES_TOLD])}
    if number > 1:
        values["count"] = str(number)
    if len(written) > RANGES_TOLD:
        values["more"] = str(len(written) - RANGES_TOLD)
    if not state.is_counter_read:
        values["scope"] = "gaps"
    return values


def refused_numbers(connection: ConnectionId, opened: Iterable[Problem]) -> Iterator[str]:
    """Yield the numbers whose document came and could not be read: its file is named by it."""
    for problem in opened:
        kind, _, key = problem.subject.partition("/")
        folder, _, name = key.partition("/")
        if kind in _DOCUMENTS and folder == connection:
            yield name.removesuffix(".json")
