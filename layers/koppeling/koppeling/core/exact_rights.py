"""Rights in Exact: which calls a connection makes, and the right that each needs (X32, X33)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from koppeling.core.connection import Connection

READ, CREATE = "GET", "POST"
# The names of rights as a Dutch administrator of Exact sees them
RELATIONS = "Relaties bekijken"
MASTER_DATA = "Financiële stamgegevens bekijken"
ANY_DATA = "Bekijken administratie gegevens"


def always(_connection: Connection) -> bool:
    """Say yes: every connection makes this call."""
    return True


@dataclass(frozen=True, slots=True)
class ExactCall:
    """A call that the link makes to Exact.

    `entity` is the word for the records of the endpoint, `right` the name of the right to them,
    and `is_made` says whether a connection makes the call.
    """

    entity: str
    endpoint: str
    right: str
    action: str = READ
    is_made: Callable[[Connection], bool] = always


class ExactRights:
    """The calls of every part of the link. When two name one endpoint, the last one counts."""

    def __init__(self, calls: Iterable[ExactCall]) -> None:
        self._calls = tuple(calls)
        self._entities = {_resource(call.endpoint): call.entity for call in self._calls}
        self._rights = {call.entity: call.right for call in self._calls}
        written = (call for call in self._calls if call.action == CREATE)
        self._written = {_resource(call.endpoint) for call in written}

    def needed_by(self, connection: Connection) -> Iterator[ExactCall]:
        """Yield the calls that a connection makes, each endpoint and action once."""
        made: dict[tuple[str, str], ExactCall] = {}
        for call in self._calls:
            if call.is_made(connection):
                made.setdefault((call.endpoint, call.action), call)
        yield from made.values()

    def entity_of(self, endpoint: str) -> str:
        """Return the word for the records of an endpoint; without one, the endpoint itself."""
        return self._entities.get(_resource(endpoint), endpoint)

    def is_written(self, endpoint: str) -> bool:
        """Say whether the link also creates records on an endpoint."""
        return _resource(endpoint) in self._written

    def right_of(self, entity: str) -> str:
        """Return the name of the right to an entity."""
        return self._rights.get(entity, ANY_DATA)


def _resource(endpoint: str) -> str:
    return endpoint.rpartition("/")[2].lower()
