"""X89, R12: an administration that is open or closed, and when it is checked again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from koppeling.core.administration import DivisionFacts

# In winter the day in the Netherlands begins at 23:00 UTC
EVENING = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
OPEN = DivisionFacts(status=1, blocking_status=0, moved="|", looked_at=EVENING)
BLOCKED = replace(OPEN, blocking_status=4)
ARCHIVED = replace(OPEN, status=2)


@pytest.mark.parametrize(
    ("status", "blocking_status", "is_open"),
    [(1, 0, True), (1, 1, False), (1, 101, False), (0, 0, False), (2, 0, False), (2, 1, False)],
)
def test_only_an_active_administration_that_is_not_blocked_is_open(
    status: int, blocking_status: int, *, is_open: bool
) -> None:
    facts = DivisionFacts(status, blocking_status, "|", EVENING)
    assert facts.is_open is is_open


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (replace(OPEN, status=0), "inactief"),
        (ARCHIVED, "gearchiveerd"),
        (replace(ARCHIVED, blocking_status=1), "gearchiveerd"),
        (BLOCKED, "geblokkeerd (back-up of conversie)"),
    ],
)
def test_a_closed_administration_has_one_word_for_why(facts: DivisionFacts, word: str) -> None:
    assert facts.state == word


@pytest.mark.parametrize("facts", [OPEN, BLOCKED, ARCHIVED])
def test_on_a_new_dutch_day_it_is_checked_again(facts: DivisionFacts) -> None:
    assert not facts.is_old(EVENING + timedelta(minutes=29))
    assert facts.is_old(EVENING + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("facts", "is_old"), [(OPEN, False), (BLOCKED, True), (ARCHIVED, False)], ids=str
)
def test_within_a_day_only_a_blocked_one_is_checked_again_after_an_hour(
    facts: DivisionFacts, *, is_old: bool
) -> None:
    morning = replace(facts, looked_at=EVENING - timedelta(hours=12))
    assert not morning.is_old(morning.looked_at + timedelta(minutes=59))
    assert morning.is_old(morning.looked_at + timedelta(hours=1)) is is_old


@pytest.mark.parametrize(
    ("seen", "before", "looked_on", "moved"),
    [
        ("2026-11-20|", "2026-11-20|", date(2026, 11, 24), False),
        ("2026-11-24|", "2026-11-20|", date(2026, 11, 24), True),
        ("2026-11-24|", "2026-11-24|", date(2026, 11, 24), True),
        ("|2026-11-24", "|2026-11-24", date(2026, 11, 24), True),
        ("2026-11-24|", "2026-11-24|", date(2026, 11, 25), False),
        ("|", "|", date(2026, 11, 24), False),
        (None, "2026-11-24|", date(2026, 11, 24), False),
        ("2026-11-24|", None, date(2026, 11, 24), False),
        ("2026-11-24|", "2026-11-20|", None, True),
        ("2026-11-24|", "2026-11-24|", None, False),
    ],
)
def test_a_move_on_the_day_of_the_last_check_may_have_come_after_it(
    seen: str | None,
    before: str | None,
    looked_on: date | None,
    moved: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    facts = DivisionFacts(1, 0, seen, datetime(2026, 11, 25, 6, 0, tzinfo=UTC))

    assert facts.has_moved_since(before, looked_on) is moved
