"""The login in the browser: a gate for each provider, and the story between them."""

import time
from collections.abc import Mapping

import requests

from koppeling.auth.login import LoginFlow
from koppeling.auth.login_link import LoginLinks
from koppeling.auth.login_verifier import ExactLoginVerifier, MilestonesLoginVerifier, TokenKeeper
from koppeling.auth.ports import LoginProvider, LoginVerifier
from koppeling.auth.providers import EXACT, MILESTONES, Provider
from koppeling.auth.token_pair import Grant
from koppeling.bootstrap.clients import Clients
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.exact.probe import ExactLoginProbe
from koppeling.milestones.probe import MilestonesLoginProbe
from koppeling.milestones.transport import Pacer
from koppeling.watch.notifier import EXPIRES


class _LateProvider:
    """One provider of tokens; the OAuth packages are imported when somebody logs in (P9)."""

    def __init__(
        self, provider: Provider, clients: Clients, verifier: LoginVerifier, redirect_uri: str
    ) -> None:
        self._provider = provider
        self._clients = clients
        self._verifier = verifier
        self._redirect_uri = redirect_uri

    @property
    def verifier(self) -> LoginVerifier:
        """Return what decides about its logins."""
        return self._verifier

    def login_url(self, connection: Connection, state: str) -> str:
        """Return the login page for a connection."""
        app = self._clients.apps.credentials(self._provider.name)
        base_url = self._clients.base_url(self._provider, connection.exact_host)
        return self._provider.login_url(base_url, app.client_id, self._redirect_uri, state)

    def exchange(self, connection: Connection, code: str) -> Grant:
        """Exchange the code of a login for the first pair."""
        from koppeling.auth.oauth import CodeExchange  # noqa: PLC0415 - see the class

        base_url = self._clients.base_url(self._provider, connection.exact_host)
        exchange = CodeExchange(self._provider, base_url, self._clients.apps)
        return exchange.exchange(code, self._redirect_uri)


def login_flow(
    settings: Settings, clients: Clients, stores: Stores, login_links: LoginLinks, now: Now
) -> LoginFlow:
    """Build the login in the browser."""
    return LoginFlow(
        login_links=login_links,
        sessions=stores.logins,
        connections=stores.connections,
        providers=_providers(settings, clients, stores, now),
        now=now,
    )


def _providers(
    settings: Settings, clients: Clients, stores: Stores, now: Now
) -> Mapping[str, LoginProvider]:
    session = requests.Session()
    # Both providers send people back to one address, and the state tells them apart
    redirect_uri = f"{settings.connect_url}/callback"
    pace = Pacer(settings.milestones_calls_per_second, time.monotonic)
    keeper = TokenKeeper(
        chains=stores.tokens,
        connections=stores.connections,
        problems=stores.problems,
        now=now,
    )
    exact = ExactLoginVerifier(
        keeper,
        lambda host: ExactLoginProbe(session, clients.base_url(EXACT, host), now),
        EXACT.rules,
        mends=frozenset({EXACT.reconnect, EXPIRES}),
        now=now,
    )
    milestones = MilestonesLoginVerifier(
        keeper,
        MilestonesLoginProbe(settings.milestones_base_url, pace),
        MILESTONES.rules,
        host=clients.milestones_host,
        mends=frozenset({MILESTONES.reconnect}),
    )
    return {
        EXACT.name: _LateProvider(EXACT, clients, exact, redirect_uri),
        MILESTONES.name: _LateProvider(MILESTONES, clients, milestones, redirect_uri),
    }
