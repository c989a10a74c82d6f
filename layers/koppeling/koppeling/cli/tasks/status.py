"""Status: how each connection does, from our own tables; neither system is called."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from koppeling.cli.configuration.fields import interval_of
from koppeling.cli.tasks.logins import Login, logins
from koppeling.core.catalogue import entry
from koppeling.core.connection import Connection
from koppeling.core.problems import OPERATOR
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.entities.registry import ENTITIES

if TYPE_CHECKING:
    from koppeling.bootstrap.stores import Stores
    from koppeling.cli.stack import Stack

ERROR_LEVELS = frozenset({"error", "internal"})


@dataclass(frozen=True, slots=True)
class EntityStatus:
    """How far one entity is.

    `state` is `off`, `never`, `reading` (a first load or a long read goes on), `stopped` or
    `caught-up`; `trouble` is the code of what stopped it; `looked_on` the day of its last run.
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


def status_of(stack: "Stack", connection: Connection) -> Status:
    """Return how a connection does now."""
    now, stores = stack.now(), stack.stores
    budget = stores.budgets.get(connection.exact_host, connection.division)
    is_today = budget.day_resets_at is not None and budget.day_resets_at > now
    return Status(
        connection,
        tuple(logins(stack, connection)),
        tuple(_entities(stores, connection, stores.pulls.at_work(connection.id, now))),
        Counter(problem.code for problem in stores.problems.opened(connection.id)),
        Counter(item.state.value for item in stores.outbox.all(connection.id)),
        budget.day_remaining if is_today else budget.day_limit,
        budget.day_limit,
    )


def operator_problems(stack: "Stack") -> Mapping[str, int]:
    """Return how many problems belong to no connection, by their code."""
    return Counter(problem.code for problem in stack.stores.problems.opened(OPERATOR))


def level_of(code: str) -> str:
    """Return the level of a code; one that a later release wrote counts as an error."""
    try:
        return entry(code).level
    except KeyError:
        return "error"


def _entities(
    stores: "Stores", connection: Connection, at_work: list[str]
) -> Iterator[EntityStatus]:
    for name in ENTITIES:
        setting = connection.setting(name)
        pull = stores.pulls.peek(connection.id, name)
        yield EntityStatus(
            name,
            state=_state(pull) if setting.enabled else "off",
            trouble=pull.last_error or "",
            interval_minutes=interval_of(name, setting),
            looked_on=pull.division_checked_on,
            is_at_work=name in at_work,
            waiting=len(stores.retries.all(connection.id, name)),
        )


def _state(pull: PullState) -> str:
    if pull.last_error is not None:
        return "stopped"
    if pull.read_mode is not ReadMode.INCREMENTAL or any(
        feed.resume for feed in pull.feeds.values()
    ):
        return "reading"
    return "caught-up" if pull.feeds else "never"
