"""A company whose bookkeeper has something to do, and a browser in front of its pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.site import Site, filled
from tests.e2e.job import connected
from tools.browser import browser as chromium
from tools.stack.deployed import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Have a browser without a window."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site(stack: Stack) -> Iterator[Site]:
    """Have the invented company connected, with invoices in every state there is."""
    with connected(stack) as job:
        yield filled(job)
