"""Somebody at a screen: signs in, reads, presses buttons, and sees whether all is well."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.paths import STATE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

SCREENS = Path(os.environ.get("SCREENS") or STATE / "screens")
WIDE, PHONE = (1280, 900), (360, 760)


class Reader:
    """One window of a browser. `home` is the address below which all pages stand."""

    def __init__(self, context: "BrowserContext", home: str, connection: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.home = home
        self._connection = connection

    def enter(self, link: str) -> None:
        """Open a link of a mail and press its button."""
        self.page.goto(link)
        self.page.get_by_role("main").get_by_role("button").click()
        self.page.wait_for_load_state()

    def open(self, path: str = "", connection: str = "") -> None:
        """Open a screen of the connection."""
        of = connection or self._connection
        self.page.goto("/".join(part for part in (self.home, of, path) if part))

    def press(self, name: str, *, within: "Locator | None" = None) -> None:
        """Press the first button with this name, and wait for the page that follows."""
        area = within or self.page.get_by_role("main")
        area.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str, *, within: "Locator | None" = None) -> None:
        """Type something in a field."""
        (within or self.page.get_by_role("main")).get_by_label(label).first.fill(text)

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.inner_text("main")

    @property
    def notice(self) -> str:
        """The sentence about what was just done."""
        found = self.page.get_by_role("status")
        return found.first.inner_text() if found.count() else ""

    def keep(self, name: str) -> None:
        """Keep what the screen shows, and see that nothing sticks out of it."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
        widths: Any = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{name} is {widths[0]} wide on a screen of {widths[1]}"  # noqa: S101 - the check


def reader(  # noqa: PLR0913 - each says how somebody looks at the page
    browser: "Browser",
    home: str,
    connection: str,
    *,
    size: tuple[int, int] = WIDE,
    dark: bool = False,
    script: bool = False,
    language: str = "nl-NL",
) -> Reader:
    """Sit down at a screen; without scripts, since no page of ours needs them."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    context.set_default_timeout(30_000)
    return Reader(context, home, connection)
