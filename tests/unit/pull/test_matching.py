"""L10, L14, M25: whose record of QicsMilestones a record of Exact is, and codes that move."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.change import PendingChange
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.employees import EMPLOYEES
from koppeling.pull.link_values import Mapped
from koppeling.pull.links import Links
from koppeling.pull.matching import Matching, Taken, temporary_code
from koppeling.pull.record import ParkedChange, Record
from koppeling.pull.references import References
from tests.unit.pull.builders import TODAY, a_connection, an_account
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.fakes import FakeMilestones, plenty_of_time
from tests.unit.pull.store_fakes import FakeLinks, FakeRecords

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


def linked(number: int, written: str, wanted: str | None = None) -> Record:
    """Return a linked record: its code over there, and the one that it has in Exact by now."""
    exact_id = ExactId(f"exact-{number}")
    row = an_account(ID=exact_id, Code=wanted or written)
    return Record(
        exact_id,
        {"accounts": {exact_id: row}},
        written,
        MilestonesId(str(number)),
        written={"CustomerCode": written},
    )


class Scene:
    """The identities of relations, and QicsMilestones as it was written."""

    def __init__(self, *records: Record) -> None:
        self.records = FakeRecords({record.exact_id: record for record in records})
        self.links = FakeLinks(
            {each.milestones_id: each.exact_id for each in records if each.milestones_id}
        )
        self.milestones = FakeMilestones()
        for each in records:
            if each.milestones_id:
                self.milestones.put("accounts", each.milestones_id, CustomerCode=each.code)
        self.deleted: set[ExactId] = set()
        self.asked: list[ExactId] = []
        connection = a_connection()
        self.matching = Matching(
            connection=connection,
            entity=ACCOUNTS,
            milestones=self.milestones,
            references=References(
                connection, self.records, FakeLookupCache(), self.milestones, self.links
            ),
            links=Links(
                connection.id,
                "accounts",
                self.links,
                self.records,
                plenty_of_time(),
                lambda: NOW,
            ),
            is_deleted=self._is_deleted,
            today=TODAY,
        )

    def _is_deleted(self, exact_id: ExactId) -> bool:
        self.asked.append(exact_id)
        if exact_id in self.deleted:
            self.records.known[exact_id] = replace(self.records.known[exact_id], gone=True)
        return exact_id in self.deleted

    def code(self, number: int) -> object:
        """Return the code of a record in QicsMilestones."""
        return self.milestones.row("accounts", str(number))["CustomerCode"]


def change(record: Record, code: str, held: ParkedChange | None = None) -> PendingChange:
    return PendingChange(record, Mapped(code, {"CustomerCode": code}), held)


def parked(record: Record, *, complete: bool) -> ParkedChange:
    return ParkedChange(
        record.exact_id, {}, is_complete=complete, parked_at=NOW, not_before=NOW, attempts=1
    )


def test_the_one_record_with_a_code_is_the_match() -> None:
    scene = Scene(linked(1, "1068"), linked(2, "2000"))

    assert scene.matching.match(change(Record(ExactId("new")), "2000")) == "2"
    assert scene.matching.match(change(Record(ExactId("new")), "3000")) is None


def test_two_records_with_one_code_are_told_by_their_keys() -> None:
    scene = Scene(linked(1, "1068"), linked(2, "1068"))

    with pytest.raises(Reject) as refused:
        scene.matching.match(change(Record(ExactId("new")), "1068"))

    assert refused.value.code == "duplicate-code"
    assert refused.value.values == {"code": "1068", "names": "1, 2"}


@pytest.mark.parametrize("code", ["1068", "9999"], ids=["same code", "another code"])
def test_a_record_that_another_one_holds_is_taken_and_both_are_named(code: str) -> None:
    scene = Scene(linked(1, "1068"))
    new = replace(linked(2, code), milestones_id=None)

    with pytest.raises(Taken) as refused:
        scene.matching.claim(change(new, code), MilestonesId("1"))

    assert refused.value.code == "duplicate-code"
    assert refused.value.values == {"code": code, "names": f"1068, {code}"}
    doubted = [ExactId("exact-1")] if code == "1068" else []
    assert scene.asked == doubted, "only with the same code the other one may be deleted"


def test_a_record_that_exact_deleted_by_now_gives_its_link_away() -> None:
    scene = Scene(linked(1, "1068"))
    scene.deleted = {ExactId("exact-1")}
    new = replace(linked(2, "1068"), milestones_id=None)

    scene.matching.claim(change(new, "1068"), MilestonesId("1"))

    assert scene.links.owners == {MilestonesId("1"): ExactId("exact-2")}


def test_a_change_from_the_retry_set_does_not_ask_for_deletions_again() -> None:
    scene = Scene(linked(1, "1068"))
    scene.deleted = {ExactId("exact-1")}
    new = replace(linked(2, "1068"), milestones_id=None)

    with pytest.raises(Taken):
        scene.matching.claim(change(new, "1068", parked(new, complete=True)), MilestonesId("1"))

    assert scene.asked == []


def test_what_is_free_or_our_own_is_claimed_without_a_question() -> None:
    scene = Scene(linked(1, "1068"))

    scene.matching.claim(change(linked(1, "1068"), "1068"), MilestonesId("1"))
    scene.matching.claim(change(linked(2, "2000"), "2000"), MilestonesId("2"))

    assert scene.asked == []
    assert scene.links.owners[MilestonesId("2")] == "exact-2"


def test_a_new_code_is_free_when_nobody_else_has_it() -> None:
    scene = Scene(linked(1, "1068"), linked(2, "2000"))

    scene.matching.check_free(change(linked(1, "1068"), "3000"), MilestonesId("1"))
    scene.matching.check_free(change(linked(1, "1068"), "1068"), MilestonesId("1"))


def test_a_new_code_that_another_record_has_waits_for_it_and_names_both() -> None:
    mover = linked(1, "1068", wanted="2000")
    scene = Scene(mover, linked(2, "2000", wanted="4000"))

    with pytest.raises(Taken) as refused:
        scene.matching.check_free(change(mover, "2000"), MilestonesId("1"))

    assert refused.value.values == {"code": "2000", "names": "4000, 2000"}


@pytest.mark.parametrize("gone", [True, False])
def test_a_new_code_of_a_record_that_nobody_holds_is_for_a_person(*, gone: bool) -> None:
    scene = Scene(linked(1, "1068"), replace(linked(2, "2000"), gone=True))
    if not gone:
        scene.milestones.put("accounts", "9", CustomerCode="3000")
    code, other = ("2000", "2") if gone else ("3000", "9")

    with pytest.raises(Reject) as refused:
        scene.matching.check_free(change(linked(1, "1068"), code), MilestonesId("1"))

    assert not isinstance(refused.value, Taken)
    assert refused.value.code == "duplicate-code"
    assert refused.value.values == {"code": code, "names": f"1, {other}"}


@pytest.mark.parametrize("size", [2, 3])
def test_records_that_want_each_others_codes_get_a_temporary_one(size: int) -> None:
    codes = [f"{number}000" for number in range(1, size + 1)]
    wanted = [*codes[1:], codes[0]]
    records = [
        linked(number, have, want)
        for number, (have, want) in enumerate(zip(codes, wanted, strict=True), 1)
    ]
    scene = Scene(*records)

    made = scene.matching.make_way(change(records[0], wanted[0]))

    assert scene.code(1) == "1000~1"
    assert set(scene.links.owners) == {each.milestones_id for each in records}
    assert made.record.written == {"CustomerCode": "1000~1"}
    assert (made.record.code, made.record.fingerprint) == ("1000~1", None)
    assert made.mapped.code == wanted[0], "the change is written afterwards"
    stored = scene.records.known[ExactId("exact-1")]
    assert stored.written == {"CustomerCode": "1000~1"}
    assert stored.sources == records[0].sources
    assert [scene.code(number) for number in range(2, size + 1)] == codes[1:]


@pytest.mark.parametrize(
    ("record", "code", "others"),
    [
        (linked(1, "1000"), "1000", []),
        (linked(1, "1000"), "9000", []),
        (linked(1, "1000"), "2000", [linked(2, "2000")]),
        (linked(1, "1000"), "2000", [linked(2, "2000", wanted="3000")]),
        (linked(1, "1000"), "2000", [replace(linked(2, "2000", wanted="1000"), gone=True)]),
        (
            linked(1, "1000"),
            "2000",
            [replace(linked(2, "2000", wanted="1000"), milestones_id=None)],
        ),
        (
            linked(1, "1000"),
            "2000",
            [linked(2, "2000", wanted="3000"), linked(3, "3000", wanted="2000")],
        ),
        (linked(1, "1000"), "2000", [replace(linked(2, "2000"), sources={})]),
        (replace(linked(1, "1000"), milestones_id=None), "2000", [linked(2, "2000", "1000")]),
    ],
    ids=[
        "keeps its code",
        "wants a free code",
        "the other stays",
        "the other wants a free code",
        "the other is gone",
        "the other is not linked",
        "in a circle of others",
        "the other is not known",
        "is not linked itself",
    ],
)
def test_a_record_that_is_in_no_circle_gets_no_temporary_code(
    record: Record, code: str, others: list[Record]
) -> None:
    scene = Scene(record, *others)
    given = change(record, code)

    assert scene.matching.make_way(given) is given
    assert scene.milestones.calls == []


@pytest.mark.parametrize("complete", [True, False])
def test_only_a_change_of_everything_makes_way(*, complete: bool) -> None:
    mover = linked(1, "1000", wanted="2000")
    scene = Scene(mover, linked(2, "2000", wanted="1000"))

    made = scene.matching.make_way(change(mover, "2000", parked(mover, complete=complete)))

    assert made.record.code == ("1000~1" if complete else "1000")
    assert scene.code(1) == made.record.code


def test_a_temporary_code_shows_the_old_one_or_is_a_number_that_nobody_has() -> None:
    assert temporary_code(ACCOUNTS.target, MilestonesId("31"), "1068") == "1068~31"
    assert temporary_code(EMPLOYEES.target, MilestonesId("31"), "7") == 2_000_000_031
    assert temporary_code(EMPLOYEES.target, MilestonesId("147000031"), "7") == 2_000_000_031
    highest = temporary_code(EMPLOYEES.target, MilestonesId("146999999"), "7")
    assert highest == 2_146_999_999
    assert int(highest) < 2**31
