"""What Nu ophalen, Volledig vergelijken, Pauze and Aanzetten do, and what is said after each."""

from dataclasses import dataclass, field, replace

import pytest

from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogKind
from koppeling.core.people import Role
from koppeling.portal.actions.pausing import Pausing
from koppeling.portal.page import NoSuchPage
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.saying import paused, said
from tests.unit.portal.showing import MARIT, NOW, connection, pressed
from tests.unit.portal.waiting_fakes import OWN, Desk


def test_everything_that_is_on_is_fetched_now() -> None:
    desk = Desk()
    off = connection(entities={"items": EntitySetting(enabled=False)})

    answer = desk.pull.catch_up(replace(pressed(back=""), connection=off))

    assert [entity for entity, queue in desk.pull_queues.items() if not queue.sent] == ["items"]
    assert answer.notice == "pull-all-asked"


def test_a_second_press_says_that_it_is_under_way() -> None:
    desk = Desk()

    first, second = (desk.pull.catch_up(pressed(entity="accounts", back="data")) for _ in range(2))

    assert (first.path, first.notice) == ("data", "pull-asked")
    assert said(first).startswith("We halen nu op wat er is gewijzigd: relaties.")
    assert second.notice == "pull-under-way"
    assert len(desk.log.entries) == 1


def test_a_comparison_and_a_list_that_is_right_read_everything() -> None:
    desk = Desk()

    desk.pull.compare(pressed(entity="accounts"))
    desk.problem("items/main/list", "list-shrank", before="50", after="38")
    answer = desk.pull.agree_with_list(
        pressed(subject="items/main/list", back="todo", seen="50>38")
    )

    wishes = {name: [b["by_hand"] for b, _ in q.sent] for name, q in desk.pull_queues.items()}
    assert (wishes["accounts"], wishes["items"]) == (["full"], ["full"])
    assert (answer.path, answer.notice) == ("todo", "agree-list-asked")


@pytest.mark.parametrize("entity", ["", "everything", "../accounts"])
def test_what_is_no_entity_is_no_page(entity: str) -> None:
    with pytest.raises(NoSuchPage):
        Desk().pull.compare(pressed(entity=entity))


def test_nothing_is_fetched_of_a_paused_connection_or_an_entity_that_is_off() -> None:
    desk = Desk()
    off = connection(entities={"items": EntitySetting(enabled=False)})

    assert desk.pull.catch_up(paused(pressed())).notice == "pull-paused"
    assert desk.pull.catch_up(replace(pressed(entity="items"), connection=off)).notice == "pull-off"
    assert not any(queue.sent for queue in desk.pull_queues.values())


@dataclass(slots=True)
class FakePauses:
    """Whether each connection is paused."""

    paused: dict[ConnectionId, bool] = field(default_factory=dict)
    fails: bool = False

    def set_paused(self, connection: ConnectionId, *, paused: bool) -> bool:
        """Note it."""
        if not self.fails:
            self.paused[connection] = paused
        return not self.fails


def test_a_pause_is_one_press_and_the_notice_says_how_to_undo_it() -> None:
    pauses, log = FakePauses(), FakeLog()
    pausing = Pausing(pauses, log)

    answer = pausing.pause(pressed())

    assert pauses.paused == {OWN: True}
    assert (answer.path, "Aanzetten" in said(answer)) == ("", True)
    (noted,) = log.entries
    assert (noted.kind, noted.what, noted.who, noted.role, noted.at) == (
        LogKind.SETTINGS,
        "paused",
        MARIT.mail,
        Role.DECIDE,
        NOW,
    )


def test_it_goes_on_by_another_press() -> None:
    pauses, log = FakePauses(), FakeLog()

    answer = Pausing(pauses, log).resume(paused(pressed()))

    assert (pauses.paused, answer.notice) == ({OWN: False}, "resumed")


def test_a_second_press_changes_nothing_and_notes_nothing() -> None:
    pauses, log = FakePauses(), FakeLog()

    assert Pausing(pauses, log).pause(paused(pressed())).notice == "paused"
    assert (pauses.paused, log.entries) == ({}, [])


def test_a_pause_that_another_change_came_before_is_tried_again_by_the_person() -> None:
    log = FakeLog()

    assert Pausing(FakePauses(fails=True), log).pause(pressed()).notice == "try-again"
    assert log.entries == []
