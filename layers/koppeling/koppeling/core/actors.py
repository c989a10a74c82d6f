"""Who has to act on a problem, so that nobody looks for a button that is not his."""

from collections.abc import Mapping
from enum import StrEnum

from koppeling.core.catalogue import codes, entry


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


def actor_of(code: str) -> Actor:
    """Return who has to act; a code that a later release wrote is for Qics to explain."""
    return _ACTORS[entry(code).who] if code in codes() else Actor.QICS
