"""Every screen on a phone and a desk, light and dark: nothing sticks out, and axe finds nothing."""

import os
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # no types
    Axe,
)

from koppeling.core.people import Person
from koppeling.portal.menu import MENU, label_of
from tests.browser.reader import Reader, reader
from tests.browser.site import BOOKED, BY_HAND, Site
from tests.e2e.job import CONNECTION
from tools.paths import ROOT
from tools.stack.connect import JOAN, MARIT, PIM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e

# Set, the pictures of the documents are made anew
PICTURES = os.environ.get("PICTURES")
IMAGES = ROOT / "docs/images"
OWN = {"choose-mails", "trial-mail"}
PLACES = {
    **{label_of(path): path for path in MENU},
    "todo-group": "todo?group=debtor-not-found",
    "data-entity": "data?entity=accounts",
    "invoice": f"invoice?number={BOOKED}",
    "invoice-waiting": f"invoice?number={BY_HAND}",
}
OUTSIDE = {"sign-in": "in", "link-over": "go?ticket=over"}
NOWHERE = {"not-there": "nothing"}
TROUBLES = {"link-over", *NOWHERE}


def test_every_screen_can_be_read_by_everybody(browser: "Browser", site: Site) -> None:
    reads = reader(browser, site.home, CONNECTION, script=True)
    found = {}
    for name, path in OUTSIDE.items():
        reads.page.goto(f"{site.home}/{path}")
        found[name] = faults_of(reads, name)
    reads.enter(site.link_for(MARIT))
    for name, path in {**PLACES, **NOWHERE}.items():
        reads.open(path)
        found[name] = faults_of(reads, name)
    reads.context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}


def faults_of(reads: Reader, name: str) -> list[str]:
    """Return what is wrong with a page in any of its looks."""
    page = reads.page
    is_trouble = "Nummer voor de helpdesk" in reads.text
    faults = [] if is_trouble is (name in TROUBLES) else [reads.text]
    for look in reads.looks():
        reads.keep(f"portal-{name}{look}")
        if PICTURES and not look and name not in TROUBLES:
            reads.keep_top(IMAGES / f"portal-{name}.png")
        violations = Axe().run(page).response["violations"]
        faults += [f"{look} {each['id']}: {each['nodes'][0]['html'][:120]}" for each in violations]
    return faults


@pytest.mark.parametrize("person", [PIM, JOAN], ids=["who may look", "who reads English"])
def test_every_screen_is_there_for_everybody(
    browser: "Browser", site: Site, person: Person
) -> None:
    reads = reader(browser, site.home, CONNECTION)
    reads.enter(site.link_for(person))
    buttons = []
    for path in PLACES.values():
        reads.open(path)
        assert reads.page.locator("html").get_attribute("lang") == person.language
        forms = reads.page.locator("main form[method=post]")
        buttons += forms.evaluate_all("forms => forms.map(form => form.getAttribute('action'))")
    reads.context.close()

    # Who may only look still chooses his own mails, and tries them
    others = [action for action in buttons if action.rpartition("/")[2] not in OWN]
    assert (others == []) is (person == PIM)
