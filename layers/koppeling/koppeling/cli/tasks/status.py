"""Status: how each connection does, from our own tables; neither system is called."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from koppeling.cli.configuration.fields import interval_of
from koppeling.cli.tasks.logins import Login, logins
from koppeling.core.catalogue import ERROR, INTERNAL, level_of
from koppeling.core.connection import Connection
from koppeling.core.problems import OPERATOR
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.entities.registry import ENTITIES

if TYPE_CHECKING:
    from koppeling.bootstrap.stores import Stores
    from koppeling.cli.stack import Stack

ERROR_LEVELS = frozenset({ERROR, INTERNAL})


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
    """How one connection does; `errors` is how many of its problems need a person.

    `exact_fails_since` is when an outage of Exact began. `unreachable` are the addresses of its
    people that are not written to any more, each with why.
    """

    connection: Connection
    logins: tuple[Login, ...]
    entities: tuple[EntityStatus, ...]
    problems: Mapping[str, int]
    invoices: Mapping[str, int]
    calls_left: int | None
    calls_a_day: int | None
    errors: int
    exact_fails_since: datetime | None = None
    unreachable: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_attention(self) -> bool:
        """Say whether a person has to do something: a login, or something to mend."""
        return self.errors > 0 or any(not login.works for login in self.logins)


def status_of(stack: "Stack", connection: Connection) -> Status:
    """Return how a connection does now."""
    now, stores = stack.now(), stack.stores
    budget = stores.budgets.get(connection.exact_host, connection.division)
    problems = list(stores.problems.opened(connection.id))
    is_today = budget.day_resets_at is not None and budget.day_resets_at > now
    return Status(
        connection,
        tuple(logins(stack, connection)),
        tuple(_entities(stores, connection, stores.pulls.at_work(connection.id, now))),
        Counter(problem.code for problem in problems),
        Counter(item.state.value for item in stores.outbox.all(connection.id)),
        budget.day_remaining if is_today else budget.day_limit,
        budget.day_limit,
        sum(level_of(problem, now) in ERROR_LEVELS for problem in problems),
        stores.outages.get(connection.exact_host).since,
        _unreachable(stack, connection),
    )


def _unreachable(stack: "Stack", connection: Connection) -> Mapping[str, str]:
    addresses = stack.wiring.mails.addresses
    found = ((each.mail, addresses.trouble_of(each.mail)) for each in connection.everybody)
    return {mail: trouble.why for mail, trouble in found if trouble is not None}


def operator_problems(stack: "Stack") -> Mapping[str, int]:
    """Return how many problems belong to no connection, by their code."""
    return Counter(problem.code for problem in stack.stores.problems.opened(OPERATOR))


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
