"""The undo of a first load: old values come back, and what was created becomes inactive.

not started ──► projects ──► … ──► VAT codes, the reverse of a first load (L12); of each entity:
    lease ──► some records of the journal ──► written back ──► told ──► their lines dropped ──► …
                                                                              │ no lines left
                              lease back, cursors at the start ◄── records and links forgotten

Each step can be done twice, so an undo goes on after a crash from the first lines that are left.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import Protocol

from koppeling.core.clock import Deadline, Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Fatal, Retry, Uncertain
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections, Problems, Queue
from koppeling.core.summary import Summary
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity
from koppeling.pull.journal import JournalStorage, Written, by_record, may_be_undone
from koppeling.pull.lease import RunLease
from koppeling.pull.ports import PullStates, Records
from koppeling.pull.record import Record
from koppeling.pull.undo_record import RecordUndo, UndoLine, UndoneAs, UndoWriter

# Records that are written back before their lines are dropped
UNDONE_TOGETHER = 25
# Longer than a function may run, as for a pull
LEASE = timedelta(seconds=180)
# While a run is at work, and between two messages of one undo
TRIED_AGAIN_SECONDS, PAUSE_SECONDS = 60, 1
# The answer of a Lambda function is bounded; the counts hold all
LONGEST = 5_000
CONTINUES = "pull-continues"


class UndoJournal(JournalStorage, Protocol):
    """The journal, and what a load left behind beside it."""

    def drop_records(self, connection: ConnectionId, entity: str, ids: Iterable[ExactId]) -> None:
        """Remove the lines of some records."""

    def forget(self, connection: ConnectionId, entity: str) -> Iterator[int]:
        """Remove all that the pulls of an entity kept; yields after each part of the work."""

    def tell(self, connection: ConnectionId, entity: str, lines: Iterable[UndoLine]) -> None:
        """Keep what became of records, for people."""

    def forget_told(self, connection: ConnectionId) -> None:
        """Remove what an earlier undo told."""

    def told(self, connection: ConnectionId) -> Iterator[UndoLine]:
        """Yield what became of records."""


class StartedConnections(Connections, Protocol):
    """The connections, as far as an undo stops one."""

    def set_started(self, connection: ConnectionId, *, started: bool) -> bool:
        """Start a connection, or let it wait for an approval again."""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What an undo would do: how many records of each outcome, and the first of them."""

    outcome: str
    lines: tuple[UndoLine, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


type MakeWriter = Callable[[Connection], UndoWriter]
"""Returns QicsMilestones, as an undo writes to it."""

type Sharers = Callable[[Connection], Iterable[ConnectionId]]
"""Returns the other connections of the same tenant of QicsMilestones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Takes back what a first load did; `entities` are in the order of a first load."""

    entities: Mapping[str, Entity]
    connections: StartedConnections
    states: PullStates
    records: Records
    problems: Problems
    journal: UndoJournal
    milestones: MakeWriter
    sharers: Sharers
    queue: Queue
    now: Now

    def preview(self, connection_id: ConnectionId, deadline: Deadline) -> UndoPreview:
        """Return what an undo would do, from one reading of each list; nothing is done.

        Its outcome is the code of what stopped it: no first load that can be undone, an outage, or
        more records than there is time for.
        """
        try:
            lines = self._foreseen(self._undoable(connection_id), deadline)
        except Consequence as stopped:
            return UndoPreview(stopped.code)
        return UndoPreview("done", tuple(lines[:LONGEST]), _counted(lines))

    def _foreseen(self, connection: Connection, deadline: Deadline) -> list[UndoLine]:
        lines: list[UndoLine] = []
        for entity in self._backwards:
            undo = self._record_undo(connection, entity)
            written = list(by_record(self.journal.lines(connection.id, entity.name)))
            if written and not deadline.allows_call():
                raise Defer(CONTINUES, self.now(), "an undo is previewed in one go")
            for some in batched(written, UNDONE_TOGETHER, strict=False):
                lines += undo.previewed(some, self._known(connection, entity, some))
        return lines

    def run(
        self, connection_id: ConnectionId, deadline: Deadline, *, begins: bool = True
    ) -> Summary:
        """Undo as much as there is time for; the rest goes on in a message.

        One that only goes on stops when somebody started the connection meanwhile.
        """
        connection = self.connections.get(connection_id)
        if connection is None:
            return Summary("undo", "unknown-connection", connection_id)
        if connection.started and not begins:
            return Summary("undo", "started", connection_id)
        try:
            if begins:
                self._undoable(connection_id)
            if connection.started:
                self._stop(connection_id)
            for entity in self._backwards:
                self._undo(connection, entity, deadline)
        except Consequence as stopped:
            return self._ended(connection_id, stopped)
        counts = _counted(self.journal.told(connection_id))
        return Summary("undo", "done", connection_id, counts=counts)

    def _stop(self, connection: ConnectionId) -> None:
        """Let no further run begin; what an earlier undo told is of no use any more."""
        self.journal.forget_told(connection)
        if not self.connections.set_started(connection, started=False):
            raise Fatal("undo-not-begun", "the connection changes at this moment: try again")

    @property
    def _backwards(self) -> list[Entity]:
        return list(self.entities.values())[::-1]

    def _undoable(self, connection_id: ConnectionId) -> Connection:
        connection = self.connections.get(connection_id)
        if connection is None:
            raise Fatal("unknown-connection", str(connection_id))
        day = today(self.now())
        for entity in self.entities:
            if not may_be_undone(self.states.peek(connection_id, entity), day):
                raise Fatal("undo-too-late", f"no journal of {entity}", entity=entity)
        return connection

    def _undo(self, connection: Connection, entity: Entity, deadline: Deadline) -> None:
        lease = RunLease(self.states, connection.id, entity.name, self.now, LEASE)
        state = lease.begin(writes=True)
        if state is None:
            raise Retry("pull-overtaken", f"a run of {entity.name} is at work")
        try:
            self._write_back(connection, entity, deadline)
            for _ in self.journal.forget(connection.id, entity.name):
                self._stop_if_needed(deadline)
        except Consequence:
            # The message with the rest comes within seconds, and needs the lease
            lease.release(state)
            raise
        for problem in list(self.problems.opened(connection.id)):
            if problem.subject.startswith(f"{entity.name}/"):
                self.problems.close(connection.id, problem.subject)
        lease.release(PullState(fencing=0))

    def _write_back(self, connection: Connection, entity: Entity, deadline: Deadline) -> None:
        undo = self._record_undo(connection, entity)
        lines = self.journal.lines(connection.id, entity.name)
        for some in batched(by_record(lines), UNDONE_TOGETHER, strict=False):
            known = self._known(connection, entity, some)
            done: list[UndoLine] = []
            try:
                for written in some:
                    self._stop_if_needed(deadline)
                    done.append(undo.written_back(written, known.get(written.exact_id)))
            finally:
                self.journal.tell(connection.id, entity.name, done)
                # Of what was refused the old values stay known: a later undo may give them back
                ids = [line.exact_id for line in done if line.outcome is not UndoneAs.REFUSED]
                self.journal.drop_records(connection.id, entity.name, ids)

    def _known(
        self, connection: Connection, entity: Entity, some: Iterable[Written]
    ) -> Mapping[ExactId, Record]:
        ids = [written.exact_id for written in some]
        return self.records.get_many(connection.id, entity.name, ids)

    def _record_undo(self, connection: Connection, entity: Entity) -> RecordUndo:
        # Those that a tenant has once may be in use by its other companies
        is_shared = not entity.target.per_company and any(self.sharers(connection))
        return RecordUndo(entity, self.milestones(connection), is_shared=is_shared)

    def _stop_if_needed(self, deadline: Deadline) -> None:
        if not deadline.allows_call():
            raise Defer(CONTINUES, self.now(), "the rest is undone in a later message")

    def _ended(self, connection: ConnectionId, stopped: Consequence) -> Summary:
        """Queue the rest of what may go on by itself."""
        if isinstance(stopped, Defer | Retry | Uncertain):
            is_at_once = stopped.code == CONTINUES
            delay = PAUSE_SECONDS if is_at_once else TRIED_AGAIN_SECONDS
            message = {"connection": connection, "slot": self.now().isoformat(), "undo": "yes"}
            self.queue.send([(message, delay)])
        return Summary("undo", stopped.code, connection, detail=stopped.detail)


def _counted(lines: Iterable[UndoLine]) -> dict[str, int]:
    found = Counter(line.outcome.value for line in lines)
    return {each.value: found[each.value] for each in UndoneAs if found[each.value]}
