"""A browser without a window: walks through the pages of a sandbox by their forms."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

TIMEOUT = (5, 20)
MOST_REDIRECTS = 5


class _Form(HTMLParser):
    """Reads the fields of the one form of a page, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input or a button."""
        about = {name: value or "" for name, value in attrs}
        pair = about.get("name", ""), about.get("value", "")
        if tag == "button":
            self.buttons.append(pair)
        elif tag == "input" and (about.get("type") != "checkbox" or "checked" in about):
            self.fields.append(pair)


class Visitor:
    """Somebody with a browser that keeps cookies; `left_for` is where they were sent outside."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._page = requests.Response()
        self.left_for = ""

    @property
    def status(self) -> int:
        """The status of the page."""
        return self._page.status_code

    @property
    def text(self) -> str:
        """The page."""
        return self._page.text

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the page."""
        return dict(self._page.headers)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What the form of the page would send, without a button."""
        return self._form().fields

    @property
    def brought(self) -> dict[str, str]:
        """The parameters of the address outside."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.left_for).query).items()}

    def open(self, url: str, **query: str) -> None:
        """Type an address, or follow a link."""
        self._go("GET", requests.Request("GET", url, params=query).prepare().url or url, {})

    def press(self, button: tuple[str, str], leave_out: tuple[str, ...] = (), **typed: str) -> None:
        """Fill in the form and press a button; boxes with a value to leave out are unticked.

        Raises:
            LookupError: the page has no such button or field.
        """
        form = self._form()
        names = {name for name, _ in form.fields}
        if button not in form.buttons or not set(typed) <= names:
            raise LookupError(f"no {button} or {sorted(typed)} on this page: {self.text}")
        kept = [(name, value) for name, value in form.fields if value not in leave_out]
        sent = [(name, typed.get(name, value)) for name, value in kept]
        self._go("POST", self._page.url, {"data": [*sent, button]})

    def log_in(self, user: str, password: str = "") -> None:
        """Fill in the login page; without a password that of the sandbox is taken."""
        known = f"zandbak-{user.partition('@')[0]}"
        self.press(("step", "login"), user=user, password=password or known)

    def _form(self) -> _Form:
        form = _Form()
        form.feed(self.text)
        return form

    def _go(self, method: str, url: str, sent: dict[str, list[tuple[str, str]]]) -> None:
        home = urlsplit(url).netloc
        for _ in range(MOST_REDIRECTS):
            self._page = self._session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, data=sent.get("data")
            )
            if not self._page.is_redirect:
                return
            method, url, sent = "GET", urljoin(url, self._page.headers["Location"]), {}
            if urlsplit(url).netloc != home:
                self.left_for = url
                return
        raise LookupError(f"too many redirects, up to {url}")
