"""Who has to act on a problem."""

import pytest

from koppeling.core.actors import Actor, actor_of
from koppeling.core.catalogue import codes, entry


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


def test_every_code_of_the_catalogue_has_somebody_who_acts_on_it() -> None:
    acted_on = {code: actor_of(code) for code in codes()}

    assert set(acted_on.values()) == set(Actor)


def test_who_reads_that_qics_has_to_act_reads_so_in_the_text() -> None:
    for code in codes():
        entered = entry(code)
        if actor_of(code) is Actor.QICS:
            assert "Qics (helpdesk)" in entered.text, code
        if actor_of(code) is Actor.NOBODY and entered.level != "warning":
            assert "hoef" in entered.cure, code
