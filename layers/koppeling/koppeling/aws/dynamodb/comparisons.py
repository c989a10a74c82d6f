"""What comparisons with Exact found: the last one of each month, and of an entry for an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId
from koppeling.portal.entry_comparison import ComparedField, EntryBeside
from koppeling.portal.month_state import LastComparison
from koppeling.push.beside import ComparedEntry
from koppeling.push.journal import Period
from koppeling.push.reconciliation import Reconciliation

# Of each list so many are kept: a page shows no more, and an item has its limit
LONGEST_LIST = 200
KEPT_ENTRY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    at: datetime
    found: Reconciliation
    counts: Mapping[str, int] = field(default_factory=dict)


_MONTH, _ENTRY = Codec(_Kept), Codec(ComparedEntry)


class MonthStore(SyncStore):
    """Keeps the last comparison of each month; a list that is too long is cut, and counted."""

    def save(self, connection: ConnectionId, period: Period, found: Reconciliation) -> None:
        lists = {each.name: getattr(found, each.name) for each in fields(found)}
        long = {name: own for name, own in lists.items() if isinstance(own, tuple)}
        counts = {name: len(own) for name, own in long.items() if len(own) > LONGEST_LIST}
        cut: dict[str, Any] = {name: own[:LONGEST_LIST] for name, own in long.items()}
        kept = _Kept(self._now(), replace(found, **cut), counts)
        # An update, since the watch may put no item
        self._update(self._item(connection, period), [self._items.data.set(_MONTH.encode(kept))])

    def last(self, connection: ConnectionId, period: Period) -> LastComparison | None:
        item = self._item(connection, period)
        found = find(self._items, item.pk, item.sk)
        if found is None:
            return None
        kept = _MONTH.decode(found.data)
        return LastComparison(kept.at, kept.found, kept.counts)

    def _item(self, connection: ConnectionId, period: Period) -> SyncItem:
        return self._items(connection_key(connection), f"MONTH#{period}")


class ComparedEntryStore(SyncStore):
    """Keeps the comparison of an invoice with an entry, until a person has decided."""

    def keep(self, connection: ConnectionId, number: str, found: ComparedEntry) -> None:
        actions = [
            self._items.data.set(_ENTRY.encode(found)),
            self._items.expires_at.set(epoch(found.at + KEPT_ENTRY)),
        ]
        self._update(self._item(connection, number), actions)

    def last(self, connection: ConnectionId, number: str) -> EntryBeside | None:
        item = self._item(connection, number)
        found = find(self._items, item.pk, item.sk, consistent_read=True)
        if found is None:
            return None
        kept = _ENTRY.decode(found.data)
        if kept.at + KEPT_ENTRY < self._now():
            return None
        return EntryBeside(
            kept.entry_number,
            kept.at,
            entry_id=kept.entry_id,
            objection=kept.objection,
            fields=tuple(ComparedField(each.name, each.ours, each.theirs) for each in kept.parts),
            seen=kept.seen,
            of=kept.of,
        )

    def _item(self, connection: ConnectionId, number: str) -> SyncItem:
        return self._items(connection_key(connection), f"COMPARED#{number}")
