"""What happens at the edges: an old page, a second tab, a foreign connection, a forged form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from koppeling.core.ids import ConnectionId
from tests.browser.reader import Reader, reader
from tests.browser.site import BOOKED, TO_SKIP, Site
from tests.e2e.job import CONNECTION
from tools.stack.connect import MARIT, PIM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e


@pytest.fixture
def visitor(browser: "Browser", site: Site) -> Iterator[Reader]:
    reads = reader(browser, site.home, CONNECTION)
    yield reads
    reads.context.close()


@pytest.fixture
def marit(visitor: Reader, site: Site) -> Reader:
    visitor.enter(site.link_for(MARIT))
    return visitor


def test_a_link_that_a_scanner_opens_still_works_and_works_once(
    visitor: Reader, site: Site
) -> None:
    link = site.link_for(MARIT)
    visitor.page.goto(link)
    visitor.enter(link)
    assert visitor.is_signed_in

    second = Reader(visitor.context, site.home, CONNECTION)
    second.page.goto(link)
    assert "link" in second.title.lower()
    assert second.page.get_by_role("button", name="Aanmelden").count() == 0


def test_back_after_signing_out_shows_nothing_any_more(marit: Reader) -> None:
    marit.open("todo")
    with marit.page.expect_navigation():
        marit.page.get_by_role("button", name="Afmelden").click()
    assert "afgemeld" in marit.notice

    marit.page.go_back()
    marit.page.reload()

    assert marit.title == "Aanmelden"


def test_who_was_away_for_too_long_signs_in_and_nothing_was_done(marit: Reader, site: Site) -> None:
    marit.open()
    site.let_expire(marit.context)

    marit.press("Pauze")

    assert marit.title == "Je bent niet meer aangemeld"
    assert not site.connection.paused
    marit.open("todo")
    assert marit.title == "Aanmelden"


def test_a_button_without_the_token_of_the_form_does_nothing(marit: Reader, site: Site) -> None:
    pages = marit.context.request
    for token in ("", "forged"):
        answer = pages.post(f"{site.home}/{CONNECTION}/do/pause", form={"form_token": token})
        assert answer.status == 403

    assert not site.connection.paused


def test_a_foreign_connection_is_not_there(marit: Reader, site: Site) -> None:
    connections, foreign = site.wiring.stores.connections, ConnectionId("bakker-groot-01")
    connections.save(replace(site.connection, id=foreign, people=(PIM,)))
    pages, places = marit.context.request, ("", "todo", f"invoice?number={BOOKED}", "month", "log")

    answers = {pages.get(f"{site.home}/{foreign}/{path}").status for path in places}
    pressed = pages.post(f"{site.home}/{foreign}/do/pause").status
    connections.remove(foreign)

    assert answers == {404}
    assert pressed in {403, 404}


def test_who_is_removed_is_out_at_the_next_page(visitor: Reader, site: Site) -> None:
    before = site.connection.people
    kees = replace(PIM, mail="kees@veldhuis.example")
    site.have_people((*before, kees))
    visitor.enter(site.link_for(kees))
    visitor.open("todo")
    assert visitor.title == "Te doen"

    site.have_people(before)
    visitor.open("todo")

    assert visitor.title == "Aanmelden"


def test_a_pause_is_one_pause_in_two_tabs_and_back_does_not_press_again(
    marit: Reader, site: Site
) -> None:
    marit.open()
    second = Reader(marit.context, site.home, CONNECTION)
    second.open()

    marit.press_twice("Pauze")
    second.press("Pauze")

    assert site.connection.paused
    assert "pauze" in second.notice
    second.press("Aanzetten")
    second.page.go_back()
    second.page.reload()
    assert not site.connection.paused


def test_what_was_asked_twice_is_done_once(marit: Reader, site: Site) -> None:
    marit.open(f"invoice?number={TO_SKIP}")
    other = Reader(marit.context, site.home, CONNECTION)
    other.open(f"invoice?number={TO_SKIP}")

    marit.press_twice("Opnieuw aanbieden")
    other.press("Opnieuw aanbieden")

    assert other.notice
    assert site.job.entries(TO_SKIP) == []


def test_all_can_be_done_by_keyboard_alone(visitor: Reader, site: Site) -> None:
    keys = visitor.page.keyboard
    visitor.page.goto(site.link_for(MARIT))
    tab_to(visitor, "Aanmelden")
    keys.press("Enter")
    visitor.page.wait_for_url("**/" + CONNECTION)
    visitor.open("todo")

    keys.press("Tab")
    assert visitor.focused == "Direct naar de inhoud"
    for name in ("Overzicht", "Verbinding"):
        tab_to(visitor, name)
    keys.press("Enter")
    visitor.page.wait_for_url("**/connection")
    tab_to(visitor, "Bewaren")


def tab_to(reads: Reader, name: str) -> None:
    """Go on with the Tab key until something with this name is reached."""
    reached = []
    for _ in range(60):
        reads.page.keyboard.press("Tab")
        reached.append(reads.focused)
        if reached[-1].startswith(name):
            return
    raise AssertionError(f"the keyboard gets to {reached}, and not to {name}")
