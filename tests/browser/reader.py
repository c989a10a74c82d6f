"""Somebody at a screen: signs in, reads, presses buttons, and sees whether all is well."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.paths import STATE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

SCREENS = Path(os.environ.get("SCREENS") or STATE / "screens")
WIDE, PHONE = (1280, 900), (360, 760)
# A picture of a document that is higher is not looked at
HIGHEST = 900


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
        self.press("")

    def open(self, path: str = "") -> None:
        """Open a screen of the connection."""
        self.page.goto("/".join(part for part in (self.home, self._connection, path) if part))

    def follow(self, name: str) -> None:
        """Follow the first link with this name."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Press the first button with this name, and wait for the page that follows."""
        with self.page.expect_navigation():
            self._button(name).click()

    def press_twice(self, name: str) -> None:
        """Press it once more before the page that follows is there, and wait for what it says."""
        self._button(name).dblclick()
        self.page.get_by_role("status").first.wait_for()

    def fill(self, label: str, text: str) -> None:
        """Type something in the field whose label begins so."""
        self.page.get_by_role("main").get_by_role("textbox", name=label).first.fill(text)

    def shows(self, text: str) -> bool:
        """Load the page once more, and say whether a text stands there."""
        self.page.reload()
        return text in self.text

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def lead(self) -> str:
        """The one sentence that says how it is."""
        return self.page.locator("p.lead").first.inner_text()

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.inner_text("main")

    @property
    def notice(self) -> str:
        """The sentence about what was just done."""
        found = self.page.get_by_role("status")
        return found.first.inner_text() if found.count() else ""

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a button to sign out."""
        return self.page.get_by_role("button", name="Afmelden").count() == 1

    @property
    def focused(self) -> str:
        """The words of what the keyboard is at."""
        return str(self.page.evaluate("document.activeElement.innerText"))

    def looks(self) -> Iterator[str]:
        """Show the page at a desk and on a phone, light and dark; gives the name of each look."""
        for size, at in ((WIDE, ""), (PHONE, "-phone")):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self.page.emulate_media(color_scheme="light")
            yield at
            self.page.emulate_media(color_scheme="dark")
            yield f"{at}-dark"

    def keep_top(self, path: Path) -> None:
        """Keep what a reader sees first."""
        height = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.screenshot(
            path=path,
            full_page=True,
            clip={"x": 0, "y": 0, "width": WIDE[0], "height": min(height, HIGHEST)},
        )

    def keep(self, name: str) -> None:
        """Keep what the screen shows, and see that nothing sticks out of it."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
        widths: Any = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{name} is {widths[0]} wide on a screen of {widths[1]}"  # noqa: S101 - the check

    def _button(self, name: str) -> "Locator":
        return self.page.get_by_role("main").get_by_role("button", name=name).first


def reader(browser: "Browser", home: str, connection: str, *, script: bool = False) -> Reader:
    """Sit down at a screen; without scripts, since no page of ours needs them."""
    context = browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]},
        locale="nl-NL",
        color_scheme="light",
        java_script_enabled=script,
    )
    context.set_default_timeout(30_000)
    return Reader(context, home, connection)
