"""Changes of the usual customer, and what carries them over."""

from collections.abc import Mapping
from datetime import UTC, datetime

from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.change import PendingChange
from koppeling.pull.link_values import LinkValue, Mapped, Reference
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.upsert import UpsertResult
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import Ground

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
NEW = Record(ExactId("exact-1"), code="1068")
LINKED = Record(
    ExactId("exact-1"),
    code="1068",
    milestones_id=MilestonesId("31"),
    written={"CustomerCode": "1068", "EmailAddressCc": "jan@x.nl"},
)
VALUES: dict[str, LinkValue] = {"CustomerCode": "1068", "Name": "Bakkerij"}
OF_NEW = {"CompanyId": "1", "CustomerType": "Customer"}
VAT = Reference("vat_codes", "2")


def a_ground() -> Ground:
    """Return the ground of a pull."""
    return Ground(Clock(frozen_at=NOW))


def change(  # noqa: PLR0913 - the fields of a change
    record: Record = NEW,
    values: Mapping[str, LinkValue] | None = None,
    *,
    code: str = "1068",
    whole: bool = True,
    attempts: int = 0,
    since: datetime | None = None,
) -> PendingChange:
    """Return a change of the usual customer."""
    given = VALUES if values is None else values
    held = ParkedChange(
        record.exact_id,
        given,
        is_complete=whole,
        parked_at=since or NOW,
        not_before=NOW,
        attempts=attempts,
    )
    mapped = Mapped(code, given, {"CustomerType": "Customer"})
    return PendingChange(record, mapped, held if attempts or not whole else None)


def write(ground: Ground, given: PendingChange, **connection: EntitySetting) -> UpsertResult:
    """Carry a change over."""
    return ground.upsert(a_connection(entities=connection)).write(given)


def problem_of(outcome: UpsertResult) -> tuple[str, str, dict[str, str]]:
    """Return what a person is told: the subject, the code, and the values."""
    if outcome.problem is None:
        raise LookupError(outcome)
    return outcome.problem.subject, outcome.problem.code, dict(outcome.problem.values)
