"""Who has to act on a problem, so that nobody looks for a button that is not his."""

from collections.abc import Mapping
from enum import StrEnum

from koppeling.core.catalogue import INTERNAL, NOTICE, codes, entry


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


# Whoever keeps the books acts on every other problem
NOT_BY_YOU: Mapping[Actor, frozenset[str]] = {
    Actor.ADMINISTRATOR: frozenset(
        {"exact-reconnect-needed", "exact-consent-expires-soon", "exact-connect-failed"}
        | {"exact-no-rights", "exact-division-not-accessible", "exact-division-blocked"}
        | {"exact-user-type-not-allowed", "milestones-reconnect-needed", "milestones-no-rights"}
    ),
    Actor.QICS: frozenset(
        {"journal-unknown", "journal-not-sales", "employee-number-not-numeric"}
        | {"inbox-without-connection"}
    ),
    Actor.NOBODY: frozenset(
        {"exact-unavailable", "exact-day-limit", "milestones-unavailable", "entry-uncertain"}
        | {"pdf-upload-failed", "inbox-not-taken-up"}
    ),
}


def actor_of(code: str) -> Actor:
    """Return who has to act; a code that a later release wrote is for Qics to explain."""
    for actor, named in NOT_BY_YOU.items():
        if code in named:
            return actor
    if code not in codes() or entry(code).level == INTERNAL:
        return Actor.QICS
    return Actor.NOBODY if entry(code).level == NOTICE else Actor.YOU
