"""A preview: the same run, on stores that only read and a QicsMilestones that only compares.

What the run would do is collected. Nothing is written, no cursor moves, no problem opens.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, cast

from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.pull.doubles_facts import AccountFacts, CustomerFacts
from koppeling.pull.ports import LinkIndex, PullStores
from koppeling.pull.preview_rows import PreviewRow, RowBlocks, Section, shown
from koppeling.pull.record import Record

# The answer of a Lambda function is bounded; the counts still hold everything
LONGEST = 500


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What would happen to one record: `fields` holds the old and the new value of each."""

    result: str
    code: str
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: its summary, and the records it would touch but for those left out."""

    summary: Summary
    changes: tuple[PlannedChange, ...]
    left_out: int


@dataclass(slots=True)
class PreviewPlan:
    """All that would happen.

    `changes` is what an answer can hold, `left_out` how many more there are. The `sections` hold
    every record, `why` how often each problem would open, and `marks` the hash of each change. The
    `codes` are those of every record that would stand in QicsMilestones afterwards. A
    new record whose reference comes later is `written_twice` (L19), and counts as unchanged then.
    The `newcomers` may be among the customers of QicsMilestones that are `left_there`, under
    another number.
    """

    changes: list[PlannedChange] = field(default_factory=list)
    left_out: int = 0
    sections: dict[Section, RowBlocks] = field(default_factory=dict)
    why: Counter[str] = field(default_factory=Counter)
    marks: list[bytes] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    written_twice: int = 0
    newcomers: list[AccountFacts] = field(default_factory=list)
    left_there: Callable[[], Iterable[CustomerFacts]] = tuple
    _lock: Lock = field(default_factory=Lock)

    def add_created(self, code: str, name: str, values: Mapping[str, Any]) -> None:
        """Note a record that would be created."""
        fields = {field_name: (None, shown(value)) for field_name, value in values.items()}
        planned = PlannedChange("created", code, fields)
        self._add(planned, Section.NEW, PreviewRow(code, name))

    def add_changed(self, key: MilestonesId, row: PreviewRow) -> None:
        """Note a record that would be overwritten."""
        fields = {name: (shown(old), shown(new)) for name, (old, new) in row.fields.items()}
        planned = PlannedChange("changed", row.code, fields)
        self._add(planned, Section.OVERWRITTEN, row, row.mark(key))

    def add_problem(self, problem: Problem) -> None:
        """Note a problem that would open, by what a person knows its record by."""
        known_by = (problem.values.get(name) for name in ("code", "debtor", "item"))
        code = next(filter(None, known_by), problem.subject)
        row = PreviewRow(code, problem=problem.code, values=dict(problem.values))
        self.why[problem.code] += 1
        self._add(PlannedChange("problem", code, problem=problem.code), Section.TOLD, row)

    def _add(
        self, planned: PlannedChange, section: Section, row: PreviewRow, mark: bytes = b""
    ) -> None:
        with self._lock:
            self.sections.setdefault(section, RowBlocks()).add(row)
            self.marks += [mark] if mark else []
            if len(self.changes) < LONGEST:
                self.changes.append(planned)
            else:
                self.left_out += 1


class _ReadOnly:
    """A store of which every method does nothing, but for those that only read."""

    def __init__(self, methods: Mapping[str, Callable[..., Any]]) -> None:
        self._methods = methods

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._methods.get(name, _do_nothing)


def _do_nothing(*_: object) -> None:
    """Take the place of a method that writes."""


def read_only[Store](store: Store, *reads: str, **instead: Callable[..., Any]) -> Store:
    """Return a store that answers what it `reads`; a method in `instead` replaces its own."""
    methods = {name: getattr(store, name) for name in reads}
    return cast("Store", _ReadOnly(methods | instead))


@dataclass(slots=True)
class PreviewLinks:
    """The links as they would be: what a preview claims is known to its own later steps."""

    links: LinkIndex
    _taken: dict[MilestonesId, ExactId] = field(default_factory=dict)

    def take(
        self,
        connection: ConnectionId,
        entity: str,
        key: MilestonesId,
        exact_id: ExactId,
        *,
        instead_of: ExactId | None = None,
    ) -> bool:
        if self.owner(connection, entity, key) not in (None, exact_id, instead_of):
            return False
        self._taken[key] = exact_id
        return True

    def owner(self, connection: ConnectionId, entity: str, key: MilestonesId) -> ExactId | None:
        return self._taken.get(key) or self.links.owner(connection, entity, key)

    def any(self, connection: ConnectionId, entity: str) -> bool:
        return bool(self._taken) or self.links.any(connection, entity)

    def note(
        self,
        connection: ConnectionId,  # noqa: ARG002 - the port has it
        entity: str,  # noqa: ARG002 - the port has it
        links: Mapping[MilestonesId, ExactId],
    ) -> None:
        self._taken.update(links)

    def is_complete(self, connection: ConnectionId, entity: str) -> bool:
        return self.links.is_complete(connection, entity)

    def mark_complete(self, connection: ConnectionId, entity: str) -> None:
        """Mark nothing: the run itself notes the links."""


def preview_stores(stores: PullStores, plan: PreviewPlan) -> PullStores:
    """Return stores that read what is there and write nothing."""
    made: dict[ExactId, Record] = {}

    def peek(connection: ConnectionId, entity: str, *_: object, **_seen: object) -> object:
        # A preview writes nothing, so it needs no lease
        return stores.states.peek(connection, entity)

    def get_many(
        connection: ConnectionId, entity: str, ids: Iterable[ExactId]
    ) -> dict[ExactId, Record]:
        wanted = list(ids)
        known = stores.records.get_many(connection, entity, wanted)
        return known | {exact_id: made[exact_id] for exact_id in wanted if exact_id in made}

    def save_many(_connection: ConnectionId, _entity: str, records: Iterable[Record]) -> None:
        # What a preview made is known to its own later steps
        made.update({record.exact_id: record for record in records})

    return PullStores(
        read_only(stores.states, peek=peek, read=peek, acquire=peek),
        read_only(stores.records, "ids", "reviews_due", get_many=get_many, save_many=save_many),
        read_only(stores.retries, "all"),
        read_only(stores.problems, open=plan.add_problem),
        PreviewLinks(stores.links),
        read_only(stores.deletions, "log", "noted"),
        read_only(stores.holders, "get_many"),
    )
