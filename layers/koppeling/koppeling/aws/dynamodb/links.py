"""Links: which record of Exact a record of QicsMilestones is linked with, by its key there."""

from collections.abc import Mapping

from koppeling.aws.dynamodb.table import SyncStore, connection_key, find
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId


class LinkStore(SyncStore):
    """Keeps one item per linked record of QicsMilestones; a conditional write keeps it unique."""

    def take(
        self,
        connection: ConnectionId,
        entity: str,
        key: MilestonesId,
        exact_id: ExactId,
        *,
        instead_of: ExactId | None = None,
    ) -> bool:
        item = self._items(connection_key(connection), _sort_key(entity, key))
        owner = self._items.owner
        is_free = owner.does_not_exist() | (owner == exact_id)
        wanted = is_free if instead_of is None else is_free | (owner == instead_of)
        return self._update(item, [owner.set(exact_id)], wanted)

    def owner(self, connection: ConnectionId, entity: str, key: MilestonesId) -> ExactId | None:
        where = (connection_key(connection), _sort_key(entity, key))
        item = find(self._items, *where, consistent_read=True)
        return None if item is None else ExactId(item.owner)

    def any(self, connection: ConnectionId, entity: str) -> bool:
        found = self._query(connection, _sort_key(entity, MilestonesId("")), limit=1)
        return next(iter(found), None) is not None

    def note(
        self, connection: ConnectionId, entity: str, links: Mapping[MilestonesId, ExactId]
    ) -> None:
        with self._items.batch_write() as batch:
            for key, exact_id in links.items():
                sort_key = _sort_key(entity, key)
                batch.save(self._items(connection_key(connection), sort_key, owner=exact_id))

    def is_complete(self, connection: ConnectionId, entity: str) -> bool:
        return find(self._items, connection_key(connection), _complete(entity)) is not None

    def mark_complete(self, connection: ConnectionId, entity: str) -> None:
        self._items(connection_key(connection), _complete(entity)).save()


def _sort_key(entity: str, key: MilestonesId) -> str:
    return f"LINK#{entity}#{key}"


def _complete(entity: str) -> str:
    return f"LINKS#{entity}"
