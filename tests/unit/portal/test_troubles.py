"""What goes wrong is a page: with a sentence, a cure, and a number for the helpdesk."""

import time
from functools import partial
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.exceptions import GetError

from koppeling.bootstrap.pages import in_time
from koppeling.bootstrap.visit import Patience
from koppeling.core.rendering import load
from koppeling.portal.destination import own_path
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.refused import STATUS, PageRefused, Trouble
from tests.unit.portal.signing import PortalBrowser, PortalWorld

HERE = "/portal/veldhuis"
SCREENS = sorted(
    each.name.removesuffix(".nl.toml")
    for each in (files("koppeling") / "messages/portal").iterdir()
    if each.name.endswith(".nl.toml")
)


def mistaken(_request: PageRequest) -> PortalPage:
    raise ValueError("secret-in-a-message")


def unreachable(_request: PageRequest) -> PortalPage:
    raise PageRefused(Trouble.TOO_SLOW) from GetError("no answer")


def keys_of(name: str, language: str) -> set[str]:
    def walk(texts: object, at: str) -> set[str]:
        if not isinstance(texts, dict):
            return {at}
        return set().union(*(walk(each, f"{at}.{key}") for key, each in texts.items()))

    return walk(dict(load(f"portal/{name}", language)), "")


@pytest.mark.parametrize("name", SCREENS)
def test_every_page_says_in_english_what_it_says_in_dutch(name: str) -> None:
    assert keys_of(name, "nl") == keys_of(name, "en")


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_trouble_has_a_title_a_sentence_and_a_cure(trouble: Trouble, language: str) -> None:
    assert set(load("portal/trouble", language)[trouble]) == {"title", "what", "cure"}
    assert STATUS[trouble] >= 400


def test_a_mistake_of_ours_is_a_page_with_a_number_and_tells_the_log_no_message() -> None:
    world = PortalWorld(screens={"": mistaken})
    browser = world.signed_in()

    assert (browser.status, browser.title) == (500, "Er ging bij ons iets mis")
    assert "Nummer voor de helpdesk: a-request" in browser.text
    told = world.told[-1]
    assert (told.outcome, told.detail) == ("failure", "overview ValueError")
    assert "secret-in-a-message" not in browser.page


@pytest.mark.parametrize("typed", ["marit@veldhuis.example", "x" * 5000, "do/marit@x.example"])
def test_what_somebody_types_into_a_path_does_not_reach_the_log(typed: str) -> None:
    world = PortalWorld()
    browser = world.signed_in()
    for method in ("GET", "POST"):
        browser.send(method, f"/portal/veldhuis/{typed}")

    assert not any(typed.removeprefix("do/") in line.detail for line in world.told)


def test_storage_that_does_not_answer_is_a_page_of_its_own() -> None:
    world = PortalWorld(screens={"": unreachable})
    browser = world.signed_in()

    assert (browser.status, browser.title) == (503, "Het duurt nu te lang")
    assert world.told[-1].detail == "overview GetError"


def test_a_page_comes_before_the_browser_gives_up() -> None:
    patience, started = Patience(seconds=0.1), time.monotonic()
    with pytest.raises(PageRefused) as refused:
        in_time(patience, partial(time.sleep, 1))

    assert refused.value.trouble is Trouble.TOO_SLOW
    assert time.monotonic() - started < 0.9
    assert in_time(patience, lambda: "the next page") == "the next page"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_a_page_that_names_the_two_there_are(method: str) -> None:
    browser = PortalWorld().signed_in()
    browser.send(method, HERE)

    assert (browser.status, browser.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("path", ["/portal/a/b/c", "/portal//evil.example", "/portals", "/"])
def test_an_address_that_does_not_exist_is_a_page(path: str) -> None:
    browser = PortalBrowser(PortalWorld())
    browser.send("GET", f"https://koppeling.example{path}")

    assert (browser.status, browser.title) == (404, "Deze pagina is er niet")


def test_a_form_that_is_too_long_or_no_text_is_refused() -> None:
    browser = PortalWorld().signed_in()
    token = browser.form_token
    browser.post(f"{HERE}/do/act", form_token=token, note="x" * 9000)
    assert browser.status == 413
    browser.post(f"{HERE}/do/act", form_token=token, note="x" * 90_000)
    assert browser.status == 413
    browser.post(f"{HERE}/do/act", form_token=token, reason="x" * 501)
    assert (browser.status, browser.title) == (413, "De tekst is te lang")

    event = browser.event("POST", f"{HERE}/do/act", "x", {}) | {"body": "/w=="}
    browser.answer = browser.world.routes.answer(event, None)
    assert (browser.status, browser.title) == (400, "Het formulier is niet goed aangekomen")


def test_what_nobody_types_does_not_reach_a_screen() -> None:
    got: list[dict[str, str]] = []

    def noted(request: PageRequest) -> PortalPage:
        got.append(dict(request.query))
        return PortalPage("trouble", {"trouble": "not-found"}, heading={"title": "x"})

    browser = PortalWorld(screens={"": noted}).signed_in()
    browser.send("GET", f"{HERE}?a=1%00%1b2&b=%C3%A9%FF&a=3")

    assert got[-1] == {"a": "3", "b": "é\ufffd"}


def test_what_a_page_leads_to_is_never_split_into_headers() -> None:
    browser = PortalBrowser(PortalWorld(), follows=False)
    browser.send("GET", f"{HERE}/todo?x=%0d%0aSet-Cookie:%20evil=1")

    assert browser.status == 303
    assert not set("\r\n") & set(browser.headers["Location"])
    assert "evil=1" not in str(browser.answer.get("cookies"))


@given(st.text() | st.from_regex(r"(/|//|\\\\|https?:)[a-z./\\\\@?=%-]*", fullmatch=True))
def test_after_signing_in_nobody_gets_to_another_site(text: str) -> None:
    path = own_path(text)

    assert path == "" or path.startswith("/")
    assert not path.startswith("//")
    assert ".." not in path.partition("?")[0]
    assert path.isascii()
    assert path.isprintable()
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["/veldhuis", "/veldhuis/todo", "/veldhuis/invoice?number=2026%2F12", "/a_b-1/first-load"],
)
def test_after_signing_in_one_gets_to_a_page_of_ours(path: str) -> None:
    assert own_path(path) == path
