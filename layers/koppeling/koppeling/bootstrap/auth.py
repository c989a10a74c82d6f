"""The login in the browser: a gate for each provider, and the story between them."""

import time
from collections.abc import Mapping

import requests

from koppeling.auth.login import Connect
from koppeling.auth.login_link import Tickets
from koppeling.auth.login_verifier import ExactAdmission, Keeper, MilestonesAdmission
from koppeling.auth.ports import Admission, Gate
from koppeling.auth.providers import EXACT, MILESTONES, Provider
from koppeling.auth.token_pair import Grant
from koppeling.bootstrap.clients import Systems
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Keeping
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.exact.probe import ExactVisits
from koppeling.milestones.probe import MilestonesVisits
from koppeling.milestones.transport import SteadyPace
from koppeling.watch.notifier import EXPIRES


class _Gate:
    """One provider of tokens; the OAuth packages are imported when somebody logs in (P9)."""

    def __init__(
        self, provider: Provider, systems: Systems, admission: Admission, redirect_uri: str
    ) -> None:
        self._provider = provider
        self._systems = systems
        self._admission = admission
        self._redirect_uri = redirect_uri

    @property
    def admission(self) -> Admission:
        """Return what decides about its logins."""
        return self._admission

    def login_url(self, connection: Connection, state: str) -> str:
        """Return the login page for a connection."""
        app = self._systems.apps.credentials(self._provider.name)
        base_url = self._systems.base_url(self._provider, connection.exact_host)
        return self._provider.login_url(base_url, app.client_id, self._redirect_uri, state)

    def exchange(self, connection: Connection, code: str) -> Grant:
        """Exchange the code of a login for the first pair."""
        from koppeling.auth.oauth import CodeExchange  # noqa: PLC0415 - see the class

        base_url = self._systems.base_url(self._provider, connection.exact_host)
        exchange = CodeExchange(self._provider, base_url, self._systems.apps)
        return exchange.exchange(code, self._redirect_uri)


def connect(
    settings: Settings, systems: Systems, keeping: Keeping, tickets: Tickets, now: Now
) -> Connect:
    """Build the login in the browser."""
    return Connect(
        tickets=tickets,
        logins=keeping.logins,
        connections=keeping.connections,
        gates=_gates(settings, systems, keeping, now),
        now=now,
    )


def _gates(settings: Settings, systems: Systems, keeping: Keeping, now: Now) -> Mapping[str, Gate]:
    session = requests.Session()
    # Both providers send people back to one address, and the state tells them apart
    redirect_uri = f"{settings.connect_url}/callback"
    pace = SteadyPace(settings.milestones_calls_per_second, time.monotonic)
    keeper = Keeper(
        chains=keeping.tokens,
        connections=keeping.connections,
        problems=keeping.problems,
        now=now,
    )
    exact = ExactAdmission(
        keeper,
        lambda host: ExactVisits(session, systems.base_url(EXACT, host), now),
        EXACT.rules,
        mends=frozenset({EXACT.reconnect, EXPIRES}),
        now=now,
    )
    milestones = MilestonesAdmission(
        keeper,
        MilestonesVisits(settings.milestones_base_url, pace),
        MILESTONES.rules,
        host=systems.milestones_host,
        mends=frozenset({MILESTONES.reconnect}),
    )
    return {
        EXACT.name: _Gate(EXACT, systems, exact, redirect_uri),
        MILESTONES.name: _Gate(MILESTONES, systems, milestones, redirect_uri),
    }
