"""The check of an administration: who asks Exact, when, and what follows from the answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from koppeling.core.administration import DivisionFacts
from koppeling.core.errors import Fatal, Reject
from koppeling.core.ids import SyncTimestamp
from koppeling.pull.cursor import FeedCursor, PullState, ReadMode
from koppeling.pull.division_check import CLOSED, MOVED, OUT_OF_REACH, DivisionCheck
from tests.unit.fakes import FakeProblems
from tests.unit.pull.builders import a_connection
from tests.unit.pull.division_fakes import FakeFacts

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
YESTERDAY = TODAY - timedelta(days=1)
OPEN = DivisionFacts(status=1, blocking_status=0, moved="2020-01-01|", looked_at=NOW)
LOADED = PullState(
    fencing=3,
    feeds={"accounts": FeedCursor(cursor=SyncTimestamp(99))},
    division_checked_on=YESTERDAY,
    division_moved_at=OPEN.moved,
)


class Scene:
    """The check of one pull, with the administration it checks."""

    def __init__(self, told: DivisionFacts | None, known: DivisionFacts | None = None) -> None:
        self.facts = FakeFacts(told, known)
        self.problems = FakeProblems()
        self.is_silent = False
        self.check = DivisionCheck(
            a_connection(),
            self.facts,
            self.facts.division_facts,
            self.problems,
            "accounts",
            NOW,
            is_suspiciously_silent=lambda _: self.is_silent,
        )


def test_who_looked_today_asks_nobody() -> None:
    scene = Scene(replace(OPEN, status=0))
    looked = replace(LOADED, division_checked_on=TODAY)
    assert scene.check.run(looked) is looked
    assert scene.facts.asked == 0


@pytest.mark.parametrize("trouble", [CLOSED, OUT_OF_REACH])
def test_while_it_is_closed_each_run_looks_again(trouble: str) -> None:
    scene = Scene(OPEN)
    state = scene.check.run(replace(LOADED, division_checked_on=TODAY, last_error=trouble))
    assert scene.facts.asked == 1
    assert state.division_checked_on == TODAY


def test_the_first_who_asks_keeps_the_answer_for_all() -> None:
    scene = Scene(OPEN)
    state = scene.check.run(LOADED)
    assert scene.facts.known == OPEN
    assert state == replace(LOADED, division_checked_on=TODAY)
    assert scene.problems.open_ones == {}


def test_what_another_pull_saw_today_is_not_asked_again() -> None:
    scene = Scene(None, known=OPEN)
    assert scene.check.run(LOADED).division_checked_on == TODAY
    assert scene.facts.asked == 0


def test_what_was_seen_yesterday_is_asked_again() -> None:
    scene = Scene(OPEN, known=replace(OPEN, looked_at=NOW - timedelta(days=1)))
    scene.check.run(LOADED)
    assert (scene.facts.asked, scene.facts.known) == (1, OPEN)


def test_a_closed_administration_stops_the_run_with_its_name_and_its_state() -> None:
    scene = Scene(replace(OPEN, status=2))
    with pytest.raises(Reject) as stopped:
        scene.check.run(LOADED)
    assert stopped.value.code == CLOSED
    assert stopped.value.values == {"division": "Veldhuis Advies B.V.", "state": "gearchiveerd"}


def test_an_administration_that_this_user_does_not_see_is_out_of_reach() -> None:
    scene = Scene(None)
    with pytest.raises(Fatal) as stopped:
        scene.check.run(LOADED)
    assert stopped.value.code == OUT_OF_REACH
    user = "koppeling@veldhuis.example"
    assert stopped.value.values == {"division": "987654", "exact_user": user}
    assert scene.facts.known is None


def test_after_a_move_everything_starts_over_and_a_person_is_told() -> None:  # X97
    scene = Scene(replace(OPEN, moved="2026-11-23|"))
    state = scene.check.run(LOADED)
    assert (state.feeds, state.read_mode) == ({}, ReadMode.RESYNC)
    assert (state.division_checked_on, state.division_moved_at, state.fencing) == (
        TODAY,
        "2026-11-23|",
        3,
    )
    ((subject, code),) = scene.problems.open_ones
    assert (subject, code) == ("accounts/division", MOVED)


def test_dates_that_are_not_told_are_no_move_and_what_was_known_of_them_stays() -> None:  # X104
    scene = Scene(replace(OPEN, moved=None))
    assert scene.check.run(LOADED) == replace(LOADED, division_checked_on=TODAY)


def test_the_first_look_of_all_only_remembers_the_dates() -> None:
    scene = Scene(OPEN)
    state = scene.check.run(PullState(fencing=1))
    assert (state.division_moved_at, state.read_mode) == (OPEN.moved, ReadMode.INCREMENTAL)


@pytest.mark.parametrize("moved", [None, OPEN.moved])
def test_a_suspicious_silence_counts_as_a_move(moved: str | None) -> None:  # R12
    scene = Scene(replace(OPEN, moved=moved))
    scene.is_silent = True
    assert scene.check.run(LOADED).read_mode is ReadMode.RESYNC
    assert list(scene.problems.open_ones) == [("accounts/division", MOVED)]


def test_who_looked_today_does_not_listen_for_silence_again() -> None:
    scene = Scene(OPEN)
    scene.is_silent = True
    looked = replace(LOADED, division_checked_on=TODAY)
    assert scene.check.run(looked) is looked
