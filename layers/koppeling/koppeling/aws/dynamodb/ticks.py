"""The last tick of each entity: one small item for each, in one partition."""

from collections.abc import Mapping
from datetime import datetime

from koppeling.aws.dynamodb.table import SyncStore

PARTITION = "TICKS"


class TickStore(SyncStore):
    """Keeps ticks in SyncTable."""

    def note(self, entity: str, at: datetime) -> None:
        self._update(self._items(PARTITION, entity), [self._items.data.set({"at": at.isoformat()})])

    def expect(self, entity: str, since: datetime) -> None:
        self._update(
            self._items(PARTITION, entity),
            [self._items.data.set({"at": since.isoformat()})],
            self._items.pk.does_not_exist(),
        )

    def last(self) -> Mapping[str, datetime]:
        return {
            item.sk: datetime.fromisoformat(item.data["at"])
            for item in self._items.query(PARTITION)
        }
