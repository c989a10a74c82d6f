"""Status: how each connection does, from what is kept of it; no system is asked."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from koppeling.auth.token_pair import TokenKey
from koppeling.cli.configuration.fields import interval_of
from koppeling.cli.tasks.logins import Login, logins
from koppeling.cli.tasks.ports import (
    Budgets,
    Chains,
    Connections,
    Outbox,
    Problems,
    Retries,
    States,
)
from koppeling.core.catalogue import entry
from koppeling.core.connection import Connection
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.entities.registry import ENTITIES

ERROR_LEVELS = frozenset({"error", "internal"})


@dataclass(frozen=True, slots=True)
class EntityStatus:
    """Where one entity stands.

    `state` is `off`, `never`, `reading` (a first load or a long read goes on), `stopped` or
    `caught-up`; `trouble` the code of what stopped it; `looked_on` the day it was last at work.
    """

    name: str
    state: str
    trouble: str
    interval_minutes: int
    looked_on: date | None
    is_at_work: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Status:
    """How one connection does."""

    connection: Connection
    logins: tuple[Login, ...]
    entities: tuple[EntityStatus, ...]
    problems: Mapping[str, int]
    invoices: Mapping[str, int]
    calls_left: int | None
    calls_a_day: int | None

    @property
    def needs_attention(self) -> bool:
        """Say whether a person has to do something: a login, or something to mend."""
        return any(not login.works for login in self.logins) or any(
            level_of(code) in ERROR_LEVELS for code in self.problems
        )


@dataclass(frozen=True, slots=True)
class StatusStores:
    """The stores that a status is made of."""

    connections: Connections
    chains: Chains
    states: States
    retries: Retries
    problems: Problems
    outbox: Outbox
    budgets: Budgets


def status_of(
    connection: Connection, kept: StatusStores, keys: Mapping[str, TokenKey], now: datetime
) -> Status:
    """Return how a connection does at this moment."""
    at_work = kept.states.at_work(connection.id, now)
    budget = kept.budgets.get(connection.exact_host, connection.division)
    is_today = budget.day_resets_at is not None and budget.day_resets_at > now
    return Status(
        connection,
        tuple(logins(kept.chains, keys, now)),
        tuple(_entities(connection, kept, at_work)),
        Counter(problem.code for problem in kept.problems.opened(connection.id)),
        Counter(item.state.value for item in kept.outbox.all(connection.id)),
        budget.day_remaining if is_today else budget.day_limit,
        budget.day_limit,
    )


def level_of(code: str) -> str:
    """Return how much a code weighs; one that a later release wrote is taken for an error."""
    try:
        return entry(code).level
    except KeyError:
        return "error"


def _entities(
    connection: Connection, kept: StatusStores, at_work: list[str]
) -> Iterator[EntityStatus]:
    for name in ENTITIES:
        setting = connection.setting(name)
        pull = kept.states.peek(connection.id, name)
        yield EntityStatus(
            name,
            state=_state(pull) if setting.enabled else "off",
            trouble=pull.last_error or "",
            interval_minutes=interval_of(name, setting),
            looked_on=pull.division_checked_on,
            is_at_work=name in at_work,
            waiting=len(kept.retries.all(connection.id, name)),
        )


def _state(pull: PullState) -> str:
    if pull.last_error is not None:
        return "stopped"
    if pull.read_mode is not ReadMode.INCREMENTAL or any(
        feed.resume for feed in pull.feeds.values()
    ):
        return "reading"
    return "caught-up" if pull.feeds else "never"
