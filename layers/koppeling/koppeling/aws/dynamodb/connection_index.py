"""Which connections have something in common, without reading every connection.

Two things are looked up like this: the login of an OAuth user, and the address of a person. There
is one item per value and connection, in one partition for each. It is only a hint: whoever reads it
compares it with the configuration, which decides. So a hint may be one too many, and none may be
missing. It is written before the configuration and removed after it.
"""

import hashlib
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from koppeling.auth.token_keys import keys_of
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, find
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import same_mail

USERS = "CONNECTION-USERS"
PEOPLE = "CONNECTION-PEOPLE"
_COMPLETE = "COMPLETE"
# Enough that no two values share it; a value itself could be too long for a key, and shows
_DIGEST_LENGTH = 32


class ConnectionIndex(SyncStore):
    """Keeps the hints of one partition in SyncTable; `digests` are those of a connection."""

    def __init__(
        self,
        items: type[SyncItem],
        partition: str,
        digests: Callable[[Connection], Iterable[str]],
    ) -> None:
        super().__init__(items)
        self._partition = partition
        self._digests = digests
        self._seen_complete = False

    def connections_of(self, digest: str) -> list[ConnectionId]:
        """Return which connections may have a value, of those that are noted."""
        starts = self._items.sk.startswith(f"{digest}#")
        found = self._items.query(self._partition, starts, consistent_read=True)
        return [ConnectionId(item.owner) for item in found]

    @property
    def is_complete(self) -> bool:
        """Say whether every connection is noted; it stays so, and only that is remembered."""
        if not self._seen_complete:
            marked = find(self._items, self._partition, _COMPLETE, consistent_read=True)
            self._seen_complete = marked is not None
        return self._seen_complete

    def add(self, connection: Connection) -> None:
        """Note a connection under its values."""
        for digest in self._digests(connection):
            # An update, since the watch may put no item
            note = self._items(self._partition, _sort_key(digest, connection.id))
            self._update(note, [self._items.owner.set(connection.id)])

    def drop(self, before: Connection, after: Connection | None = None) -> None:
        """Forget the values that a connection does not have any more."""
        kept = set() if after is None else set(self._digests(after))
        for digest in self._digests(before):
            if digest not in kept:
                self._items(self._partition, _sort_key(digest, before.id)).delete()

    def known(self) -> set[str]:
        """Return what is noted, for `add_missing` and `mark_complete`."""
        noted = self._items.query(self._partition, attributes_to_get=["sk"])
        return {item.sk for item in noted}

    def add_missing(self, connection: Connection, known: AbstractSet[str]) -> bool:
        """Note a connection, such as one that an earlier release saved, unless it is known."""
        wanted = {_sort_key(digest, connection.id) for digest in self._digests(connection)}
        if wanted <= known:
            return False
        self.add(connection)
        return True

    def mark_complete(self, known: AbstractSet[str]) -> None:
        """Note that every connection is noted."""
        if _COMPLETE not in known:
            self._update(self._items(self._partition, _COMPLETE), [])


def user_digests(connection: Connection) -> list[str]:
    """Return the digests of the OAuth users of a connection."""
    return [user_digest(key) for key in keys_of(connection)]


def user_digest(key: TokenKey) -> str:
    """Return the digest of an OAuth user."""
    return _digest(f"{key.provider}\n{key.host}\n{key.user}")


def person_digests(connection: Connection) -> list[str]:
    """Return the digests of the people of a connection."""
    return [person_digest(person.mail) for person in connection.everybody]


def person_digest(mail: str) -> str:
    """Return the digest of an address, the same for each spelling of it."""
    return _digest(same_mail(mail))


def _sort_key(digest: str, connection: ConnectionId) -> str:
    return f"{digest}#{connection}"


def _digest(facts: str) -> str:
    return hashlib.sha256(facts.encode()).hexdigest()[:_DIGEST_LENGTH]
