"""S3 for the login in the browser: no secret is in any log, page or exception."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.aws_stack import LINK_KEY
from tests.environment import Environment, environment
from tests.integration.browser import REFUSE, Browser
from tests.integration.test_clients_secrets import everything_at_debug, secrets
from tests.sandbox.common.faults import Fault

OF_TOKENS = ("token-answer-lost", "token-empty", "token-gateway")
OF_EXACT = ("500", "no-answer", "half-json", "object-moved", "maintenance")


@dataclass(slots=True)
class Seen:
    """The pages that a browser was shown, and the secrets that it sent or received."""

    pages: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def note(self, browser: Browser) -> None:
        """Note a page and its secrets."""
        self.pages.append(browser.text)
        self.secrets |= set(browser.cookies.values())
        if browser.go_to:
            self.secrets.add(browser.state)


def troubled_logins(built: Environment, seen: Seen) -> Iterator[Browser]:
    """Yield browsers that are on their way to a login page, each under another fault."""
    for provider in ("exact", "milestones"):
        for _ in range(2):
            yield away(built, seen, provider)
    for kind in OF_TOKENS:
        built.exact.faults.arm(Fault(kind))
        yield away(built, seen, "exact")
    for kind in OF_EXACT:
        for endpoint in ("current/Me", "system/Divisions"):
            built.exact.faults.arm(Fault(kind, endpoint=endpoint))
            yield away(built, seen, "exact")
    for kind in ("500", "half-json", "403"):
        built.milestones.faults.arm(Fault(kind, endpoint="Company"))
        yield away(built, seen, "milestones")


def away(built: Environment, seen: Seen, provider: str) -> Browser:
    """Open a link, and press its button."""
    browser = Browser(built)
    link = built.wiring.login_links.link(built.connection.id, (provider,))
    seen.secrets |= set(parse_qs(urlsplit(link).query)["ticket"])
    browser.open(link)
    browser.press()
    seen.note(browser)
    return browser


def test_no_secret_is_in_any_log_line_or_page(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    seen = Seen()
    with environment(accounts=4, on_moto=True) as h, everything_at_debug():
        for browser in troubled_logins(h, seen):
            browser.log_in()
            seen.note(browser)
            browser.back(state="not-a-state-of-ours", code="canary-code-of-a-stranger")
            seen.note(browser)
        browser = away(h, seen, "exact")
        browser.walk(h.connection.exact_user, button=REFUSE["exact"])
        h.wiring.stores.connections.remove(h.connection.id)
        browser.press()
        seen.note(browser)
        planted = secrets(h) | seen.secrets | codes(h) | {LINK_KEY, "canary-code-of-a-stranger"}

    out, err = capfd.readouterr()
    # `responses` is moto's own: it notes where the visitor of the login pages goes
    records = [vars(record) for record in caplog.records if record.name != "responses"]
    logged = "\n".join([caplog.text, out, err, *map(str, records)])
    shown = "\n".join(seen.pages)
    assert len(planted) > 60
    assert min(map(len, planted)) > 10
    assert [secret[:12] for secret in planted if secret in logged] == []
    assert [secret[:12] for secret in planted if secret in shown] == []
    assert "veldhuis.example" not in caplog.text


def codes(built: Environment) -> set[str]:
    """Return the codes that Exact gave out and that nobody exchanged."""
    waiting: set[str] = set(built.exact.authority._codes)  # noqa: SLF001 - only it knows them
    return waiting


def test_an_unknown_exception_is_logged_by_its_type_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with environment(accounts=4, on_moto=True) as h:
        browser = away(h, Seen(), "exact")

        def explode(*_: object, **__: object) -> object:
            raise RuntimeError("canary-in-an-exception")

        h.wiring.stores.logins.end = explode  # type: ignore[method-assign,assignment]
        browser.back(state=browser.state, code="canary-code")

    assert (browser.status, browser.title) == (500, "Er ging bij ons iets mis")
    assert "canary" not in browser.page
    assert "canary" not in caplog.text + str([vars(record) for record in caplog.records])
    assert "RuntimeError" in str([vars(record) for record in caplog.records])
