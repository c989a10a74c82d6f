"""Who has to act on a problem, so that nobody looks for a button that is not his."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from koppeling.core.catalogue import ERROR, INTERNAL, codes, entry, level_of
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


# How subjects begin of what holds up an invoice: itself, its document, its delivery
_OF_INVOICES = ("invoice/", "inbox/", "push/")


def is_for_qics(code: str) -> bool:
    """Say whether only Qics can end what a code tells of."""
    return code in codes() and _ACTORS[entry(code).who] is Actor.QICS


def holds_up_for_qics(problem: Problem, now: datetime) -> bool:
    """Say whether an invoice waits until Qics has done something, whatever its customer does."""
    is_of_invoice = problem.subject.startswith(_OF_INVOICES)
    is_serious = level_of(problem, now) in {ERROR, INTERNAL}
    return is_of_invoice and is_serious and actor_of(problem, now) is Actor.QICS


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
