"""A browser in front of the environment: it opens links, presses buttons, and keeps its cookies."""

import base64
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from koppeling.bootstrap import Wiring
from tests.environment import CALLBACK, Environment
from tests.sandbox.common.visitor import Visitor

ALLOW = ("answer", "allow")
REFUSE = {"exact": ("answer", "deny"), "milestones": ("answer", "refuse")}
CONTEXT = SimpleNamespace(aws_request_id="a-request")


@dataclass(slots=True)
class Browser:
    """What somebody sees of the login pages, and where they were sent."""

    env: Environment
    wiring: Wiring | None = None
    language: str = "nl-NL,nl;q=0.9"
    cookies: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The status of the page."""
        status: int = self.answer["statusCode"]
        return status

    @property
    def text(self) -> str:
        """The words on the page."""
        body = re.sub(r"<style>.*?</style>", "", self.page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    @property
    def page(self) -> str:
        """The page as it was sent."""
        page: str = self.answer["body"]
        return page

    @property
    def title(self) -> str:
        """The heading of the page."""
        return html.unescape(re.findall(r"<h1>(.*?)</h1>", self.page, re.DOTALL)[0])

    @property
    def go_to(self) -> str:
        """The login page to which the page passes a browser on; nothing if it does not."""
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', self.page)
        return html.unescape(found[1]) if found else ""

    @property
    def state(self) -> str:
        """The state that goes along to the login page."""
        return dict(parse_qsl(urlsplit(self.go_to).query))["state"]

    @property
    def has_button(self) -> bool:
        """Say whether there is anything to press."""
        return "<button>" in self.page

    def open(self, url: str) -> None:
        """Follow a link."""
        self._ask("GET", url)

    def press(self) -> None:
        """Press the one button of the page."""
        action = html.unescape(re.findall(r'action="([^"]+)"', self.page)[0])
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', self.page)
        self._ask("POST", action, urlencode(fields))

    def post(self, url: str, **fields: str) -> None:
        """Send a form that no page of ours has."""
        self._ask("POST", url, urlencode(fields))

    def back(self, **query: str) -> None:
        """Come back from a login page."""
        self._ask("GET", f"{CALLBACK}?{urlencode(query)}")

    def log_in(self, user: str = "", *, leave_out: tuple[str, ...] = ()) -> None:
        """Log in where the page passes on to, allow what is asked, and come back."""
        self.walk(user or self.env.connection.exact_user, leave_out=leave_out)

    def walk(
        self,
        user: str,
        *,
        button: tuple[str, str] = ALLOW,
        leave_out: tuple[str, ...] = (),
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Walk through the pages of a provider, press a button of its consent, and come back."""
        visitor = Visitor()
        visitor.open(self.go_to)
        visitor.log_in(user)
        visitor.press(button, leave_out=leave_out)
        meanwhile()
        self.open(visitor.left_for)

    def _ask(self, method: str, url: str, body: str = "") -> None:
        wiring = self.wiring or self.env.wiring
        self.answer = wiring.login_routes.answer(self._event(method, url, body), CONTEXT)
        for line in self.answer.get("cookies", []):
            jar: SimpleCookie = SimpleCookie(line)
            self.cookies |= {name: morsel.value for name, morsel in jar.items()}

    def _event(self, method: str, url: str, body: str) -> dict[str, Any]:
        """Return the event that the HTTP API makes of a request (payload format 2.0)."""
        parts = urlsplit(url)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "headers": {"accept-language": self.language},
            "queryStringParameters": dict(parse_qsl(parts.query)),
            "requestContext": {
                "http": {"method": method, "path": parts.path, "sourceIp": "192.0.2.1"},
                "requestId": "a-request",
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if body:
            encoded = base64.b64encode(body.encode()).decode()
            event |= {"body": encoded, "isBase64Encoded": True}
        return event
