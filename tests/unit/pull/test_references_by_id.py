"""L14: the ID of Exact decides which record is referred to, and a code only where no ID helps."""

import pytest

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.link_values import Reference
from koppeling.pull.record import Record
from koppeling.pull.references import References
from tests.unit.pull.builders import a_connection
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.fakes import FakeMilestones
from tests.unit.pull.store_fakes import FakeLinks, FakeRecords

ID = ExactId("exact-1")
OTHER = ExactId("exact-2")
BY_ID = Reference("accounts", None, target_id=ID)
BOTH = Reference("accounts", "2000", target_id=ID)


class Scene:
    """Our records by ID and code, and QicsMilestones."""

    def __init__(self, *records: Record) -> None:
        self.records = FakeRecords({record.exact_id: record for record in records})
        self.links = FakeLinks()
        self.cache = FakeLookupCache()
        self.milestones = FakeMilestones(code="Code")
        self.milestones.put("accounts", "50", Code="2000")
        self.milestones.put("accounts", "60", Code="3000")
        self.references = References(
            a_connection(), self.records, self.cache, self.milestones, self.links
        )


def a_record(
    key: str | None, *, exact_id: ExactId = ID, code: str | None = "2000", gone: bool = False
) -> Record:
    milestones_id = None if key is None else MilestonesId(key)
    return Record(exact_id, code=code, milestones_id=milestones_id, gone=gone)


@pytest.mark.parametrize("reference", [BY_ID, BOTH], ids=["by ID", "by both"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_linked_record_is_found_by_its_id_whatever_its_code(
    reference: Reference, *, gone: bool
) -> None:
    scene = Scene(a_record("31", code="9000", gone=gone), a_record("32", exact_id=OTHER))

    assert scene.references.resolve(reference) == "31"
    assert scene.milestones.calls == []


def test_a_record_that_is_not_pulled_yet_is_not_looked_for_without_a_code() -> None:
    scene = Scene()

    assert scene.references.resolve(BY_ID) is None
    assert scene.milestones.calls == []


def test_a_record_that_is_not_pulled_yet_is_looked_for_by_its_code() -> None:
    assert Scene().references.resolve(BOTH) == "50"


def test_of_a_record_that_is_there_its_own_code_counts_and_not_an_older_one() -> None:
    scene = Scene(a_record(None, code="3000"))

    assert scene.references.resolve(BOTH) == "60"
    assert Scene(a_record(None, code=None)).references.resolve(BOTH) == "50"
    assert Scene(a_record(None, code="3000")).references.resolve(BY_ID) == "60"


def test_of_a_record_that_is_gone_the_code_of_the_reference_counts() -> None:
    gone = a_record(None, code="3000", gone=True)

    assert Scene(gone).references.resolve(BOTH) == "50"
    assert Scene(gone).references.resolve(BY_ID) is None


def test_the_code_of_another_record_is_not_the_one_that_is_meant() -> None:
    scene = Scene(a_record("32", exact_id=OTHER))

    assert scene.references.resolve(BOTH) is None
    assert scene.milestones.calls == []
    by_code = Reference("accounts", "2000")
    assert scene.references.resolve(by_code) == "32", "without an ID the code is all there is"


def test_a_record_that_is_gone_gave_its_code_to_another_one() -> None:
    gone = a_record(None, code="9000", gone=True)

    scene = Scene(gone, a_record("32", exact_id=OTHER))

    assert scene.references.resolve(BOTH) == "32"


def test_what_is_linked_with_another_record_over_there_is_not_the_one_that_is_meant() -> None:
    scene = Scene()
    scene.links.owners[MilestonesId("50")] = OTHER

    assert scene.references.resolve(BOTH) is None
    assert scene.cache.held == {}


@pytest.mark.parametrize("owner", [None, ID], ids=["free", "its own"])
def test_what_is_found_over_there_is_cached_under_its_code(owner: ExactId | None) -> None:
    scene = Scene()
    if owner is not None:
        scene.links.owners[MilestonesId("50")] = owner

    assert scene.references.resolve(BOTH) == "50"
    assert scene.cache.held == {("milestones", "accounts", "2000"): {"id": "50"}}


def test_what_another_record_has_is_found_by_code_alone() -> None:
    scene = Scene()
    scene.links.owners[MilestonesId("50")] = OTHER

    assert scene.references.resolve(Reference("accounts", "2000")) == "50"


@pytest.mark.parametrize(
    ("record", "name", "arrived"),
    [
        (a_record("31"), "accounts/2000", True),
        (a_record("31"), "accounts#exact-1", True),
        (a_record("31"), "accounts/3000", False),
        (a_record("31"), "accounts#exact-2", False),
        (a_record(None), "accounts/2000", False),
        (a_record(None), "accounts#exact-1", False),
    ],
)
def test_a_record_has_arrived_once_a_pull_has_linked_it(
    record: Record, name: str, *, arrived: bool
) -> None:
    scene = Scene(record)

    assert scene.references.has_arrived(name) is arrived
    assert scene.milestones.calls == []


def test_what_arrived_is_known_by_both_of_its_names() -> None:
    scene = Scene()

    names = scene.references.arrived("accounts", a_record("31"))

    assert names == ("accounts/2000", "accounts#exact-1")
    assert scene.references.resolve(BY_ID) == "31"
    assert scene.references.resolve(Reference("accounts", "2000")) == "31"
    assert scene.references.arrived("accounts", a_record("31", code=None)) == ("accounts#exact-1",)
