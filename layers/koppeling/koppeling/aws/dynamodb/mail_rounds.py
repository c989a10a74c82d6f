"""Mails that are due: those that failed, the readers of a morning, and pauses that grow long."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId
from koppeling.watch.ports import DueMail, MorningReader

DUE = "DUE-MAILS"
# Longer than it is tried again: giving it up is told, and no item goes before that
_DUE_KEPT = timedelta(days=7)
_MORNING_KEPT = timedelta(days=2)
_PAUSE = "PAUSE"
_PAUSE_KEPT = timedelta(days=30)
_DAY = timedelta(days=1)


class DueMailStore(SyncStore):
    """Keeps notifications that did not reach everybody, all in one partition."""

    def add(self, due: DueMail) -> None:
        told = {"code": due.code, "once": due.once, "values": dict(due.values)}
        data = {**told, "since": due.since.isoformat()}
        actions = [
            self._items.data.set(data),
            self._items.owner.set(due.connection),
            self._items.expires_at.set(epoch(due.since + _DUE_KEPT)),
        ]
        self._update(self._item(due), actions)

    def remove(self, due: DueMail) -> None:
        self._item(due).delete()

    def all(self) -> Iterator[DueMail]:
        for item in self._items.query(DUE):
            data = item.data
            since = datetime.fromisoformat(data["since"])
            owner, told = ConnectionId(item.owner), (data["code"], data["once"], data["values"])
            yield DueMail(owner, *told, since)

    def _item(self, due: DueMail) -> SyncItem:
        return self._items(DUE, f"{due.connection}#{due.code}#{due.once}")


class MorningStore(SyncStore):
    """Keeps for whom something waits: a partition for each day, a person's connections together."""

    def add(self, day: date, digest: str, connection: ConnectionId) -> None:
        item = self._items(f"MORNING#{day.isoformat()}", f"{digest}#{connection}")
        ends = epoch(datetime.combine(day, time(), UTC) + _MORNING_KEPT)
        self._update(item, [self._items.owner.set(connection), self._items.expires_at.set(ends)])

    def readers(self, day: date) -> Iterator[MorningReader]:
        found = self._items.query(f"MORNING#{day.isoformat()}", attributes_to_get=["sk"])
        keys = (item.sk.partition("#")[::2] for item in found)
        for digest, group in groupby(keys, key=lambda each: each[0]):
            yield MorningReader(digest, tuple(ConnectionId(each) for _, each in group))


class PauseStore(SyncStore):
    """Keeps the first and the last day on which a connection was seen paused."""

    def seen(self, connection: ConnectionId, day: date) -> date:
        item = self._items(connection_key(connection), _PAUSE)
        before = find(self._items, item.pk, item.sk, consistent_read=True)
        first = day
        if before is not None and day - date.fromisoformat(before.data["last"]) <= _DAY:
            first = date.fromisoformat(before.data["first"])
        days = {"first": first.isoformat(), "last": day.isoformat()}
        ends = epoch(datetime.combine(day, time(), UTC) + _PAUSE_KEPT)
        self._update(item, [self._items.data.set(days), self._items.expires_at.set(ends)])
        return first
