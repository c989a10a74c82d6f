"""Who has to act on a problem."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.actors import Actor, actor_of, holds_up_for_qics, is_for_qics
from koppeling.core.catalogue import codes, entry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem

NOW = datetime(2026, 11, 26, 10, 50, tzinfo=UTC)


def acts(code: str, since: datetime = NOW) -> Actor:
    """Return who acts on an open problem."""
    return actor_of(Problem(ConnectionId("acme"), "invoice/1", code, since=since), NOW)


@pytest.mark.parametrize(
    ("code", "actor"),
    [
        ("debtor-not-found", Actor.YOU),
        ("exact-reconnect-needed", Actor.ADMINISTRATOR),
        ("journal-unknown", Actor.QICS),
        ("record-failed", Actor.QICS),
        ("exact-unavailable", Actor.NOBODY),
        ("name-truncated", Actor.NOBODY),
        ("a-code-of-a-later-release", Actor.QICS),
    ],
)
def test_each_problem_has_somebody_who_acts_on_it(code: str, actor: Actor) -> None:
    assert acts(code) is actor


def test_what_ends_by_itself_may_need_a_person_when_it_lasts() -> None:
    def uncertain(minutes: int) -> Actor:
        return acts("entry-uncertain", NOW - timedelta(minutes=minutes))

    assert (uncertain(59), uncertain(60)) == (Actor.NOBODY, Actor.YOU)
    assert acts("exact-unavailable", NOW - timedelta(days=2)) is Actor.NOBODY


def test_every_code_of_the_catalogue_has_somebody_who_acts_on_it() -> None:
    acted_on = {code: acts(code) for code in codes()}

    assert set(acted_on.values()) == set(Actor)


def test_who_reads_that_qics_has_to_act_reads_so_in_the_text() -> None:
    for code in codes():
        entered = entry(code)
        if acts(code) is Actor.QICS:
            assert "Qics (helpdesk)" in entered.text, code
        if acts(code) is Actor.NOBODY and entered.level != "warning":
            assert "hoef" in entered.cure, code


@pytest.mark.parametrize(
    ("subject", "code", "waits"),
    [
        ("invoice/1", "journal-unknown", True),
        ("inbox/acme/1.json", "message-unreadable", True),
        ("push/acme/1.json", "exact-request-refused", True),
        ("accounts/1", "record-failed", False),
        ("invoice/1", "debtor-not-found", False),
        ("invoice/1", "entry-uncertain", False),
    ],
)
def test_an_invoice_waits_for_qics_when_nobody_else_can_let_it_through(
    subject: str, code: str, *, waits: bool
) -> None:
    problem = Problem(ConnectionId("acme"), subject, code)

    assert holds_up_for_qics(problem, datetime(2026, 11, 26, tzinfo=UTC)) is waits


def test_of_a_code_that_is_not_known_it_is_not_known_whose_it_is() -> None:
    assert is_for_qics("journal-not-sales")
    assert not is_for_qics("debtor-not-found")
    assert not is_for_qics("")
