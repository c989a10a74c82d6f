"""Logins under way: used tickets, sessions and attempts. Only hashes of their secrets are kept."""

from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist

from koppeling.auth.session import Attempt, Session, Ticket
from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch, write_if
from koppeling.core.ids import ConnectionId

_SESSION, _ATTEMPT = "LOGIN-SESSION", "LOGIN-ATTEMPT"
_OPEN, _USED = "OPEN", "USED"


class LoginStore:
    """Keeps them in SyncTable, which forgets each of them when its time is over (TTL).

    The table may be a day late in forgetting, so the moment is looked at as well.
    """

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def is_used(self, ticket: Ticket) -> bool:
        """Say whether a ticket has opened a session."""
        key = (connection_key(ticket.connection), _used(ticket))
        return self._read(*key) is not None

    def open_session(self, ticket: Ticket, session: Session) -> bool:
        """Use a ticket up for a session; False when it was used before.

        The session is kept first: a crash in between leaves one that nobody has the id of, and a
        ticket that still works.
        """
        self._items(
            _key(_SESSION, session.digest),
            _SESSION,
            data={"connection": session.connection, "providers": list(session.providers)},
            expires_at=epoch(session.ends_at),
        ).save()
        mark = self._items(
            connection_key(ticket.connection),
            _used(ticket),
            data={},
            expires_at=epoch(ticket.ends_at),
        )
        return write_if(lambda: mark.save(condition=self._items.pk.does_not_exist()))

    def session(self, digest: str, now: datetime) -> Session | None:
        """Return a session that still lasts."""
        item = self._read(_key(_SESSION, digest), _SESSION)
        if item is None or item.expires_at <= epoch(now):
            return None
        return Session(
            digest=digest,
            connection=ConnectionId(item.data["connection"]),
            providers=tuple(item.data["providers"]),
            ends_at=_moment(item.expires_at),
        )

    def begin(self, attempt: Attempt) -> None:
        """Keep an attempt that is on its way to a login page."""
        self._items(
            _key(_ATTEMPT, attempt.digest),
            _ATTEMPT,
            data={
                "session": attempt.session,
                "connection": attempt.connection,
                "provider": attempt.provider,
            },
            state=_OPEN,
            expires_at=epoch(attempt.ends_at),
        ).save()

    def end(self, digest: str, now: datetime) -> Attempt | None:
        """Take an attempt that has come back, once: None when it is used, too old, or none (S4)."""
        item = self._items(_key(_ATTEMPT, digest), _ATTEMPT)
        taken: list[Any] = [self._items.state.set(_USED)]
        waits = (self._items.state == _OPEN) & (self._items.expires_at > epoch(now))
        if not write_if(lambda: item.update(actions=taken, condition=waits)):
            return None
        return _attempt(digest, item)

    def known(self, digest: str) -> Attempt | None:
        """Return an attempt whatever became of it, as long as the table remembers it."""
        item = self._read(_key(_ATTEMPT, digest), _ATTEMPT)
        return None if item is None else _attempt(digest, item)

    def _read(self, partition: str, sort: str) -> SyncItem | None:
        try:
            return self._items.get(partition, sort, consistent_read=True)
        except DoesNotExist:
            return None


def _attempt(digest: str, item: SyncItem) -> Attempt:
    data: dict[str, Any] = item.data
    return Attempt(
        digest=digest,
        session=data["session"],
        connection=ConnectionId(data["connection"]),
        provider=data["provider"],
        ends_at=_moment(item.expires_at),
    )


def _key(kind: str, digest: str) -> str:
    return f"{kind}#{digest}"


def _used(ticket: Ticket) -> str:
    return f"USED-TICKET#{ticket.number}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
