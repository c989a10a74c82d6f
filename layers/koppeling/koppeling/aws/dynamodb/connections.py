"""Connections: which customers there are, and what each of them chose."""

from collections.abc import Iterable, Iterator

from koppeling.auth.token_keys import keys_of
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.connection_index import (
    PEOPLE,
    USERS,
    ConnectionIndex,
    person_digest,
    person_digests,
    user_digest,
    user_digests,
)
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, find, new_mark
from koppeling.core.connection import Connection, ConnectionSummary
from koppeling.core.ids import ConnectionId

# The summaries that a tick reads are small items in one partition: 10,000 connections take a page
# or two. The full configuration of a connection is in the partition of that connection.
PARTITION = "CONNECTIONS"
CONFIG = "CONFIG"

_CONNECTION, _SUMMARY = Codec(Connection), Codec(ConnectionSummary, aside=["id"])


class ConnectionStore(SyncStore):
    """Keeps connections in SyncTable."""

    def __init__(self, items: type[SyncItem]) -> None:
        super().__init__(items)
        self._users = ConnectionIndex(items, USERS, user_digests)
        self._people = ConnectionIndex(items, PEOPLE, person_digests)

    def get(self, connection: ConnectionId) -> Connection | None:
        item = find(self._items, connection_key(connection), CONFIG)
        return None if item is None else _CONNECTION.decode(item.data)

    def summary(self, connection: ConnectionId) -> ConnectionSummary | None:
        """Return what a tick has to know of a connection; None when there is none."""
        item = find(self._items, PARTITION, connection)
        return None if item is None else _SUMMARY.decode(item.data, id=connection)

    def listed(self) -> Iterator[ConnectionSummary]:
        """Return the summaries in the order of their ids."""
        for item in self._items.query(PARTITION):
            yield _SUMMARY.decode(item.data, id=ConnectionId(item.sk))

    def all(self) -> Iterator[Connection]:
        """Return the connections in no particular order."""
        return self._read(listed.id for listed in self.listed())

    def using(self, key: TokenKey) -> list[Connection]:
        """Return the connections that use a token chain, with as few reads as there are of them."""
        noted = self._users.connections_of(user_digest(key)) if self._users.is_complete else None
        found = self.all() if noted is None else self._read(noted)
        return [each for each in found if key in keys_of(each)]

    def connections_of(self, mail: str) -> list[ConnectionId]:
        """Return the connections that name an address among their people.

        Whoever types an address may ask this, so it never reads every connection: those that an
        earlier release saved are found from the first daily round on, which notes them.
        """
        noted = self._people.connections_of(person_digest(mail))
        return [each.id for each in self._read(noted) if each.person(mail) is not None]

    def complete_index(self) -> int:
        """Note whose logins and people each connection has; returns for how many that missed."""
        indexes = [(index, index.known()) for index in (self._users, self._people)]
        added = 0
        for connection in self.all():
            missing = sum(index.add_missing(connection, known) for index, known in indexes)
            added += missing > 0
        for index, known in indexes:
            index.mark_complete(known)
        return added

    def has_worked(self, connection: ConnectionId) -> bool:
        """Say whether anything was synchronised; its cursors and links fit one administration."""
        return any(
            next(iter(self._query(connection, kind, limit=1)), None)
            for kind in ("RECORD#", "INVOICE#")
        )

    def remove(self, connection: ConnectionId) -> None:
        """Remove the configuration, so that no tick finds the connection; its other items stay."""
        before = self.get(connection)
        self._items(PARTITION, connection).delete()
        self._items(connection_key(connection), CONFIG).delete()
        if before is not None:
            self._users.drop(before)
            self._people.drop(before)

    def save(self, connection: Connection) -> None:
        """Write a connection; the summary comes last, so that a listed connection is complete."""
        before = self.get(connection.id)
        self._users.add(connection)
        self._people.add(connection)
        data = _CONNECTION.encode(connection)
        self._items(connection_key(connection.id), CONFIG, data=data, mark=new_mark()).save()
        listed = {"paused": data["paused"], "entities": data["entities"]}
        self._items(PARTITION, connection.id, data=listed).save()
        if before is not None:
            self._users.drop(before, connection)
            self._people.drop(before, connection)

    def several(self, ids: Iterable[ConnectionId]) -> Iterator[Connection]:
        listed = list(ids)
        found = {each.id: each for each in self._read(listed)}
        yield from (found[each] for each in listed if each in found)

    def set_paused(self, connection: ConnectionId, *, paused: bool) -> bool:
        """Pause a connection, or let it go on.

        Returns False when it is gone, changes at this moment, or is not started: then an approval
        lets it go on, and nothing else does.
        """
        return self._set(connection, if_started=True, paused=paused)

    def set_started(self, connection: ConnectionId, *, started: bool) -> bool:
        """Start a connection, or let it wait for an approval again; it is paused until then.

        Returns False when it is gone, or changes at this moment.
        """
        return self._set(connection, started=started, paused=not started)

    def _set(self, connection: ConnectionId, *, if_started: bool = False, **marks: bool) -> bool:
        """Write marks and nothing else: a person who was taken off meanwhile stays away."""
        item = find(self._items, connection_key(connection), CONFIG, consistent_read=True)
        if item is None:
            return False
        before = _CONNECTION.decode(item.data)
        if if_started and not before.started:
            return False
        data = {**item.data, **marks}
        actions = [self._items.data.set(data), self._items.mark.set(new_mark())]
        if not self._update(item, actions, self._as_read(item.mark)):
            return False
        entities = _SUMMARY.encode(ConnectionSummary(connection, marks["paused"], before.entities))
        self._items(PARTITION, connection, data=entities).save()
        return True

    def _read(self, ids: Iterable[ConnectionId]) -> Iterator[Connection]:
        keys = [(connection_key(each), CONFIG) for each in ids]
        if keys:
            for item in self._items.batch_get(keys, consistent_read=True):
                yield _CONNECTION.decode(item.data)
