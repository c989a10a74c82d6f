"""Likely doubles of a connection, with what people chose about them."""

from collections.abc import Iterable
from functools import partial

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncStore, connection_key, write_if
from koppeling.core.ids import ConnectionId
from koppeling.pull.double_choices import DoubleChoice, KnownDouble
from koppeling.pull.doubles_facts import LikelyDouble

_PREFIX = "DOUBLE#"
_KNOWN = Codec(KnownDouble)


class DoubleStore(SyncStore):
    """Keeps one item per pair, for as long as the connection is there."""

    def of(self, connection: ConnectionId) -> list[KnownDouble]:
        found = self._query(connection, _PREFIX, consistent_read=True)
        return [_KNOWN.decode(item.data) for item in found]

    def find(self, connection: ConnectionId, doubles: Iterable[LikelyDouble]) -> None:
        """Keep new pairs; one that is known stays as it is, with its choice."""
        for double in doubles:
            data = _KNOWN.encode(KnownDouble(double))
            item = self._items(*self._key(connection, double), data=data)
            write_if(partial(item.save, condition=self._items.pk.does_not_exist()))

    def choose(
        self, connection: ConnectionId, known: KnownDouble, choice: DoubleChoice, who: str
    ) -> None:
        chosen = KnownDouble(known.double, choice, who, self._now())
        key = self._key(connection, known.double)
        self._items(*key, data=_KNOWN.encode(chosen)).save()

    def _key(self, connection: ConnectionId, double: LikelyDouble) -> tuple[str, str]:
        sort_key = f"{_PREFIX}{double.exact_code}#{double.milestones_id}"
        return connection_key(connection), sort_key
