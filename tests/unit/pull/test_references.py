"""L14: which record a code stands for, asked as seldom as possible."""

import pytest

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.link_values import Reference
from koppeling.pull.record import Record
from koppeling.pull.references import References
from tests.unit.pull.builders import a_connection
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.fakes import FakeMilestones
from tests.unit.pull.store_fakes import FakeLinks, FakeRecords


class Scene:
    """Links, cache and QicsMilestones, with the references that look in them."""

    def __init__(self) -> None:
        self.records = FakeRecords()
        self.links = FakeLinks()
        self.cache = FakeLookupCache()
        self.milestones = FakeMilestones(code="Code")
        self.references = self.another()

    def another(self, *, anew: bool = False) -> References:
        """Return the references of another run."""
        own = a_connection()
        return References(own, self.records, self.cache, self.milestones, self.links, anew=anew)

    def link(self, code: str, key: str | None) -> None:
        """Let a pull have linked a customer, or have seen it only."""
        milestones_id = None if key is None else MilestonesId(key)
        exact_id = ExactId(f"exact-{code}")
        record = Record(exact_id, code=code, milestones_id=milestones_id)
        self.records.known[exact_id] = record


def test_our_own_link_is_enough() -> None:
    scene = Scene()
    scene.link("2000", "31")
    assert scene.references.resolve(Reference("accounts", "2000")) == "31"
    assert scene.milestones.calls == []


def test_a_record_that_is_known_but_not_linked_yet_is_looked_for() -> None:
    scene = Scene()
    scene.link("2000", None)
    scene.milestones.put("accounts", "31", Code="2000")
    assert scene.references.resolve(Reference("accounts", "2000")) == "31"


def test_a_hit_in_qicsmilestones_is_remembered_by_later_runs() -> None:
    scene = Scene()
    scene.milestones.put("vat_codes", "5", Code="2")
    assert scene.references.resolve(Reference("vat_codes", "2")) == "5"
    assert scene.another().resolve(Reference("vat_codes", "2")) == "5"
    assert scene.milestones.calls == ["find 2"]


def test_a_run_that_a_person_asks_for_finds_what_was_mended_a_minute_ago() -> None:
    scene = Scene()
    scene.cache.put(a_connection().id, "milestones", "vat_codes", "2", {"id": "4"})
    scene.milestones.put("vat_codes", "5", Code="2")

    assert scene.another().resolve(Reference("vat_codes", "2")) == "4"
    assert scene.another(anew=True).resolve(Reference("vat_codes", "2")) == "5"
    assert scene.another().resolve(Reference("vat_codes", "2")) == "5"


def test_what_a_refused_change_referred_to_is_asked_anew_by_the_next_run_and_once() -> None:
    scene = Scene()
    scene.cache.put(a_connection().id, "milestones", "vat_codes", "2", {"id": "4"})
    scene.milestones.put("vat_codes", "5", Code="2")
    vat = Reference("vat_codes", "2")
    assert scene.references.resolve(vat) == "4"

    scene.references.doubt(["a name", vat, Reference("vat_codes", None)])

    assert scene.references.resolve(vat) == "4"
    assert scene.another().resolve(vat) == "5"
    scene.references.doubt([vat])
    assert scene.cache.held["milestones", "vat_codes", "2"] == {"id": "5"}


def test_one_run_asks_once_for_a_code_whether_it_is_there_or_not() -> None:
    scene = Scene()
    assert [scene.references.resolve(Reference("vat_codes", "2")) for _ in range(3)] == [None] * 3
    assert scene.milestones.calls == ["find 2"]


def test_a_code_that_is_missing_is_asked_for_again_by_the_next_run() -> None:
    scene = Scene()
    assert scene.references.resolve(Reference("vat_codes", "2")) is None
    scene.milestones.put("vat_codes", "5", Code="2")
    assert scene.another().resolve(Reference("vat_codes", "2")) == "5"


def test_a_code_that_stands_for_two_records_stands_for_none() -> None:
    scene = Scene()
    scene.milestones.put("vat_codes", "5", Code="2")
    scene.milestones.put("vat_codes", "6", Code="2")
    assert scene.references.resolve(Reference("vat_codes", "2")) is None
    assert scene.cache.held == {}


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_record_that_was_linked_just_now_is_known_at_once(*, asked_before: bool) -> None:
    scene = Scene()
    if asked_before:
        assert scene.references.resolve(Reference("accounts", "2000")) is None
    arrived = Record(ExactId("a"), code="2000", milestones_id=MilestonesId("31"))
    scene.references.arrived("accounts", arrived)
    assert scene.references.resolve(Reference("accounts", "2000")) == "31"


def test_the_same_code_of_another_entity_is_another_record() -> None:
    scene = Scene()
    scene.milestones.put("vat_codes", "5", Code="2")
    scene.milestones.put("payment_conditions", "9", Code="2")
    assert scene.references.resolve(Reference("vat_codes", "2")) == "5"
    assert scene.references.resolve(Reference("payment_conditions", "2")) == "9"
