"""Links that sign in to the pages, and their sessions. Only hashes of their secrets are kept."""

from datetime import datetime
from typing import Any

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, epoch, find, moment
from koppeling.portal.session import PortalSession, SignInLink

_LINK, _SESSION = "PORTAL-LINK", "PORTAL-SESSION"
_OPEN, _USED = "OPEN", "USED"
_ASIDE = ["digest", "ends_at"]
_LINKS, _SESSIONS = Codec(SignInLink, aside=_ASIDE), Codec(PortalSession, aside=_ASIDE)


class PortalSessionStore(SyncStore):
    """Keeps them in SyncTable, which removes each of them after its end (TTL).

    The table may remove them up to a day late, so readers compare the end with the time as well.
    Every write is an update: the watch, which makes links, may put no item.
    """

    def add_link(self, link: SignInLink) -> None:
        self._write(_LINK, link.digest, _LINKS.encode(link), link.ends_at)

    def link(self, digest: str, now: datetime) -> SignInLink | None:
        item = self._find(_LINK, digest, now)
        return None if item is None else _link(digest, item)

    def use_link(self, digest: str, now: datetime) -> SignInLink | None:
        item = self._item(_LINK, digest)
        is_open = (self._items.state == _OPEN) & (self._items.expires_at > epoch(now))
        return _link(digest, item) if self._update(item, [self._used()], is_open) else None

    def begin(self, session: PortalSession) -> None:
        self._write(_SESSION, session.digest, _SESSIONS.encode(session), session.ends_at)

    def session(self, digest: str, now: datetime) -> PortalSession | None:
        item = self._find(_SESSION, digest, now)
        if item is None:
            return None
        return _SESSIONS.decode(item.data, digest=digest, ends_at=moment(item.expires_at))

    def end(self, digest: str) -> None:
        self._update(self._item(_SESSION, digest), [self._used()], self._items.pk.exists())

    def _write(self, kind: str, digest: str, data: dict[str, Any], ends_at: datetime) -> None:
        actions = [
            self._items.data.set(data),
            self._items.state.set(_OPEN),
            self._items.expires_at.set(epoch(ends_at)),
        ]
        self._update(self._item(kind, digest), actions)

    def _find(self, kind: str, digest: str, now: datetime) -> SyncItem | None:
        item = find(self._items, f"{kind}#{digest}", kind, consistent_read=True)
        works = item is not None and item.state == _OPEN and item.expires_at > epoch(now)
        return item if works else None

    def _item(self, kind: str, digest: str) -> SyncItem:
        return self._items(f"{kind}#{digest}", kind)

    def _used(self) -> Any:  # noqa: ANN401 - pynamodb's
        return self._items.state.set(_USED)


def _link(digest: str, item: SyncItem) -> SignInLink:
    return _LINKS.decode(item.data, digest=digest, ends_at=moment(item.expires_at))
