"""A real browser for the tests: the Chromium of the machine, not one that Playwright fetches."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
# In a container there is mostly no user but root, under whom its sandbox does not start
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


class NoBrowserError(RuntimeError):
    """There is no browser; the message says what to install."""


def chromium() -> str:
    """Return the path of a Chromium: CHROMIUM, or the first on the path, or Debian's, installed.

    Raises:
        NoBrowserError: there is none, and we may not install one.
    """
    given = os.environ.get("CHROMIUM")
    found = given or _on_path()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _on_path()
    if found is None:
        hint = "`apt-get install chromium`, or set CHROMIUM to the path of a Chromium or Chrome"
        raise NoBrowserError(f"the tests in the browser need Chromium: {hint}")
    return found


@contextmanager
def browser() -> Iterator["Browser"]:
    """Have a browser without a window while the block runs."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the tools start without it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-qq", "--no-install-recommends", "chromium"),
    ):
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
