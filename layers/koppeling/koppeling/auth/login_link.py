"""Tickets: links by which a customer's administrator logs in, each for one connection and one use.

A ticket is its contents and their HMAC-SHA256 under a key that only this stack has. It names no
person and opens no data: who holds it may only bring a login of the agreed user to its end.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode

from koppeling.auth.session import TICKET_LIFE, Ticket
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId

PROVIDERS = ("exact", "milestones")
# What the signature is for, so that a key shared by mistake makes no other text a ticket
_PURPOSE = b"koppeling/ticket/1\n"
_NUMBER_BYTES = 16


class SigningKey(Protocol):
    """Where the key of the tickets comes from."""

    def key(self) -> bytes:
        """Return it."""
        ...


class LoginLinks:
    """Makes tickets and reads them back."""

    def __init__(self, key: SigningKey, *, connect_url: str, now: Now) -> None:
        self._key = key
        self._connect_url = connect_url
        self._now = now

    def link(
        self,
        connection: ConnectionId,
        providers: tuple[str, ...],
        life: timedelta = TICKET_LIFE,
    ) -> str:
        """Return the address at which a connection's administrator logs in.

        Raises:
            ValueError: there is no provider to log in at, or one that is not known.
        """
        chosen = tuple(name for name in PROVIDERS if name in providers)
        if not chosen or not set(providers) <= set(PROVIDERS):
            raise ValueError(f"a login link is for one or both of {', '.join(PROVIDERS)}")
        ends_at = self._now() + life
        ticket = Ticket(connection, chosen, ends_at, secrets.token_urlsafe(_NUMBER_BYTES))
        query = urlencode({"ticket": self._written(ticket)})
        return f"{self._connect_url}/connect/{quote(connection, safe='')}?{query}"

    def read(self, text: str, connection: ConnectionId) -> Ticket | None:
        """Return a ticket of ours for this connection; None when it is forged, or for another.

        Whether it is too old or was used is for the caller to say: that gets a text of its own.
        """
        contents, _, signature = text.partition(".")
        if not hmac.compare_digest(self._signature(contents).encode(), signature.encode()):
            return None
        told = json.loads(_bytes(contents))
        ticket = Ticket(
            connection=ConnectionId(told["connection"]),
            providers=tuple(told["providers"]),
            ends_at=datetime.fromtimestamp(told["ends_at"], UTC),
            number=told["number"],
        )
        return ticket if ticket.connection == connection else None

    def _written(self, ticket: Ticket) -> str:
        told = {
            "connection": ticket.connection,
            "providers": ticket.providers,
            "ends_at": int(ticket.ends_at.timestamp()),
            "number": ticket.number,
        }
        contents = _text(json.dumps(told, separators=(",", ":")).encode())
        return f"{contents}.{self._signature(contents)}"

    def _signature(self, contents: str) -> str:
        signed = _PURPOSE + contents.encode()
        return _text(hmac.new(self._key.key(), signed, hashlib.sha256).digest())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
