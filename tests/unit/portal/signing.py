"""Signing in, in tests: the ports of it in memory, and a browser in front of the routes."""

import base64
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aws_lambda_powertools.event_handler import Response

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person
from koppeling.core.summary import Summary
from koppeling.portal.access import Access
from koppeling.portal.door import Door
from koppeling.portal.page import Action, GoTo, PageRequest, PortalPage, Screen
from koppeling.portal.pages.renderer import PortalRenderer
from koppeling.portal.pages.responses import PortalResponses
from koppeling.portal.pages.routes import PortalRoutes
from koppeling.portal.session import PortalSession, SignInLink, digest_of
from koppeling.portal.sign_in import SignIn
from tests.unit.fakes import FakeConnections, FakeQueue
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.showing import MARIT, NOW, connection

PORTAL_URL = "https://koppeling.example/portal"


@dataclass(slots=True)
class FakePortalSessions:
    """Links and sessions by their digests."""

    links: dict[str, SignInLink] = field(default_factory=dict)
    sessions: dict[str, PortalSession] = field(default_factory=dict)

    def add_link(self, link: SignInLink) -> None:
        """Keep a link."""
        self.links[link.digest] = link

    def link(self, digest: str, now: datetime) -> SignInLink | None:
        """Return one that works."""
        found = self.links.get(digest)
        return found if found and found.ends_at > now else None

    def use_link(self, digest: str, now: datetime) -> SignInLink | None:
        """Return one that works, once."""
        found = self.link(digest, now)
        self.links.pop(digest, None)
        return found

    def begin(self, session: PortalSession) -> None:
        """Keep a session."""
        self.sessions[session.digest] = session

    def session(self, digest: str, now: datetime) -> PortalSession | None:
        """Return one that has not ended."""
        found = self.sessions.get(digest)
        return found if found and found.ends_at > now else None

    def end(self, digest: str) -> None:
        """End one."""
        self.sessions.pop(digest, None)


@dataclass(slots=True)
class FakeAllowances:
    """The moments at which something was taken."""

    taken: dict[str, list[datetime]] = field(default_factory=dict)

    def take(self, what: str, limit: int, within: timedelta, now: datetime) -> bool:
        """Take one if there is one left."""
        lately = [at for at in self.taken.get(what, []) if at > now - within]
        may = len(lately) < limit
        self.taken[what] = [*lately, now] if may else lately
        return may


class FakePeopleIndex:
    """Which connections a person belongs to, by looking at all of them."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections

    def connections_of(self, mail: str) -> list[ConnectionId]:
        """Return the connections of an address."""
        return [each.id for each in self._connections.all() if each.person(mail)]


def shown(request: PageRequest) -> PortalPage:
    """Show a page on which nothing depends: where somebody is not found."""
    del request
    return PortalPage("trouble", {"trouble": "not-found"}, heading={"title": "Overzicht"})


def done(request: PageRequest) -> GoTo:
    """Do nothing, and say so."""
    del request
    return GoTo("", notice="signed-out")


class PortalWorld:
    """The pages over ports in memory."""

    def __init__(
        self,
        *connections: Connection,
        screens: Mapping[str, Screen] | None = None,
        actions: Mapping[str, Action] | None = None,
        own_actions: Mapping[str, Action] | None = None,
    ) -> None:
        self.now = NOW
        self.connections = FakeConnections(*(connections or (connection(),)))
        self.sessions, self.allowances = FakePortalSessions(), FakeAllowances()
        self.queue, self.log = FakeQueue(), FakeLog()
        self.told: list[Summary] = []
        people = FakePeopleIndex(self.connections)
        self.access = Access(self.sessions, people, self.connections, self.moment)
        self.sign_in = SignIn(
            self.access, self.sessions, self.allowances, self.queue, self.log, self.moment
        )
        self.door = Door(
            self.access, screens or {"": shown}, actions or {"act": done}, own_actions or {}
        )
        responses = PortalResponses(PortalRenderer(PORTAL_URL), "hulp@koppeling.example")
        self.routes = PortalRoutes(
            self.door, self.sign_in, responses, self.told.append, self.in_time
        )

    def moment(self) -> datetime:
        """Return the present moment."""
        return self.now

    def in_time(self, make: Callable[[], Response[str | bytes]]) -> Response[str | bytes]:
        """Make a page; there is always time enough."""
        return make()

    def advance(self, **time: int) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def signed_in(self, person: Person = MARIT) -> "PortalBrowser":
        """Return a browser in which somebody is signed in."""
        browser = PortalBrowser(self)
        browser.open("/portal/go", ticket=self.sign_in.link(person.mail))
        browser.press()
        return browser

    def session_of(self, browser: "PortalBrowser") -> PortalSession:
        """Return the session of a browser."""
        return self.sessions.sessions[digest_of(browser.cookies["__Host-portal"])]


@dataclass(slots=True)
class PortalBrowser:
    """A browser: it opens addresses, presses buttons, keeps cookies, and follows redirects."""

    world: Any
    source: str = "192.0.2.1"
    language: str = "nl-NL,nl;q=0.9"
    cookies: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    follows: bool = True

    @property
    def status(self) -> int:
        """The status of the last answer."""
        status: int = self.answer["statusCode"]
        return status

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the last answer."""
        headers: dict[str, str] = self.answer["headers"]
        return headers

    @property
    def page(self) -> str:
        """The last page as it was sent."""
        page: str = self.answer["body"]
        return page

    @property
    def title(self) -> str:
        """The heading of the page."""
        return html.unescape(re.findall(r"<h1>(.*?)</h1>", self.page, re.DOTALL)[0])

    @property
    def text(self) -> str:
        """The words on the page."""
        body = re.sub(r"<style>.*?</style>", "", self.page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    @property
    def form_token(self) -> str:
        """The token that stands in the forms of the page."""
        token: str = re.findall(r'name="form_token" value="([^"]*)"', self.page)[0]
        return token

    def open(self, path: str, **query: str) -> None:
        """Open an address, of our own or as a redirect gave it."""
        self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def press(self, button: int = -1) -> None:
        """Press the button of a form of the page: the last one, if nothing else is said."""
        form = re.findall(r"<form.*?</form>", self.page, re.DOTALL)[button]
        action = html.unescape(re.findall(r'action="([^"]+)"', form)[0])
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
        self.send("POST", action, urlencode([(name, html.unescape(v)) for name, v in fields]))

    def post(self, path: str, **fields: str) -> None:
        """Send a form."""
        self.send("POST", path, urlencode(fields))

    def send(self, method: str, url: str, body: str = "", **headers: str) -> None:
        """Send a request, and follow where its answer leads."""
        self.visited.append(url)
        event = self.event(method, url, body, headers)
        self.answer = self.world.routes.answer(event, SimpleNamespace(aws_request_id="a-request"))
        for line in self.answer.get("cookies", []):
            jar: SimpleCookie = SimpleCookie(line)
            for name, morsel in jar.items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        if self.follows and self.status == 303:  # noqa: PLR2004 - see other
            self.open(self.headers["Location"])

    def event(self, method: str, url: str, body: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the event that the HTTP API makes of a request (payload format 2.0)."""
        parts = urlsplit(url)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "headers": {"accept-language": self.language, **headers},
            "queryStringParameters": dict(parse_qsl(parts.query)),
            "requestContext": {
                "http": {"method": method, "path": parts.path, "sourceIp": self.source},
                "requestId": "a-request",
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if body:
            encoded = base64.b64encode(body.encode()).decode()
            event |= {"body": encoded, "isBase64Encoded": True}
        return event
