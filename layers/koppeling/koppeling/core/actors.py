"""Who has to act on a problem, so that nobody looks for a button that is not his."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from koppeling.core.catalogue import ERROR, codes, entry, level_of
from koppeling.core.problems import Problem


class Actor(StrEnum):
    """Who ends a problem.

    `you`: whoever keeps the books. `administrator`: who gives rights and consent in Exact Online or
    QicsMilestones. `qics`: only Qics can set it, or it is a mistake of ours. `nobody`: it ends by
    itself, or nothing has to be done.
    """

    YOU = "you"
    ADMINISTRATOR = "administrator"
    QICS = "qics"
    NOBODY = "nobody"


# By the word of the catalogue for who has to act
_ACTORS: Mapping[str, Actor] = {
    "bookkeeper": Actor.YOU,
    "milestones": Actor.YOU,
    "login": Actor.ADMINISTRATOR,
    "exact": Actor.ADMINISTRATOR,
    "rights": Actor.ADMINISTRATOR,
    "qics": Actor.QICS,
    "nobody": Actor.NOBODY,
}


def actor_of(problem: Problem, now: datetime) -> Actor:
    """Return who has to act on an open problem.

    What ends by itself may need a person when it lasts. A code that a later release wrote is for
    Qics to explain.
    """
    if problem.code not in codes():
        return Actor.QICS
    found = entry(problem.code)
    is_late = found.late_who and level_of(problem, now) == ERROR
    return _ACTORS[found.late_who if is_late else found.who]
