"""Asking for a new login link, by who stands before one that works no more.

It is mailed to the people of the connection who may decide. Nobody learns who they are, nor whether
there is such a connection.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from koppeling.auth.login_link import PROVIDERS
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Allowances

FOR_A_CONNECTION, FROM_A_SOURCE = 3, 10
WITHIN = timedelta(days=1)
_ID = re.compile("[a-z0-9][a-z0-9_-]{2,63}")


@dataclass(frozen=True, slots=True)
class NewLinks:
    """Has links mailed, a few a day for each connection. `queue_mail` asks the watch for them."""

    queue_mail: Callable[[ConnectionId, tuple[str, ...]], object]
    allowances: Allowances
    now: Now

    def ask(self, connection_id: str, providers: tuple[str, ...], source: str) -> None:
        """Have a link mailed for some providers, or for both when none of them is known."""
        if not _ID.fullmatch(connection_id):
            return
        chosen = tuple(name for name in PROVIDERS if name in providers) or PROVIDERS
        limits = ((source, FROM_A_SOURCE), (connection_id, FOR_A_CONNECTION))
        if all(self._take(of, limit) for of, limit in limits):
            self.queue_mail(ConnectionId(connection_id), chosen)

    def _take(self, of: str, limit: int) -> bool:
        hashed = hashlib.sha256(of.encode()).hexdigest()
        return self.allowances.take(f"login-link/{hashed}", limit, WITHIN, self.now())
