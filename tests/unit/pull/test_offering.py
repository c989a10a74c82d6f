"""Records that wait are found by their subjects, and made due for the next pull."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.offering import RecordOffers
from koppeling.pull.record import ParkedChange

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


@dataclass(slots=True)
class RetrySets:
    """What waits of one connection, by entity and record."""

    parked: dict[tuple[str, ExactId], ParkedChange] = field(default_factory=dict)

    def park(self, entity: str, exact_id: str) -> None:
        """Let a record wait for four hours."""
        self.parked[entity, ExactId(exact_id)] = ParkedChange(
            ExactId(exact_id),
            {},
            is_complete=True,
            parked_at=NOW,
            not_before=NOW + timedelta(hours=4),
            code="record-too-long",
        )

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what waits in an entity."""
        assert connection == ACME
        return [each for (held, _), each in self.parked.items() if held == entity]

    def get(self, connection: ConnectionId, entity: str, exact_id: ExactId) -> ParkedChange | None:
        """Return one."""
        assert connection == ACME
        return self.parked.get((entity, exact_id))

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Say whether it waits as it did, at this moment."""
        return self.get(connection, entity, parked.exact_id) == parked and now == NOW


def test_everything_that_waits_is_found_in_the_order_of_a_first_load() -> None:
    waiting = RetrySets()
    waiting.park("accounts", "a")
    waiting.park("vat_codes", "v")

    found = RecordOffers(waiting, lambda: NOW).found(ACME)

    assert [each.subject for each in found] == ["vat_codes/v", "accounts/a"]


def test_one_record_is_found_by_its_subject() -> None:
    waiting = RetrySets()
    waiting.park("accounts", "a")
    offers = RecordOffers(waiting, lambda: NOW)

    found = offers.named(ACME, "accounts/a")

    assert found is not None
    assert found.code == "record-too-long"
    assert offers.named(ACME, "accounts/b") is None
    assert offers.named(ACME, "invoice/1") is None


def test_a_record_that_a_run_dealt_with_meanwhile_is_not_offered() -> None:
    waiting = RetrySets()
    waiting.park("accounts", "a")
    offers = RecordOffers(waiting, lambda: NOW)
    found = offers.named(ACME, "accounts/a")
    assert found is not None

    assert offers.offer(ACME, found)
    waiting.parked.clear()

    assert not offers.offer(ACME, found)
