"""OAuth users: which connections use the login of one, without reading every connection.

One item per user and connection, in one partition. It is only a hint: whoever reads it compares it
with the configuration, which decides. So a hint may be one too many, and none may be missing. It is
written before the configuration and removed after it.
"""

import hashlib
from collections.abc import Iterable, Iterator

from koppeling.auth.token_keys import keys_of
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.table import SyncStore, find
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

USERS = "CONNECTION-USERS"
_COMPLETE = "COMPLETE"
# Enough that no two users share it; the name of a user in a key could be too long, and shows
_DIGEST_LENGTH = 32


class UserIndex(SyncStore):
    """Keeps the hints in SyncTable."""

    _seen_complete = False

    def connections_of(self, key: TokenKey) -> list[ConnectionId] | None:
        """Return which connections may use a chain; None before the index is complete."""
        if not self._is_complete():
            return None
        starts = self._items.sk.startswith(f"{_digest(key)}#")
        found = self._items.query(USERS, starts, consistent_read=True)
        return [ConnectionId(item.owner) for item in found]

    def add(self, connection: Connection) -> None:
        """Note which logins a connection uses."""
        for key in keys_of(connection):
            # An update, since the watch may put no item
            note = self._items(USERS, _sort_key(key, connection.id))
            self._update(note, [self._items.owner.set(connection.id)])

    def drop(self, before: Connection, after: Connection | None = None) -> None:
        """Forget the logins that a connection does not use any more."""
        kept = set() if after is None else set(keys_of(after))
        for key in keys_of(before):
            if key not in kept:
                self._items(USERS, _sort_key(key, before.id)).delete()

    def complete(self, connections: Iterable[Connection]) -> int:
        """Note what is missing, such as for what an earlier release saved; returns how much."""
        known, added = set(self._known()), 0
        for connection in connections:
            wanted = {_sort_key(key, connection.id) for key in keys_of(connection)}
            if not wanted <= known:
                self.add(connection)
                added += 1
        if _COMPLETE not in known:
            self._update(self._items(USERS, _COMPLETE), [])
        return added

    def _known(self) -> Iterator[str]:
        for item in self._items.query(USERS, attributes_to_get=["sk"]):
            yield item.sk

    def _is_complete(self) -> bool:
        """Say whether every connection is noted; it stays so, and only that is remembered."""
        if not self._seen_complete:
            marked = find(self._items, USERS, _COMPLETE, consistent_read=True)
            self._seen_complete = marked is not None
        return self._seen_complete


def _sort_key(key: TokenKey, connection: ConnectionId) -> str:
    return f"{_digest(key)}#{connection}"


def _digest(key: TokenKey) -> str:
    facts = f"{key.provider}\n{key.host}\n{key.user}"
    return hashlib.sha256(facts.encode()).hexdigest()[:_DIGEST_LENGTH]
