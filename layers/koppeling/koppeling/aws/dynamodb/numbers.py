"""What is known of the numbers that QicsMilestones gave out: one small item for each connection."""

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, find
from koppeling.core.ids import ConnectionId
from koppeling.push.number_state import NumberState
from koppeling.push.outbox import Conflict

_STATE = Codec(NumberState, aside=["version"], without_defaults=True)
_SORT_KEY = "NUMBERS"


class NumberStateStore(SyncStore):
    """Keeps it by updates, since the pages and the watch may put no item."""

    def read(self, connection: ConnectionId, *, surely: bool = False) -> NumberState:
        item = self._item(connection)
        # What may lag behind has half the price: who writes must have read the newest version
        found = find(self._items, item.pk, item.sk, consistent_read=surely)
        if found is None:
            return NumberState()
        return _STATE.decode(found.data, version=int(found.version or 0))

    def save(self, connection: ConnectionId, before: NumberState, after: NumberState) -> None:
        actions = [
            self._items.data.set(_STATE.encode(after)),
            self._items.version.set(before.version + 1),
        ]
        version = self._items.version
        as_read = version == before.version if before.version else version.does_not_exist()
        if not self._update(self._item(connection), actions, as_read):
            raise Conflict("the numbers are not as they were")

    def _item(self, connection: ConnectionId) -> SyncItem:
        return self._items(connection_key(connection), _SORT_KEY)
