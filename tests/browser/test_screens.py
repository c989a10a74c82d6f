"""Every screen on a phone and a desk, light and dark: nothing sticks out, and axe finds nothing."""

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # no types
    Axe,
)

from koppeling.core.people import Person
from koppeling.portal.menu import MENU, label_of
from tests.browser.reader import PHONE, WIDE, Reader, reader
from tests.browser.site import BOOKED, BY_HAND, JOAN, MARIT, PIM, Site
from tests.e2e.job import CONNECTION

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e

OWN = {"preferences", "test-mail"}
PLACES = (*MENU, f"invoice?number={BOOKED}", f"invoice?number={BY_HAND}")


def faults_of(reads: Reader) -> list[str]:
    """Return what axe has against a page."""
    found = Axe().run(reads.page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_screen_can_be_read_by_everybody(
    browser: "Browser", site: Site, size: tuple[int, int], *, dark: bool
) -> None:
    reads = reader(browser, site.home, CONNECTION, size=size, dark=dark, script=True)
    reads.enter(site.link_for(MARIT))
    found = {}
    for place in PLACES:
        reads.open(place)
        name = label_of(place.partition("?")[0]) + ("-refused" if BY_HAND in place else "")
        reads.keep(f"portal-{name}{'-phone' if size == PHONE else ''}{'-dark' if dark else ''}")
        if faults := faults_of(reads):
            found[place] = faults
    reads.context.close()

    assert found == {}


@pytest.mark.parametrize("person", [PIM, JOAN], ids=["who may look", "who reads English"])
def test_every_screen_is_there_for_everybody(
    browser: "Browser", site: Site, person: Person
) -> None:
    reads = reader(browser, site.home, CONNECTION)
    reads.enter(site.link_for(person))
    buttons = []
    for place in PLACES:
        reads.open(place)
        assert reads.page.locator("html").get_attribute("lang") == person.language
        forms = reads.page.locator("main form[method=post]")
        buttons += [each.get_attribute("action") or "" for each in forms.all()]
    reads.context.close()

    # Who may only look still chooses his own mails, and tries them
    others = [action for action in buttons if action.rpartition("/")[2] not in OWN]
    assert (others == []) is (person == PIM)
