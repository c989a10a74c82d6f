"""L14: which record a code stands for, asked as seldom as possible."""

import pytest

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.record import Record
from koppeling.pull.references import References
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import FakeLookupCache, FakeMilestones
from tests.unit.pull.store_fakes import FakeRecords


class Shelf:
    """Links, memory and QicsMilestones, with the references that look in them."""

    def __init__(self) -> None:
        self.links = FakeRecords()
        self.memory = FakeLookupCache()
        self.milestones = FakeMilestones(code="Code")
        self.references = self.another()

    def another(self) -> References:
        """Return the references of another run."""
        return References(a_connection(), self.links, self.memory, self.milestones)

    def link(self, code: str, key: str | None) -> None:
        """Let a pull have linked a customer, or have seen it only."""
        milestones_id = None if key is None else MilestonesId(key)
        exact_id = ExactId(f"exact-{code}")
        record = Record(exact_id, code=code, milestones_id=milestones_id)
        self.links.known[exact_id] = record


def test_our_own_link_is_enough() -> None:
    shelf = Shelf()
    shelf.link("2000", "31")
    assert shelf.references.resolve("accounts", "2000") == "31"
    assert shelf.milestones.calls == []


def test_a_record_that_is_known_but_not_linked_yet_is_looked_for() -> None:
    shelf = Shelf()
    shelf.link("2000", None)
    shelf.milestones.put("accounts", "31", Code="2000")
    assert shelf.references.resolve("accounts", "2000") == "31"


def test_a_hit_in_qicsmilestones_is_remembered_by_later_runs() -> None:
    shelf = Shelf()
    shelf.milestones.put("vat_codes", "5", Code="2")
    assert shelf.references.resolve("vat_codes", "2") == "5"
    assert shelf.another().resolve("vat_codes", "2") == "5"
    assert shelf.milestones.calls == ["find 2"]


def test_one_run_asks_once_for_a_code_whether_it_is_there_or_not() -> None:
    shelf = Shelf()
    assert [shelf.references.resolve("vat_codes", "2") for _ in range(3)] == [None] * 3
    assert shelf.milestones.calls == ["find 2"]


def test_a_code_that_is_missing_is_asked_for_again_by_the_next_run() -> None:
    shelf = Shelf()
    assert shelf.references.resolve("vat_codes", "2") is None
    shelf.milestones.put("vat_codes", "5", Code="2")
    assert shelf.another().resolve("vat_codes", "2") == "5"


def test_a_code_that_stands_for_two_records_stands_for_none() -> None:
    shelf = Shelf()
    shelf.milestones.put("vat_codes", "5", Code="2")
    shelf.milestones.put("vat_codes", "6", Code="2")
    assert shelf.references.resolve("vat_codes", "2") is None
    assert shelf.memory.held == {}


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_record_that_was_linked_just_now_is_known_at_once(*, asked_before: bool) -> None:
    shelf = Shelf()
    if asked_before:
        assert shelf.references.resolve("accounts", "2000") is None
    shelf.references.arrived("accounts", "2000", MilestonesId("31"))
    assert shelf.references.resolve("accounts", "2000") == "31"


def test_the_same_code_of_another_entity_is_another_record() -> None:
    shelf = Shelf()
    shelf.milestones.put("vat_codes", "5", Code="2")
    shelf.milestones.put("payment_conditions", "9", Code="2")
    assert shelf.references.resolve("vat_codes", "2") == "5"
    assert shelf.references.resolve("payment_conditions", "2") == "9"
