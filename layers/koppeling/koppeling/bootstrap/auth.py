"""Wires the login in the browser."""

import time
from functools import partial
from typing import TYPE_CHECKING

from koppeling.auth.login import LoginFlow, LoginProvider
from koppeling.auth.login_link import LoginLinks
from koppeling.auth.login_verifier import (
    ExactLoginVerifier,
    MilestonesLoginVerifier,
    OnLogin,
    TokenKeeper,
    nothing_more,
)
from koppeling.auth.new_links import NewLinks
from koppeling.auth.oauth import EXACT, MILESTONES, Provider
from koppeling.auth.pages.pages import PageRenderer
from koppeling.auth.pages.routes import LoginRoutes
from koppeling.auth.token_pair import TokenState
from koppeling.bootstrap.clients import Clients
from koppeling.bootstrap.hand_pulls import hand_pulls
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Stores
from koppeling.bootstrap.visit import Visit, VisitSession
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.exact.probe import ExactLoginProbe
from koppeling.milestones.pacer import Pacer
from koppeling.milestones.probe import MilestonesLoginProbe
from koppeling.portal.messages import LoginLinkRequest
from koppeling.watch.letters import EXPIRES

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def login_routes(wiring: "Wiring") -> LoginRoutes:
    """Build the pages of the login in the browser."""
    flow = login_flow(
        wiring.settings,
        wiring.clients,
        wiring.stores,
        wiring.login_links,
        visit=wiring.visit,
        new_links=NewLinks(
            partial(_queue_login_link, wiring), wiring.stores.allowances, wiring.now
        ),
        now=wiring.now,
        on_login=partial(_first_look, wiring),
    )
    pages = PageRenderer(wiring.settings.connect_url)
    return LoginRoutes(flow, pages, report, wiring.visit.begin)


def login_flow(  # noqa: PLR0913 - each is another part of the wiring
    settings: Settings,
    clients: Clients,
    stores: Stores,
    login_links: LoginLinks,
    *,
    visit: Visit,
    new_links: NewLinks,
    now: Now,
    on_login: OnLogin = nothing_more,
) -> LoginFlow:
    """Build the login in the browser; its reads end with the visit."""
    keeper = partial(_keeper, clients, stores, now, on_login)
    session = VisitSession(visit)
    pace = Pacer(settings.milestones_calls_per_second, time.monotonic)
    at_exact, at_milestones = keeper(EXACT, EXPIRES), keeper(MILESTONES)
    exact = ExactLoginVerifier(
        at_exact, lambda host: ExactLoginProbe(session, clients.base_url(EXACT, host), now), now
    )
    milestones = MilestonesLoginVerifier(
        at_milestones,
        MilestonesLoginProbe(settings.milestones_base_url, pace, lambda: VisitSession(visit)),
    )
    # Both providers redirect to one address; the state of a login tells which of them it was
    address = f"{settings.connect_url}/callback"
    return LoginFlow(
        login_links=login_links,
        sessions=stores.logins,
        connections=stores.connections,
        providers={
            EXACT.name: LoginProvider(clients.endpoint(EXACT), at_exact, exact.verify, address),
            MILESTONES.name: LoginProvider(
                clients.endpoint(MILESTONES), at_milestones, milestones.verify, address
            ),
        },
        new_links=new_links,
        now=now,
    )


def _first_look(wiring: "Wiring", connection: Connection) -> None:
    """Ask for the first preview of a connection that both systems have let in."""
    if connection.started:
        return
    keys = [wiring.clients.key_of(each.name, connection) for each in (EXACT, MILESTONES)]
    facts = [wiring.stores.tokens.facts(key) for key in keys]
    if all(each is not None and each.state is not TokenState.RECONNECT for each in facts):
        hand_pulls(wiring).ask_previews(connection)


def _queue_login_link(
    wiring: "Wiring", connection: ConnectionId, providers: tuple[str, ...]
) -> None:
    asked = LoginLinkRequest(connection=connection, providers=" ".join(providers))
    wiring.round_queue.send([(asked.as_message(), 0)])


def _keeper(
    clients: Clients,
    stores: Stores,
    now: Now,
    on_login: OnLogin,
    provider: Provider,
    *mends: str,
) -> TokenKeeper:
    return TokenKeeper(
        chains=clients.tokens,
        connections=stores.connections,
        problems=stores.problems,
        log=stores.log,
        key_of=partial(clients.key_of, provider.name),
        rules=provider.rules,
        mends=frozenset({provider.reconnect, *mends}),
        now=now,
        on_login=on_login,
    )
