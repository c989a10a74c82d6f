"""L18: when a parked change is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.ids import ExactId
from koppeling.pull.record import ParkedChange

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PARKED = ParkedChange(
    exact_id=ExactId("a"),
    values={},
    is_complete=False,
    parked_at=NOW,
    not_before=NOW + timedelta(minutes=15),
    waits_for=("vat_codes/2", "accounts/1068"),
)
NOTHING: frozenset[str] = frozenset()


def test_a_change_rests_until_its_pause_is_over() -> None:
    assert not PARKED.is_due(NOW + timedelta(minutes=15, seconds=-1), NOTHING)
    assert PARKED.is_due(NOW + timedelta(minutes=15), NOTHING)


@pytest.mark.parametrize("arrived", ["vat_codes/2", "accounts/1068"])
def test_a_change_is_tried_at_once_when_one_of_its_references_arrives(arrived: str) -> None:
    assert PARKED.is_due(NOW, frozenset({arrived, "accounts/1"}))


def test_another_arrival_wakes_nothing() -> None:
    assert not PARKED.is_due(NOW, frozenset({"payment_conditions/2"}))
