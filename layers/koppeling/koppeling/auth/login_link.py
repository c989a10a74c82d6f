"""Login links: each carries a ticket for one connection and one use.

A ticket is its contents and their HMAC-SHA256 under a key that only this stack has. It names no
person and opens no data: whoever holds it can only complete a login of the agreed user.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from koppeling.auth.session import TICKET_LIFE, Ticket
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId

PROVIDERS = ("exact", "milestones")
# Part of what is signed: another text signed with the same key is no ticket
_PURPOSE = b"koppeling/ticket/1\n"
_NUMBER_BYTES = 16


class LoginLinks:
    """Makes login links, and reads the tickets in them.

    `key` gives the key that signs them; it is asked for at the first use.
    """

    def __init__(self, key: Callable[[], bytes], *, connect_url: str, now: Now) -> None:
        self._key = key
        self._connect_url = connect_url
        self._now = now

    def link(
        self,
        connection: ConnectionId,
        providers: tuple[str, ...],
        life: timedelta = TICKET_LIFE,
    ) -> str:
        """Return the address at which a customer's administrator logs in.

        Raises:
            ValueError: there is no provider to log in at, or an unknown one; or the link would live
                longer than any may.
        """
        if life > TICKET_LIFE:
            raise ValueError(f"a login link works for {TICKET_LIFE.days} days at most")
        chosen = tuple(name for name in PROVIDERS if name in providers)
        if not chosen or not set(providers) <= set(PROVIDERS):
            raise ValueError(f"a login link is for one or both of {', '.join(PROVIDERS)}")
        now, number = self._now(), secrets.token_urlsafe(_NUMBER_BYTES)
        ticket = Ticket(connection, chosen, now + life, number, issued_at=now)
        query = urlencode({"ticket": self._encode(ticket)})
        return f"{self._connect_url}/connect/{quote(connection, safe='')}?{query}"

    def read(self, text: str, connection: ConnectionId) -> Ticket | None:
        """Return the ticket; None when it is forged, or of another connection.

        The caller checks whether it has expired or was used: each has a page of its own.
        """
        contents, _, signature = text.partition(".")
        if not hmac.compare_digest(self._signature(contents).encode(), signature.encode()):
            return None
        fields = json.loads(_bytes(contents))
        issued = fields.get("issued_at")
        ticket = Ticket(
            connection=ConnectionId(fields["connection"]),
            providers=tuple(fields["providers"]),
            ends_at=datetime.fromtimestamp(fields["ends_at"], UTC),
            number=fields["number"],
            issued_at=datetime.fromtimestamp(issued, UTC) if issued else None,
        )
        return ticket if ticket.connection == connection else None

    def _encode(self, ticket: Ticket) -> str:
        fields = {
            "connection": ticket.connection,
            "providers": ticket.providers,
            "ends_at": int(ticket.ends_at.timestamp()),
            "number": ticket.number,
            "issued_at": ticket.issued_at.timestamp() if ticket.issued_at else 0,
        }
        contents = _text(json.dumps(fields, separators=(",", ":")).encode())
        return f"{contents}.{self._signature(contents)}"

    def _signature(self, contents: str) -> str:
        signed = _PURPOSE + contents.encode()
        return _text(hmac.new(self._key(), signed, hashlib.sha256).digest())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
