"""Who has to act on a problem."""

import pytest

from koppeling.core.actors import NOT_BY_YOU, Actor, actor_of
from koppeling.core.catalogue import codes


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
    assert actor_of(code) is actor


def test_only_codes_of_the_catalogue_are_given_to_somebody() -> None:
    named = [code for codes_of_one in NOT_BY_YOU.values() for code in codes_of_one]

    assert set(named) <= codes()
    assert len(named) == len(set(named))
