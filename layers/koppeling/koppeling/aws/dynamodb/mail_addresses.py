"""Addresses that get mail: why one is not written to, and how many mails it got on a day.

The items are below the digest of an address, so that no address stands in a key (S13).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from koppeling.aws.dynamodb.table import SyncItem, SyncStore, epoch, find
from koppeling.core.mail import AddressTrouble, MailKind
from koppeling.core.people import mail_digest

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

_TROUBLE = "TROUBLE"
_KEPT = timedelta(days=3)
# The second mail of a day is kept for a login that ended
MOST_A_DAY, MOST_NEWS_A_DAY = 2, 1


class MailAddressStore(SyncStore):
    """Keeps what is known of addresses."""

    def trouble_of(self, mail: str) -> AddressTrouble | None:
        item = find(self._items, _key(mail_digest(mail)), _TROUBLE)
        return None if item is None else _trouble(item)

    def troubles_of(self, mails: Iterable[str]) -> Mapping[str, AddressTrouble]:
        keys = {mail: _key(mail_digest(mail)) for mail in mails}
        wanted = [(key, _TROUBLE) for key in sorted(set(keys.values()))]
        found = {item.pk: _trouble(item) for item in self._items.batch_get(wanted)}
        return {mail: found[key] for mail, key in keys.items() if key in found}

    def note_trouble(self, mail: str, why: str, at: datetime) -> None:
        trouble = {"since": at.isoformat(), "why": why}
        item = self._items(_key(mail_digest(mail)), _TROUBLE)
        self._update(item, [self._items.data.set(trouble)], self._items.pk.does_not_exist())

    def clear(self, mail: str) -> bool:
        item = find(self._items, _key(mail_digest(mail)), _TROUBLE)
        if item is None:
            return False
        item.delete()
        return True

    def take(self, digest: str, day: date, kind: MailKind) -> bool:
        """Count one more mail of a day; one of the morning goes out once."""
        taken, count = self._items.mark, self._items.version
        limit = MOST_A_DAY if kind is MailKind.LOGIN else MOST_NEWS_A_DAY
        actions: list[Action] = [
            count.add(1),
            self._items.expires_at.set(epoch(_midnight(day) + _KEPT)),
        ]
        condition = count.does_not_exist() | (count < limit)
        if kind is MailKind.MORNING:
            actions.append(taken.set(kind.value))
            condition &= taken.does_not_exist()
        return self._update(self._day(digest, day), actions, condition)

    def give_back(self, digest: str, day: date, kind: MailKind) -> None:
        actions: list[Action] = [self._items.version.add(-1)]
        if kind is MailKind.MORNING:
            actions.append(self._items.mark.remove())
        self._update(self._day(digest, day), actions)

    def _day(self, digest: str, day: date) -> SyncItem:
        return self._items(_key(digest), f"DAY#{day.isoformat()}")


def _key(digest: str) -> str:
    return f"MAIL#{digest}"


def _trouble(item: SyncItem) -> AddressTrouble:
    return AddressTrouble(datetime.fromisoformat(item.data["since"]), item.data["why"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
