"""M26: what a first load matches in memory, and what it asks QicsMilestones again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.errors import Defer, Gone, Reject, Uncertain
from koppeling.core.ids import MilestonesId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.in_bulk import LOOKED_UP_SINGLY, InBulk, MadeMeanwhile
from koppeling.pull.snapshot import GrowingSnapshot, KeptSnapshot
from tests.unit.milestones.test_snapshot import Pages, customer, snapshot
from tests.unit.pull.fakes import FakeMilestones

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWN, CODE = ACCOUNTS.name, ACCOUNTS.target.code
UNAVAILABLE = "milestones-unavailable"


@dataclass(slots=True)
class Listed(FakeMilestones):
    """QicsMilestones, whose list of customers is read whole; `late` are made after that."""

    readings: int = 0
    late: dict[str, MilestonesId] = field(default_factory=dict)

    def growing_snapshot(self, entity: str, kept: KeptSnapshot | None) -> GrowingSnapshot:
        """Return what the list shows now."""
        self.readings += 1
        rows = self.rows.get(entity, {}).items()
        return snapshot(Pages([customer(int(key), row[CODE]) for key, row in rows]), kept)

    def snapshot(self, entity: str) -> GrowingSnapshot:
        """Return it, read to its end."""
        whole = self.growing_snapshot(entity, None)
        whole.read(lambda: True)
        return whole


@dataclass(slots=True)
class FakeKeeper:
    """Keeps a snapshot in memory."""

    kept: KeptSnapshot | None = None

    def take(self) -> KeptSnapshot | None:
        """Return what was kept."""
        return self.kept

    def keep(self, added: KeptSnapshot) -> None:
        """Keep what was added."""
        before = () if self.kept is None else self.kept.blocks
        self.kept = KeptSnapshot(before + added.blocks, added.place, added.doubtful)


def bulk(
    there: Listed, keeper: FakeKeeper | None = None, left: Callable[[], int] = lambda: 100_000
) -> InBulk:
    return InBulk(there, ACCOUNTS, keeper or FakeKeeper(), Deadline(left), lambda: NOON)


def read(made: InBulk) -> None:
    """Ask so often that the list is read."""
    for number in range(LOOKED_UP_SINGLY + 1):
        made.find(OWN, f"nobody-{number}")


def there(**codes: str) -> Listed:
    """Return a QicsMilestones with customers, each under its key."""
    made = Listed()
    for key, code in codes.items():
        made.put(OWN, key.removeprefix("k"), **{CODE: code})
    return made


def values(code: str) -> Mapping[str, Any]:
    return {CODE: code, "Name": "Nieuw"}


def test_a_few_look_ups_read_no_list_and_many_read_it_once() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)

    for _ in range(LOOKED_UP_SINGLY):
        assert made.find(OWN, "1068") == ["1"]
    assert milestones.readings == 0

    assert [made.find(OWN, code) for code in ("1068", "2001", "1068")] == [["1"], [], ["1"]]
    assert milestones.readings == 1
    assert len(milestones.calls) == LOOKED_UP_SINGLY


def test_a_record_of_another_entity_is_asked_for_by_a_call() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)
    read(made)
    milestones.calls.clear()

    made.find("vat_codes", "2")

    assert milestones.calls == ["find 2"]


def test_what_was_created_is_found_without_a_call() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)
    read(made)

    key = made.create(OWN, values("2001"))
    milestones.calls.clear()

    assert made.find(OWN, "2001") == [key]
    assert milestones.calls == []


def test_a_code_whose_post_got_no_answer_is_asked_for_by_a_call_also_in_the_next_run() -> None:
    milestones, keeper = there(k1="1068"), FakeKeeper()
    made = bulk(milestones, keeper)
    read(made)
    milestones.fails.append(Uncertain(UNAVAILABLE))
    with pytest.raises(Uncertain):
        made.create(OWN, values("2001"))
    milestones.put(OWN, "7", **{CODE: "2001"})

    assert made.find(OWN, "2001") == ["7"]
    made.keep()
    assert bulk(milestones, keeper).find(OWN, "2001") == ["7"]


def test_a_code_that_somebody_took_meanwhile_is_told_apart_from_a_refusal() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)
    read(made)
    milestones.put(OWN, "7", **{CODE: "2001"})
    milestones.fails.append(Reject("milestones-rejected", message="in use"))

    with pytest.raises(MadeMeanwhile):
        made.create(OWN, values("2001"))

    assert made.find(OWN, "2001") == ["7"]


def test_a_refusal_of_a_code_that_nobody_has_stays_a_refusal() -> None:
    made = bulk(there(k1="1068"))
    read(made)
    assert isinstance(made.milestones, Listed)
    made.milestones.fails.append(Reject("milestones-rejected", message="no such type"))

    with pytest.raises(Reject) as refused:
        made.create(OWN, values("2001"))

    assert not isinstance(refused.value, MadeMeanwhile)


def test_a_record_that_is_gone_is_asked_for_by_a_call() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)
    read(made)
    del milestones.rows[OWN][MilestonesId("1")]
    milestones.fails.append(Gone("milestones-rejected"))
    with pytest.raises(Gone):
        made.replace(OWN, MilestonesId("1"), values("1068"))

    assert made.find(OWN, "1068") == []


def test_a_record_that_got_another_code_is_found_under_it_alone() -> None:
    milestones = there(k1="1068")
    made = bulk(milestones)
    read(made)

    made.replace(OWN, MilestonesId("1"), values("2001"))

    assert (made.find(OWN, "1068"), made.find(OWN, "2001")) == ([], ["1"])


def test_a_list_for_which_there_is_no_time_is_read_on_by_the_next_run() -> None:
    milestones, keeper = there(k1="1068"), FakeKeeper()
    for number in range(LOOKED_UP_SINGLY):
        bulk(milestones, keeper).find(OWN, f"nobody-{number}")
    made = bulk(milestones, keeper, lambda: 0)

    with pytest.raises(Defer):
        read(made)
    made.keep()

    assert bulk(milestones, keeper).find(OWN, "1068") == ["1"]
