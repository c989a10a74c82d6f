"""Logins under way: used tickets, sessions and attempts. Only hashes of their secrets are kept."""

from datetime import datetime
from typing import Any

from koppeling.auth.session import Attempt, Session, Ticket
from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import (
    SyncItem,
    SyncStore,
    connection_key,
    epoch,
    find,
    moment,
    write_if,
)

_SESSION, _ATTEMPT = "LOGIN-SESSION", "LOGIN-ATTEMPT"
_OPEN, _USED = "OPEN", "USED"
_ASIDE = ["digest", "ends_at"]
_SESSIONS, _ATTEMPTS = Codec(Session, aside=_ASIDE), Codec(Attempt, aside=_ASIDE)


class LoginStore(SyncStore):
    """Keeps them in SyncTable, which removes each of them after its end (TTL).

    The table may remove them up to a day late, so readers compare the end with the time as well.
    """

    def is_used(self, ticket: Ticket) -> bool:
        return self._find(connection_key(ticket.connection), _used(ticket)) is not None

    def open_session(self, ticket: Ticket, session: Session) -> bool:
        """Write the session before the mark on the ticket.

        A crash in between leaves a session whose id nobody has, and a ticket that still works.
        """
        data, ends_at = _SESSIONS.encode(session), epoch(session.ends_at)
        self._items(_key(_SESSION, session.digest), _SESSION, data=data, expires_at=ends_at).save()
        key = (connection_key(ticket.connection), _used(ticket))
        mark = self._items(*key, data={}, expires_at=epoch(ticket.ends_at))
        return write_if(lambda: mark.save(condition=self._items.pk.does_not_exist()))

    def session(self, digest: str, now: datetime) -> Session | None:
        item = self._find(_key(_SESSION, digest), _SESSION)
        if item is None or item.expires_at <= epoch(now):
            return None
        return _SESSIONS.decode(item.data, digest=digest, ends_at=moment(item.expires_at))

    def begin(self, attempt: Attempt) -> None:
        self._items(
            _key(_ATTEMPT, attempt.digest),
            _ATTEMPT,
            data=_ATTEMPTS.encode(attempt),
            state=_OPEN,
            expires_at=epoch(attempt.ends_at),
        ).save()

    def end(self, digest: str, now: datetime) -> Attempt | None:
        """Return None for a used, expired or unknown attempt (S4)."""
        item = self._items(_key(_ATTEMPT, digest), _ATTEMPT)
        used: list[Any] = [self._items.state.set(_USED)]
        is_open = (self._items.state == _OPEN) & (self._items.expires_at > epoch(now))
        return _attempt(digest, item) if self._update(item, used, is_open) else None

    def known(self, digest: str) -> Attempt | None:
        item = self._find(_key(_ATTEMPT, digest), _ATTEMPT)
        return None if item is None else _attempt(digest, item)

    def _find(self, partition: str, sort: str) -> SyncItem | None:
        return find(self._items, partition, sort, consistent_read=True)


def _attempt(digest: str, item: SyncItem) -> Attempt:
    return _ATTEMPTS.decode(item.data, digest=digest, ends_at=moment(item.expires_at))


def _key(kind: str, digest: str) -> str:
    return f"{kind}#{digest}"


def _used(ticket: Ticket) -> str:
    return f"USED-TICKET#{ticket.number}"
