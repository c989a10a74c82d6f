"""What happens at the edges: an old page, a second tab, a foreign connection, a forged form."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from koppeling.core.ids import ConnectionId
from tests.browser.reader import Reader, reader
from tests.browser.site import MARIT, PIM, Site
from tests.e2e.job import CONNECTION

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e


@pytest.fixture
def marit(browser: "Browser", site: Site) -> Reader:
    reads = reader(browser, site.home, CONNECTION)
    reads.enter(site.link_for(MARIT))
    return reads


def test_a_link_that_a_scanner_opens_still_works_and_works_once(
    browser: "Browser", site: Site
) -> None:
    link = site.link_for(MARIT)
    scanner, first, second = (reader(browser, site.home, CONNECTION) for _ in range(3))

    scanner.page.goto(link)
    first.enter(link)
    second.page.goto(link)

    assert first.page.url.startswith(f"{site.home}")
    assert first.page.get_by_role("button", name="Afmelden").count() == 1
    assert second.page.get_by_role("button", name="Afmelden").count() == 0
    assert "link" in second.title.lower()


def test_back_after_signing_out_shows_nothing_any_more(marit: Reader) -> None:
    marit.open("todo")
    marit.page.get_by_role("button", name="Afmelden").click()
    marit.page.wait_for_load_state()

    marit.page.go_back()
    marit.page.reload()

    assert "Te doen" not in marit.title
    assert marit.page.get_by_label("adres").count() == 1


def test_a_button_without_the_token_of_the_form_does_nothing(marit: Reader, site: Site) -> None:
    marit.open()

    answer = marit.context.request.post(
        f"{site.home}/{CONNECTION}/do/pause", form={"form_token": "forged"}
    )

    connection = site.wiring.stores.connections.get(CONNECTION)
    assert answer.status == 403
    assert connection is not None
    assert not connection.paused


def test_a_foreign_connection_is_not_there(marit: Reader, site: Site) -> None:
    connections = site.wiring.stores.connections
    mine = connections.get(CONNECTION)
    assert mine is not None
    foreign = ConnectionId("bakker-groot-01")
    connections.save(replace(mine, id=foreign, people=(PIM,)))
    places = ("", "todo", "invoices", "invoice?number=20268001", "month", "log", "connection")

    answers = {
        path: marit.context.request.get(f"{site.home}/{foreign}/{path}").status for path in places
    }
    pressed = marit.context.request.post(f"{site.home}/{foreign}/do/pause").status
    connections.remove(foreign)

    assert set(answers.values()) == {404}
    assert pressed in {403, 404}


def test_who_is_removed_is_out_at_the_next_page(browser: "Browser", site: Site) -> None:
    connections = site.wiring.stores.connections
    before = connections.get(CONNECTION)
    assert before is not None
    kees = replace(PIM, mail="kees@veldhuis.example")
    connections.save(replace(before, people=(*before.people, kees)))
    reads = reader(browser, site.home, CONNECTION)
    reads.enter(site.link_for(kees))
    reads.open("todo")
    assert reads.title == "Te doen"

    connections.save(before)
    reads.open("todo")

    assert reads.title != "Te doen"


def test_a_pause_that_is_pressed_in_two_tabs_is_one_pause(marit: Reader, site: Site) -> None:
    marit.open()
    second = Reader(marit.context, site.home, CONNECTION)
    second.open()

    marit.press("Pauze")
    second.press("Pauze")

    paused = site.wiring.stores.connections.get(CONNECTION)
    assert paused is not None
    assert paused.paused
    assert second.notice
    second.press("Aanzetten")
    resumed = site.wiring.stores.connections.get(CONNECTION)
    assert resumed is not None
    assert not resumed.paused


def test_all_can_be_reached_by_keyboard_alone(marit: Reader) -> None:
    marit.open("todo")
    reached = []
    for _ in range(60):
        marit.page.keyboard.press("Tab")
        reached.append(marit.page.locator(":focus").inner_text())

    assert reached[0] == "Direct naar de inhoud"
    assert {"Overzicht", "Maand", "Afmelden"} <= set(reached)
    assert any("opnieuw aan" in each for each in reached)
