"""A comparison puts invoices of an earlier release in the lists of their months."""

from dataclasses import replace

import pytest

from koppeling.core.ids import ExactId
from koppeling.push import reconciliation
from koppeling.push.reconciliation import Reconciler
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.push.test_reconciliation import BOOKED, NOVEMBER, NOW, Books, outbox
from tests.unit.push.world import CONNECTION, connection


def test_invoices_of_an_earlier_release_are_listed_so_many_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_ENLISTED", 2)
    moved = replace(BOOKED, entry_id=ExactId("moved"), is_listed=False)
    older = [replace(moved, number=str(number)) for number in range(3)]
    kept = outbox(*older, replace(moved, number="3", is_listed=True))
    reconciler = Reconciler(
        FakeConnections(connection()), kept, lambda _: Books({}), FakeProblems(), lambda: NOW
    )

    def listed() -> list[bool]:
        return [each.is_listed for each in kept.items.values()]

    reconciler.run(CONNECTION, NOVEMBER)
    after_one = listed()
    reconciler.run(CONNECTION, NOVEMBER)

    assert after_one == [True, True, False, True]
    assert all(listed())
