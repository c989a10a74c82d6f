"""Erasing: everything that SyncTable and TokensTable hold of one connection (S13)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.connections import CONFIG, PARTITION
from koppeling.aws.dynamodb.table import SyncItem, TokenItem, connection_key, division_key
from koppeling.core.ids import ConnectionId, Division


class TableEraser:
    """Removes for good; what it removed can only come back from a backup of the tables."""

    def __init__(self, items: type[SyncItem], tokens: type[TokenItem]) -> None:
        self._items = items
        self._tokens = tokens

    def erase(self, connection: ConnectionId) -> Mapping[str, int]:
        """Remove a connection's partition and its listing; returns how many items of each kind.

        Its configuration goes last, so that an erasure that was broken off can be done again.
        """
        removed: Counter[str] = Counter()
        partition = connection_key(connection)
        with self._items.batch_write() as batch:
            for item in self._items.query(
                partition, consistent_read=True, attributes_to_get=["pk", "sk"]
            ):
                if item.sk != CONFIG:
                    batch.delete(item)
                    removed[item.sk.partition("#")[0]] += 1
        for pk, sk in ((PARTITION, connection), (partition, CONFIG)):
            removed[CONFIG] += self._remove(pk, sk)
        return {kind: count for kind, count in removed.items() if count}

    def erase_division(self, host: str, division: Division) -> int:
        """Remove what is known of an administration, once no connection uses it any more."""
        partition = division_key(host, division)
        found = list(self._items.query(partition, attributes_to_get=["pk", "sk"]))
        with self._items.batch_write() as batch:
            for item in found:
                batch.delete(item)
        return len(found)

    def erase_chain(self, key: TokenKey) -> int:
        """Remove a chain of tokens, which is never opened for that; returns whether it was there.

        It is looked for by what it is of, not by a key made here: the store of tokens alone knows
        how those are built.
        """
        mine = (
            (self._tokens.provider == key.provider)
            & (self._tokens.oauth_user == key.user)
            & (self._tokens.host == key.host)
        )
        found = list(self._tokens.scan(mine, attributes_to_get=["pk"]))
        for item in found:
            item.delete()
        return len(found)

    def _remove(self, pk: str, sk: str) -> int:
        found = list(self._items.query(pk, self._items.sk == sk, consistent_read=True))
        for item in found:
            item.delete()
        return len(found)


class TableExporter:
    """Reads a connection's partition from end to end."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def items(self, connection: ConnectionId) -> Iterator[Mapping[str, Any]]:
        """Yield every item; secrets stand in another table and are never among them (S2)."""
        for item in self._items.query(connection_key(connection), consistent_read=True):
            yield {name: value for name, value in item.attribute_values.items() if name != "pk"}
