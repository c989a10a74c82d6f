"""What the tasks need: the stores as far as an operator reads them, and the stack around them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from koppeling.auth.token_pair import ChainFacts, TokenKey
from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.problems import Problem
from koppeling.core.rate_limit import CallBudget
from koppeling.pull.cursor import PullState
from koppeling.pull.record import ParkedChange
from koppeling.push.outbox import OutboxItem


class Connections(Protocol):
    """The connections there are."""

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return one of them."""
        ...

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return what a tick has to know of each of them."""
        ...

    def all(self) -> Iterator[Connection]:
        """Return all of them."""
        ...

    def has_worked(self, connection: ConnectionId) -> bool:
        """Say whether anything was carried over for one."""
        ...

    def save(self, connection: Connection) -> None:
        """Write one as it is now."""
        ...

    def remove(self, connection: ConnectionId) -> None:
        """Forget the configuration of one."""
        ...


class Problems(Protocol):
    """What people have to mend."""

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return what is open."""
        ...


class Outbox(Protocol):
    """What is known of invoices."""

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return one of them."""
        ...

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return all of them."""
        ...


class Retries(Protocol):
    """Changes that wait."""

    def all(self, connection: ConnectionId, entity: str) -> list[ParkedChange]:
        """Return what is parked for an entity."""
        ...

    def make_due(
        self, connection: ConnectionId, entity: str, parked: ParkedChange, now: datetime
    ) -> bool:
        """Let one be tried at the next run, unless a run has dealt with it meanwhile."""
        ...


class States(Protocol):
    """Where pulls stand."""

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where one stands."""
        ...

    def at_work(self, connection: ConnectionId, now: datetime) -> list[str]:
        """Return the entities that a run is at work on."""
        ...


class Chains(Protocol):
    """What may be told of token chains."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what may be told of one, without opening it."""
        ...


class Budgets(Protocol):
    """What is known of calls to Exact."""

    def get(self, host: str, division: Division) -> CallBudget:
        """Return it for one administration."""
        ...


class Functions(Protocol):
    """The functions of the stack."""

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what a function returns
        """Invoke one by its logical name and return its answer."""
        ...


class Schedules(Protocol):
    """The schedules of the stack."""

    def input_of(self, name: str) -> str:
        """Return what one hands to its function."""
        ...


class Subscriptions(Protocol):
    """Who gets the warnings of which connections."""

    def known(self) -> Mapping[str, str]:
        """Return every address with its subscription, or that it is not confirmed."""
        ...

    def wanted(self, subscription: str) -> frozenset[str]:
        """Return the connections that a confirmed address hears of."""
        ...

    def subscribe(self, address: str, connections: Iterable[ConnectionId]) -> None:
        """Ask an address to confirm."""
        ...

    def change(self, subscription: str, connections: Iterable[ConnectionId]) -> None:
        """Let an address hear of these connections from now on."""
        ...

    def end(self, subscription: str) -> None:
        """Let an address hear of nothing any more."""
        ...


class Lying(Protocol):
    """One object in the inbox."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

    @property
    def size(self) -> int:
        """Its bytes."""
        ...

    @property
    def modified(self) -> datetime:
        """When it was put there."""
        ...


class Shelf(Protocol):
    """The inbox."""

    def lying(self, connection: ConnectionId) -> Iterator[Lying]:
        """Yield what lies there of a connection."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        ...

    def clear(self, connection: ConnectionId) -> int:
        """Remove everything of a connection, every version of it."""
        ...


class Queue(Protocol):
    """The queue of invoices."""

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue bodies, each with its delay in seconds."""
        ...


class Eraser(Protocol):
    """Removes a connection from the tables."""

    def erase(self, connection: ConnectionId) -> Mapping[str, int]:
        """Remove its items; returns how many of each kind."""
        ...

    def erase_division(self, host: str, division: Division) -> int:
        """Remove what is known of an administration."""
        ...

    def erase_chain(self, key: TokenKey) -> int:
        """Remove a chain of tokens."""
        ...


class Exporter(Protocol):
    """Reads everything of a connection."""

    def items(self, connection: ConnectionId) -> Iterator[Mapping[str, Any]]:
        """Yield every item."""
        ...
