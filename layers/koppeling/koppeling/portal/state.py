"""The state of a connection in one sentence: of all that is so, what is worst."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koppeling.core.actors import Actor, actor_of
from koppeling.core.catalogue import ERROR, WARNING, level_of
from koppeling.core.connection import Connection
from koppeling.core.problems import Problem, number_in
from koppeling.portal.logins import EXACT, MILESTONES, LoginStanding, login_states
from koppeling.portal.menu import CONNECTION, DATA, FIRST_LOAD, TODO
from koppeling.pull.rounds import RoundState, RoundTimes

_DAY_LIMIT = "exact-day-limit"
_UNAVAILABLE = {EXACT: "exact-unavailable", MILESTONES: "milestones-unavailable"}


_PEOPLE = frozenset({Actor.YOU, Actor.ADMINISTRATOR})


class StateKind(StrEnum):
    """What the sentence says, worst first."""

    RECONNECT_EXACT = "reconnect-exact"
    RECONNECT_MILESTONES = "reconnect-milestones"
    NOT_STARTED = "not-started"
    PAUSED = "paused"
    EXACT_SILENT = "exact-silent"
    MILESTONES_SILENT = "milestones-silent"
    INVOICES_WAIT = "invoices-wait"
    ERRORS_WAIT = "errors-wait"
    ALL_OFF = "all-off"
    FIRST_LOAD = "first-load"
    STANDS_STILL = "stands-still"
    WARNINGS_WAIT = "warnings-wait"
    WITH_QICS = "with-qics"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class StateOfConnection:
    """The sentence, how many it is about, the page that leads to the cure, and the last rounds."""

    kind: StateKind
    count: int = 0
    leads_to: str = ""
    last: datetime | None = None
    next: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is open, counted, and the systems whose login has ended."""

    codes: frozenset[str]
    ended: frozenset[str]
    invoices: int = 0
    errors: int = 0
    warnings: int = 0
    with_qics: int = 0
    errors_with_qics: int = 0


def state_of(
    connection: Connection,
    problems: Sequence[Problem],
    rounds: Mapping[str, RoundTimes],
    now: datetime,
) -> StateOfConnection:
    """Return the state of a connection."""
    seen = _seen(connection, problems, rounds, now)
    states = {each.state for each in rounds.values()}
    last = max((each.last for each in rounds.values() if each.last), default=None)
    following = min((each.next for each in rounds.values() if each.next), default=None)
    kind, count, leads_to = _worst(connection, seen, states)
    return StateOfConnection(kind, count, leads_to, last, following)


def invoices_for_people(problems: Iterable[Problem], now: datetime) -> frozenset[str]:
    """Return the numbers of the invoices that wait for people of the connection, of any month."""
    waits = (each for each in problems if actor_of(each, now) in _PEOPLE)
    errors = (each for each in waits if level_of(each, now) == ERROR)
    return frozenset(number for each in errors if (number := number_in(each.subject)) is not None)


def _worst(
    connection: Connection, seen: _Seen, states: set[RoundState]
) -> tuple[StateKind, int, str]:
    # What stands still for a mistake of ours is told by that mistake
    stands_still = _DAY_LIMIT in seen.codes or (RoundState.STOPPED in states and not seen.with_qics)
    is_new = bool(states & {RoundState.NEVER}) and not states & {RoundState.RUNNING}
    candidates = (
        (EXACT in seen.ended, StateKind.RECONNECT_EXACT, 0, CONNECTION),
        (MILESTONES in seen.ended, StateKind.RECONNECT_MILESTONES, 0, CONNECTION),
        (not connection.started, StateKind.NOT_STARTED, 0, FIRST_LOAD),
        (connection.paused, StateKind.PAUSED, 0, ""),
        (_UNAVAILABLE[EXACT] in seen.codes, StateKind.EXACT_SILENT, 0, ""),
        (_UNAVAILABLE[MILESTONES] in seen.codes, StateKind.MILESTONES_SILENT, 0, ""),
        (seen.invoices > 0, StateKind.INVOICES_WAIT, seen.invoices, TODO),
        (seen.errors > 0, StateKind.ERRORS_WAIT, seen.errors, TODO),
        (states == {RoundState.OFF}, StateKind.ALL_OFF, 0, ""),
        (is_new, StateKind.FIRST_LOAD, 0, FIRST_LOAD),
        (seen.errors_with_qics > 0, StateKind.WITH_QICS, seen.with_qics, TODO),
        (stands_still, StateKind.STANDS_STILL, 0, DATA),
        (seen.warnings > 0, StateKind.WARNINGS_WAIT, seen.warnings, TODO),
        (seen.with_qics > 0, StateKind.WITH_QICS, seen.with_qics, TODO),
    )
    for is_so, kind, count, leads_to in candidates:
        if is_so:
            return kind, count, leads_to
    return StateKind.RUNNING, 0, ""


def _seen(
    connection: Connection,
    problems: Sequence[Problem],
    rounds: Mapping[str, RoundTimes],
    now: datetime,
) -> _Seen:
    logins = login_states(connection, problems)
    for_people = [each for each in problems if actor_of(each, now) in _PEOPLE]
    errors = [each for each in for_people if level_of(each, now) == ERROR]
    with_qics = [each for each in problems if actor_of(each, now) is Actor.QICS]
    # A round that stopped tells of an outage before that is long enough to be a problem
    stopped = (each.code for each in rounds.values())
    return _Seen(
        frozenset((*(each.code for each in problems), *stopped)),
        frozenset(each.provider for each in logins if each.standing is LoginStanding.ENDED),
        len(invoices_for_people(problems, now)),
        len(errors),
        sum(level_of(each, now) == WARNING for each in for_people),
        len(with_qics),
        sum(level_of(each, now) == ERROR for each in with_qics),
    )
