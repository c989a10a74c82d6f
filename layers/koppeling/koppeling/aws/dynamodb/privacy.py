"""Erasing and exporting everything that the tables hold of one connection (S13)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pynamodb.expressions.condition import Condition

from koppeling.auth.token_keys import present_key
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.connection_index import PEOPLE, USERS
from koppeling.aws.dynamodb.connections import CONFIG, PARTITION
from koppeling.aws.dynamodb.intake_keys import intake_key
from koppeling.aws.dynamodb.mail_rounds import DUE
from koppeling.aws.dynamodb.table import (
    SyncItem,
    SyncStore,
    TokenItem,
    connection_key,
    division_key,
)
from koppeling.aws.dynamodb.webhooks import DIVISIONS, EARLY_TICKS
from koppeling.core.ids import ConnectionId, Division


class TableEraser:
    """Deletes for good: only a backup of the tables can bring an item back."""

    def __init__(self, items: type[SyncItem], tokens: type[TokenItem]) -> None:
        self._items = items
        self._tokens = tokens

    def erase(self, connection: ConnectionId) -> Mapping[str, int]:
        """Delete a connection's partition and its listing; returns how many items of each kind.

        The configuration goes last, so that an interrupted erasure can be repeated.
        """
        partition = connection_key(connection)
        removed = self._delete(partition, keep=CONFIG)
        removed["KEY"] += self._delete(intake_key(connection)).total()
        for pk, sk in ((PARTITION, connection), (partition, CONFIG)):
            removed[CONFIG] += self._delete(pk, self._items.sk == sk).total()
        for index in (USERS, PEOPLE, DUE, DIVISIONS, EARLY_TICKS):
            self._delete(index, filtered=self._items.owner == connection)
        return {kind: count for kind, count in removed.items() if count}

    def erase_division(self, host: str, division: Division) -> int:
        """Delete what is known of an administration, once no connection uses it any more."""
        return self._delete(division_key(host, division)).total()

    def erase_chain(self, key: TokenKey) -> int:
        """Delete a token chain without decrypting it; returns how many items there were.

        The item is found by its attributes: only the token store knows how its key is built.
        """
        is_of_user = (self._tokens.provider == key.provider) & (self._tokens.oauth_user == key.user)
        named = self._tokens.scan(is_of_user, attributes_to_get=["pk", "host"])
        # What the release before kept of the same chain goes as well
        found = [each for each in named if present_key(replace(key, host=each.host)) == key]
        for item in found:
            item.delete()
        return len(found)

    def _delete(
        self,
        partition: str,
        which: Condition | None = None,
        *,
        keep: str = "",
        filtered: Condition | None = None,
    ) -> Counter[str]:
        """Delete the items of a partition but one; returns how many of each kind."""
        deleted: Counter[str] = Counter()
        keys = ["pk", "sk"]
        found = self._items.query(
            partition, which, filtered, consistent_read=True, attributes_to_get=keys
        )
        with self._items.batch_write() as batch:
            for item in found:
                if item.sk != keep:
                    batch.delete(item)
                    deleted[item.sk.partition("#")[0]] += 1
        return deleted


class TableExporter(SyncStore):
    """Reads a connection's partition from end to end."""

    def items(self, connection: ConnectionId) -> Iterator[Mapping[str, Any]]:
        """Yield every item; the secrets are in the other table (S2)."""
        for partition in (connection_key(connection), intake_key(connection)):
            for item in self._items.query(partition, consistent_read=True):
                yield {name: value for name, value in item.attribute_values.items() if name != "pk"}
