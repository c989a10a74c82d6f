"""What waits, grouped by cause, and what a person can do about each problem (Te doen)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koppeling.core.actors import Actor, actor_of
from koppeling.core.catalogue import ERROR, INTERNAL, NOTICE, WARNING, level_of
from koppeling.core.problems import ENTRY_GONE, Problem, invoice_of, number_in
from koppeling.pull.double_choices import UNDECIDED
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.record_problems import STRAYS
from koppeling.push.missing_numbers import NOT_OFFERED
from koppeling.push.sales_entry import DIFFERS

# What is worst comes first; a mistake of ours needs nobody here, so it follows what does
_ORDER = {ERROR: 0, WARNING: 1, INTERNAL: 2, NOTICE: 3}
# Nobody leaves these as they are: the link is still finding out, or a double must be taken away
_NOT_TO_SKIP = frozenset({"entry-uncertain", "pdf-upload-failed", DIFFERS})


class Cure(StrEnum):
    """What ends a problem from here.

    `offer`: offer the record, invoice or document again. `agree`: a list is right although it
    shrank. `pull`: fetch the entity again. `connect`: log in again. `choose`: say whether two
    customers are one. `none`: it ends by itself, or outside the link.
    """

    OFFER = "offer"
    AGREE = "agree"
    PULL = "pull"
    CONNECT = "connect"
    CHOOSE = "choose"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Open problems with one cause, the oldest first.

    `actor` has to act on the oldest, and `offerable` of them can be offered again together.
    """

    code: str
    level: str
    members: tuple[Problem, ...]
    actor: Actor
    offerable: int

    @property
    def since(self) -> datetime | None:
        """Since when the oldest waits; None for one of an earlier release."""
        return self.members[0].since

    @property
    def is_notice(self) -> bool:
        """Say whether it only tells something."""
        return self.level == NOTICE


def groups_of(problems: Iterable[Problem], now: datetime) -> list[ProblemGroup]:
    """Return open problems by cause: errors first, then what waits longest."""
    by_code: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_code[problem.code].append(problem)
    found = [_group(code, members, now) for code, members in by_code.items()]
    return sorted(found, key=lambda group: (_ORDER.get(group.level, 0), _age(group.members[0])))


def waiting_for_people(problems: Iterable[Problem], now: datetime) -> int:
    """Return how many problems somebody has to act on: the number in the menu."""
    return sum(
        level_of(each, now) in {ERROR, WARNING} and actor_of(each, now) is not Actor.NOBODY
        for each in problems
    )


def cure_of(problem: Problem, now: datetime) -> Cure:
    """Return what a button here does about a problem."""
    kind = problem.subject.partition("/")[0]
    if actor_of(problem, now) is Actor.NOBODY:
        return Cure.NONE
    if kind == "login" or problem.code.endswith("-reconnect-needed"):
        return Cure.CONNECT
    if problem.code == UNDECIDED:
        return Cure.CHOOSE
    if kind in ENTITIES:
        return _cure_of_entity(problem)
    return _cure_of_invoice(problem)


def _cure_of_invoice(problem: Problem) -> Cure:
    """Return what is done about an invoice, its entry or its document."""
    is_document = problem.subject.startswith(("push/", "inbox/"))
    is_own = invoice_of(problem.subject) is not None and problem.code != DIFFERS
    return Cure.OFFER if is_document or is_own or problem.code == ENTRY_GONE else Cure.NONE


def _cure_of_entity(problem: Problem) -> Cure:
    """Return what is done about a record, or about all of an entity."""
    rest = problem.subject.partition("/")[2]
    if rest == "connection":
        return Cure.PULL
    if rest.endswith("/list"):
        return Cure.AGREE
    # A notice of a record ends when the record is mended; only the record itself is kept to offer
    return Cure.NONE if "/" in rest or rest == STRAYS else Cure.OFFER


def is_offered_together(problem: Problem, now: datetime) -> bool:
    """Say whether it is offered with its group; an entry that is gone is booked again by name."""
    return cure_of(problem, now) is Cure.OFFER and problem.code != ENTRY_GONE


def may_be_skipped(problem: Problem) -> bool:
    """Say whether a person may leave an invoice as it is."""
    number = number_in(problem.subject)
    is_left = invoice_of(problem.subject) is not None or problem.code == ENTRY_GONE
    return number is not None and is_left and problem.code not in _NOT_TO_SKIP


def excusable(problem: Problem) -> str:
    """Return the numbers of which a person may say that they are no invoice; mostly none."""
    return problem.values.get("numbers", "") if problem.code == NOT_OFFERED else ""


def may_be_agreed(problem: Problem) -> bool:
    """Say whether a person may agree with an entry that differs from its invoice."""
    return problem.code == DIFFERS


def list_mark(problem: Problem) -> str:
    """Return how much a list shrank, as a mark of what a person saw; empty for anything else."""
    numbers = (problem.values.get(name, "") for name in ("before", "after"))
    return ">".join(numbers) if is_about_a_list(problem.subject) else ""


def is_about_a_list(subject: str) -> bool:
    """Say whether a problem is that a whole list is not as it was."""
    kind, _, rest = subject.partition("/")
    return kind in ENTITIES and rest.endswith("/list")


def _group(code: str, members: list[Problem], now: datetime) -> ProblemGroup:
    levels = {level_of(each, now) for each in members}
    level = min(levels, key=lambda each: _ORDER.get(each, 0))
    oldest_first = tuple(sorted(members, key=_age))
    offerable = sum(is_offered_together(each, now) for each in members)
    return ProblemGroup(code, level, oldest_first, actor_of(oldest_first[0], now), offerable)


def _age(problem: Problem) -> tuple[float, str]:
    """Return what sorts the oldest first; without a moment it is from before we kept one."""
    return (0.0 if problem.since is None else problem.since.timestamp(), problem.subject)
