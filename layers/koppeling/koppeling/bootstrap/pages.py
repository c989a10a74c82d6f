"""Wires the door of the pages of the bookkeeper: signing in, rights, routes."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from koppeling.bootstrap.observability import report
from koppeling.bootstrap.portal import actions, own_actions, screens, waiting
from koppeling.bootstrap.visit import Patience
from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.portal.access import Access
from koppeling.portal.door import Door
from koppeling.portal.mails import AskedMails
from koppeling.portal.pages.renderer import PortalRenderer
from koppeling.portal.pages.responses import PortalResponses
from koppeling.portal.pages.routes import LINK, PortalRoutes
from koppeling.portal.refused import PageRefused, Trouble
from koppeling.portal.sign_in import SignIn

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring

PORTAL = "portal"


def access(wiring: "Wiring") -> Access:
    """Build what reads sessions and rights."""
    stores = wiring.stores
    return Access(stores.portal_sessions, stores.connections, stores.connections, wiring.now)


def sign_in(wiring: "Wiring") -> SignIn:
    """Build signing in."""
    stores = wiring.stores
    return SignIn(
        access(wiring),
        stores.portal_sessions,
        stores.allowances,
        wiring.round_queue,
        stores.log,
        wiring.now,
    )


def portal_link(wiring: "Wiring", connection: Connection, *, made_by: str, mail: str = "") -> str:
    """Make a link for a person, or for the colleague who makes it: for this connection alone."""
    secret = sign_in(wiring).link(
        mail or made_by,
        leads_to=f"/{connection.id}",
        made_by=made_by,
        only=None if mail else connection.id,
    )
    return renderer(wiring).address("", LINK, ticket=secret)


def asked_mails(wiring: "Wiring") -> AskedMails:
    """Build what sends the mails that people ask for."""
    address = renderer(wiring).address

    def link(mail: str, leads_to: str) -> str:
        return address("", LINK, ticket=sign_in(wiring).link(mail, leads_to=leads_to))

    def login_link(connection: ConnectionId, providers: tuple[str, ...]) -> str:
        return wiring.login_links.link(connection, providers)

    return AskedMails(
        access(wiring),
        link,
        login_link,
        address,
        wiring.mailer,
        wiring.round_queue,
        wiring.stores.log,
        wiring.now,
    )


def portal_routes(wiring: "Wiring") -> PortalRoutes:
    """Build the pages."""
    door = Door(
        access(wiring), screens(wiring), actions(wiring), own_actions(wiring), waiting(wiring)
    )
    responses = PortalResponses(renderer(wiring), wiring.settings.support_mail)
    return PortalRoutes(door, sign_in(wiring), responses, report, partial(in_time, Patience()))


def in_time[Made](patience: Patience, make: Callable[[], Made]) -> Made:
    """Make a page.

    Raises:
        PageRefused: a service of AWS did not answer, or not in time.
    """
    try:
        return patience.in_time(make)
    except (PynamoDBException, BotoCoreError, ClientError, Retry, TimeoutError) as outage:
        raise PageRefused(Trouble.TOO_SLOW) from outage


def renderer(wiring: "Wiring") -> PortalRenderer:
    """Build what makes pages, and knows their addresses."""
    return PortalRenderer(f"{wiring.settings.connect_url}/{PORTAL}")
