"""Logins under way: used tickets, sessions and attempts. Only hashes of their secrets are kept."""

from datetime import datetime, timedelta
from typing import Any

from koppeling.auth.ports import SealedPair
from koppeling.auth.session import TICKET_LIFE, Attempt, Session, Ticket
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
from koppeling.core.ids import ConnectionId

_SESSION, _ATTEMPT = "LOGIN-SESSION", "LOGIN-ATTEMPT"
_REVOKED, _ASIDE_PAIR, _CONNECTED = "LINKS-REVOKED", "PUT-ASIDE", "CONNECTED"
_OPEN, _USED = "OPEN", "USED"
_ASIDE = ["digest", "ends_at"]
_SESSIONS, _ATTEMPTS = Codec(Session, aside=_ASIDE), Codec(Attempt, aside=_ASIDE)


class LoginStore(SyncStore):
    """Keeps them in SyncTable, which removes each of them after its end (TTL).

    The table may remove them up to a day late, so readers compare the end with the time as well.
    """

    def is_used(self, ticket: Ticket) -> bool:
        return self._find(connection_key(ticket.connection), _used(ticket)) is not None

    def revoke(self, connection: ConnectionId, now: datetime) -> None:
        """Keep the moment until every link of before it has ended by itself."""
        self._items(
            connection_key(connection),
            _REVOKED,
            data={"at": now.isoformat()},
            expires_at=epoch(now + TICKET_LIFE + timedelta(days=1)),
        ).save()

    def revoked_at(self, connection: ConnectionId) -> datetime | None:
        item = self._find(connection_key(connection), _REVOKED)
        return None if item is None else datetime.fromisoformat(item.data["at"])

    def note_connected(self, session: Session, provider: str) -> None:
        key = (_key(_SESSION, session.digest), f"{_CONNECTED}#{provider}")
        self._items(*key, data={}, expires_at=epoch(session.ends_at)).save()

    def is_connected(self, session: Session, provider: str) -> bool:
        key = (_key(_SESSION, session.digest), f"{_CONNECTED}#{provider}")
        return self._find(*key) is not None

    def put_aside(self, session: Session, provider: str, pair: SealedPair, until: datetime) -> None:
        key = (_key(_SESSION, session.digest), f"{_ASIDE_PAIR}#{provider}")
        self._items(*key, data=pair, state=_OPEN, expires_at=epoch(until)).save()

    def taken_up(self, session: Session, provider: str, now: datetime) -> SealedPair | None:
        item = self._find(_key(_SESSION, session.digest), f"{_ASIDE_PAIR}#{provider}")
        lasts = item is not None and item.state == _OPEN and item.expires_at > epoch(now)
        return item.data if item is not None and lasts else None

    def forget(self, session: Session, provider: str) -> None:
        """Empty the item, if there is one; the table removes it after its end."""
        item = self._items(_key(_SESSION, session.digest), f"{_ASIDE_PAIR}#{provider}")
        used: list[Any] = [self._items.state.set(_USED), self._items.data.set({})]
        self._update(item, used, self._items.pk.exists())

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
