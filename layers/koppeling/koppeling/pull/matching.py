"""Which record of QicsMilestones a record of Exact is, and of no other (L10, L14, M25).

Identity is the ID of Exact. A code only finds the record the first time. Later a code can move: a
record of Exact is deleted and made again, two of them swap their numbers, or a user types another
code in QicsMilestones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.change import PendingChange
from koppeling.pull.double_choices import DoubleChoices
from koppeling.pull.entities.entity import Entity, Target, WireKind
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.journal import Keep, LoadJournal
from koppeling.pull.links import Links, Turns
from koppeling.pull.meaning import exact_code, meaning_of
from koppeling.pull.ports import RecordWriter
from koppeling.pull.record import Record
from koppeling.pull.references import References

DUPLICATE = "duplicate-code"
# An EmployeeNumber is a 32-bit integer; nobody has numbers this high
FIRST_TEMPORARY_NUMBER, TEMPORARY_NUMBERS = 2_000_000_000, 147_000_000

type IsDeleted = Callable[[ExactId], bool]
"""Says whether Exact deleted a record, by its feed of deletions as it is now."""


class Taken(Reject):
    """Another record of Exact has the record of QicsMilestones, or its code there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The identities of one entity of one connection, for the length of one run."""

    connection: Connection
    entity: Entity
    milestones: RecordWriter
    references: References
    links: Links
    is_deleted: IsDeleted
    today: date
    turns: Turns = field(default_factory=Turns)
    journal: LoadJournal | None = None
    doubles: DoubleChoices | None = None

    def match(self, change: PendingChange) -> MilestonesId | None:
        """Return the record with the code of a change, or that a person says is the same.

        None when there is none.

        Raises:
            Reject: there is more than one.
            Park: there is one that looks the same, and no person said yet whether it is.
        """
        found = self.milestones.find(self.entity.name, change.mapped.code)
        if len(found) > 1:
            raise Reject(DUPLICATE, **_named(change, *found))
        if not found and self.doubles is not None and change.record.milestones_id is None:
            return self.doubles.key_for(change.mapped.code)
        return found[0] if found else None

    def claim(self, change: PendingChange, key: MilestonesId) -> None:
        """Make a record of QicsMilestones ours, before it is written.

        Raises:
            Reject: another record of Exact has it; the problem names both.
        """
        holder = self.links.claim(key, change.record)
        if holder is None:
            return
        # Exact gives a code to one record at a time, so the other one may be deleted by now
        is_doubtful = change.held is None and self._name(holder) == self._name(change.record)
        if is_doubtful and self.is_deleted(holder.exact_id):
            holder = self.links.claim(key, change.record)
        if holder is not None:
            raise Taken(DUPLICATE, **_named(change, self._name(holder), self._name(change.record)))

    def check_free(self, change: PendingChange, own: MilestonesId) -> None:
        """Refuse a changed code that another record has in QicsMilestones (L10)."""
        found = self.milestones.find(self.entity.name, change.mapped.code)
        others = [key for key in found if key != own]
        if not others:
            return
        holder = self.links.holder(others[0])
        if holder is None or holder.gone:
            raise Reject(DUPLICATE, **_named(change, own, *others))
        raise Taken(DUPLICATE, **_named(change, self._name(holder), self._name(change.record)))

    def make_way(self, change: PendingChange) -> PendingChange:
        """Give a record a temporary code when it wants that of another one, which wants its own.

        Without that no record of such a circle could get its new code. The change stays to be
        written: it follows once the other record has left the code.
        """
        own = change.record.milestones_id
        if own is None or not change.is_complete or not self._is_in_circle(change):
            return change
        target = self.entity.target
        code = temporary_code(target, own, self._written_code(change))
        self.claim(change, own)
        # Noted before it is done: from then on the record differs from what was last written. Its
        # new rows are stored with the outcome, since a stored row is not processed again
        stored = self.links.records.get_many(*self._own, [change.record.exact_id]).values()
        noted = [each.under(target.code, code) for each in stored]
        self.links.records.save_many(*self._own, noted)
        keep = self.keeper(change, own)
        self.milestones.replace(self.entity.name, own, {target.code: code}, keep=keep)
        return replace(change, record=change.record.under(target.code, code))

    def keeper(self, change: PendingChange, key: MilestonesId) -> Keep | None:
        """Return what notes the old values of a record before they are overwritten."""
        if self.journal is None:
            return None
        return self.journal.keeper(change.record, key, change.held)

    def _is_in_circle(self, change: PendingChange) -> bool:
        own, wanted = change.record.exact_id, change.mapped.code
        if self._written_code(change) == wanted:
            return False
        seen: set[str] = set()
        while wanted not in seen:
            seen.add(wanted)
            holder = self.references.owner(self.entity.name, wanted)
            if holder is None or holder.gone or holder.milestones_id is None:
                return False
            if holder.exact_id == own:
                return True
            context = MappingContext(self.connection, self.today, holder.written)
            mapped = meaning_of(self.entity, holder, context)
            wanted = wanted if mapped is None else mapped.code
        return False

    @property
    def _own(self) -> tuple[ConnectionId, str]:
        return self.connection.id, self.entity.name

    def _written_code(self, change: PendingChange) -> str:
        return change.written_code(self.entity.target.code)

    def _name(self, record: Record) -> str:
        """Return the code of a record as people see it in Exact."""
        return exact_code(self.entity, record)


def temporary_code(target: Target, key: MilestonesId, code: str) -> str | int:
    """Return a code that no record of Exact has, and that shows which code was there before."""
    if target.kind(target.code) is WireKind.INTEGER:
        return FIRST_TEMPORARY_NUMBER + int(key) % TEMPORARY_NUMBERS
    return f"{code}~{key}"


def _named(change: PendingChange, *names: str) -> dict[str, str]:
    return {"code": change.mapped.code, "names": ", ".join(names)}
