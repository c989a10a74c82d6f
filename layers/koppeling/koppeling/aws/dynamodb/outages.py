"""What all functions of a stack know of an outage of Exact: one item per host."""

from dataclasses import replace

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncStore, find, host_key, new_mark
from koppeling.core.outage import Outage

_OUTAGE = Codec(Outage, aside=["mark"])
_SORT_KEY = "OUTAGE"


class OutageStore(SyncStore):
    """Keeps the outage of each host; it is written only on what was read."""

    def get(self, host: str, *, newest: bool = False) -> Outage:
        item = find(self._items, host_key(host), _SORT_KEY, consistent_read=newest)
        return Outage() if item is None else _OUTAGE.decode(item.data, mark=item.mark or "")

    def save(self, host: str, outage: Outage) -> Outage | None:
        mark = new_mark()
        actions = [
            self._items.data.set(_OUTAGE.encode(outage)),
            self._items.mark.set(mark),
        ]
        item = self._items(host_key(host), _SORT_KEY)
        written = self._update(item, actions, self._as_read(outage.mark))
        return replace(outage, mark=mark) if written else None
