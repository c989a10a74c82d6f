"""Records that connections of one tenant share, such as VAT codes: nobody changes them in silence.

Equal codes with different percentages would put wrong VAT on the invoices of one of them (M 5.6).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId, MilestonesId
from koppeling.pull.change import PendingChange
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.link_values import LinkValue
from koppeling.pull.meaning import meaning_of
from koppeling.pull.ports import LinkedRecords, RecordWriter
from koppeling.pull.record import Record

MISMATCH = "vat-percentage-mismatch"

type OthersOfTenant = Callable[[], Iterable[ConnectionId]]
"""Returns the other connections of the same tenant of QicsMilestones."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What connections of one tenant have to agree on, for one entity.

    `context` maps the records of all of them: what they share depends on no connection.
    """

    entity: Entity
    milestones: RecordWriter
    records: LinkedRecords
    others: OthersOfTenant
    context: MappingContext

    def check(self, change: PendingChange, key: MilestonesId, values: Mapping[str, Any]) -> None:
        """Refuse a value that another connection, or whoever made the record, has otherwise.

        Raises:
            Reject: the two differ; the record stays as it is.
        """
        field = self.entity.target.agreed
        wanted = values.get(field)
        if not field or wanted is None:
            return
        if change.record.milestones_id != key:
            differing = self.milestones.compare(self.entity.name, key, {field: wanted})
            if field in differing:
                raise _mismatch(change, differing[field][0], wanted)
        elif change.record.written.get(field) != wanted:
            self._check_others(change, key, field, wanted)

    def _check_others(
        self, change: PendingChange, key: MilestonesId, field: str, wanted: object
    ) -> None:
        for other in self.others():
            record = self.records.find_by_code(other, self.entity.name, change.mapped.code)
            if record is None or record.gone or record.milestones_id != key:
                continue
            theirs = self._meant(record).get(field)
            if theirs is not None and theirs != wanted:
                raise _mismatch(change, theirs, wanted)

    def _meant(self, record: Record) -> Mapping[str, LinkValue]:
        """Return what Exact says of a record by now, which may not be written yet.

        A percentage that the law changes, changes in all administrations: none waits for another.
        """
        mapped = meaning_of(self.entity, record, self.context)
        return record.written if mapped is None or mapped.refused is not None else mapped.values


def _mismatch(change: PendingChange, there: object, wanted: object) -> Reject:
    shown = {"pct_qm": _plain(there), "pct_exact": _plain(wanted)}
    return Reject(MISMATCH, code=change.mapped.code, **shown)


def _plain(percentage: object) -> str:
    return "-" if percentage is None else f"{Decimal(str(percentage)).normalize():f}"
