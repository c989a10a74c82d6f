"""Opnieuw verbinden: a login link is made, and the browser goes there at once."""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.portal.logins import EXACT, MILESTONES
from koppeling.portal.menu import CONNECTION
from koppeling.portal.page import GoTo, LeaveFor, PageRequest

BOTH = (EXACT, MILESTONES)


@dataclass(frozen=True, slots=True)
class Connecting:
    """Leads to the login pages. `login_link` makes a link that works once."""

    login_link: Callable[[ConnectionId, tuple[str, ...]], str]
    log: Log

    def reconnect(self, request: PageRequest) -> GoTo | LeaveFor:
        """Go to the login at one system, or at both."""
        asked = request.form.get("provider", "")
        providers = (asked,) if asked in BOTH else BOTH
        if asked not in {"", *BOTH}:
            return GoTo(CONNECTION, notice="no-such-login")
        self.log.add(
            LogEntry(
                request.connection.id,
                request.now,
                LogKind.LOGIN,
                "reconnecting",
                who=request.person.mail,
                role=request.person.role,
            )
        )
        return LeaveFor(self.login_link(request.connection.id, providers))
