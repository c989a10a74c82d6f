import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from koppeling.auth.pages.pages import PageRenderer, day
from koppeling.auth.ports import View
from koppeling.core.rendering import load
from koppeling.core.web import language_of
from tests.sandbox.connecting import company_connection

ACME = company_connection()
BOTH = ("exact", "milestones")
CONNECTED = {"number": "987654", "name": "Veldhuis", "user": "u", "until": "2026-12-23T23:30+00:00"}
USERS = {"agreed": "wij@veldhuis.example", "came": "zij@elders.example"}
SPELLINGS = {"agreed": "wij@veldhuis.example", "otherwise": "wijveldhuis"}
NAMES = {"number": "987654", "agreed": "Veldhuis Advies B.V.", "found": "Veldhuis Oud"}
EXACT_DIVISION = {"division": "Veldhuis (987654)", "exact_user": "u", "state": "gearchiveerd"}
MISSING = {"user": "u", "missing": "12, 14"}
VOID = {"meta", "input", "br"}

VIEWS = [
    View("invitation", connection=ACME, providers=BOTH, login="exact", ticket="a-ticket"),
    View("invitation", connection=ACME, providers=("milestones",), login="milestones"),
    View(
        "redirect", connection=ACME, provider="exact", redirect_to="https://login.example/?a=1&b=2"
    ),
    View("connected", 200, ACME, "exact", "", CONNECTED, BOTH, "milestones"),
    View("connected", 200, ACME, "milestones", "", CONNECTED, BOTH),
    View("connected", 200, replace(ACME, paused=True), "exact", "", CONNECTED, ("exact",)),
    View("connected", 200, replace(ACME, started=False), "exact", "", CONNECTED, ("exact",)),
    View("ticket-invalid", 404),
    View("ticket-expired", 410, providers=BOTH, ask_anew=ACME.id),
    View("ticket-used", 410, providers=BOTH, ask_anew=ACME.id),
    View("ticket-revoked", 410, providers=("exact",), ask_anew=ACME.id),
    View("session-gone", 403, ask_anew=ACME.id),
    View("login-over", 400, ACME, login="exact"),
    View("connected-before", 400, ACME, "exact", providers=BOTH, login="milestones"),
    View("connected-before", 400, ACME, "milestones", providers=BOTH),
    View("link-asked"),
    View("login-unknown", 400),
    View("other-browser", 403),
    View("not-connected", 403, ACME, "exact", "exact-connect-failed", EXACT_DIVISION),
    View("not-connected", 403, ACME, "milestones", login="milestones"),
    View("other-user", 403, ACME, "exact", "", USERS, login="exact"),
    View("other-name", 403, ACME, "exact", "", NAMES, login="exact"),
    View("two-names", 403, ACME, "exact", "", SPELLINGS, login="exact"),
    View("code", 403, ACME, "exact", "exact-division-not-accessible", EXACT_DIVISION),
    View("code", 403, ACME, "exact", "exact-division-blocked", EXACT_DIVISION),
    View("code", 403, ACME, "exact", "exact-user-type-not-allowed", EXACT_DIVISION),
    View("code", 403, ACME, "milestones", "milestones-no-rights", {"entity": "companies"}),
    View("unavailable", 503, ACME, "exact", login="exact"),
    View("unverified", 503, ACME, "exact", "", {"minutes": "8"}, login="exact"),
    View("companies-missing", 403, ACME, "milestones", "", MISSING, login="milestones"),
    View("failure", 500),
    View("not-found", 404),
]
each_view = pytest.mark.parametrize(
    "view", VIEWS, ids=lambda v: f"{v.page}-{v.provider}{v.code}{len(v.providers)}"
)
each_language = pytest.mark.parametrize("language", ["nl", "en"])


class Outline(HTMLParser):
    """Notes what a page is made of, and whether its tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(view: View, language: str = "nl") -> str:
    return PageRenderer("https://koppeling.example").html(view, language, "request-1")


def outline(text: str) -> Outline:
    read = Outline()
    read.feed(text)
    assert read.open == []
    return read


@each_language
@each_view
def test_every_page_is_whole_and_leaves_no_word_open(view: View, language: str) -> None:
    text = page(view, language)
    tags = [tag for tag, _ in outline(text).tags]

    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert f'<html lang="{language}">' in text
    assert "…" not in text
    assert not re.search(r"[{}]", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))


@each_view
def test_no_page_runs_a_script_or_fetches_anything(view: View) -> None:
    tags = outline(page(view)).tags
    addresses = {
        value for _, about in tags for name, value in about.items() if name in {"src", "srcset"}
    }

    assert not {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "object"}
    assert addresses == set()
    assert [about for _, about in tags if "style" in about or "onclick" in about] == []


def test_the_texts_of_both_languages_are_about_the_same_pages() -> None:
    def shape(value: Any) -> Any:  # noqa: ANN401 - texts are nested
        if isinstance(value, dict):
            return {name: shape(part) for name, part in value.items()}
        if isinstance(value, list):
            return len(value)
        return sorted(re.findall(r"\{\w+\}", value)) if "{" in value else True

    assert shape(load("login", "nl")) == shape(load("login", "en"))


def test_every_page_of_the_texts_is_shown_here() -> None:
    assert set(load("login", "nl")["page"]) == {view.page for view in VIEWS}


def test_what_others_wrote_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script> *\"'&"
    view = View("other-name", 403, ACME, "exact", "", NAMES | {"found": evil}, login="exact")
    text = page(view)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    pages = PageRenderer("https://koppeling.example")
    (style,) = re.findall(r"<style>(.*?)</style>", page(VIEWS[0]), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = pages.headers["Content-Security-Policy"]

    assert f"style-src 'sha256-{digest}'" in policy
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy


def test_the_button_of_a_ticket_sends_it_in_a_form_and_never_in_an_address() -> None:
    tags = outline(page(VIEWS[0])).tags
    (form,) = [about for tag, about in tags if tag == "form"]
    (field,) = [about for tag, about in tags if tag == "input"]

    assert (form["method"], form["action"]) == (
        "post",
        f"https://koppeling.example/connect/{ACME.id}",
    )
    assert (field["name"], field["value"]) == ("ticket", "a-ticket")


def test_a_link_that_works_no_more_has_a_button_for_a_new_one_and_shows_no_address() -> None:
    (expired,) = [view for view in VIEWS if view.page == "ticket-expired"]
    tags = outline(page(expired)).tags
    (form,) = [about for tag, about in tags if tag == "form"]
    (field,) = [about for tag, about in tags if tag == "input"]

    assert form["action"] == f"https://koppeling.example/connect/{ACME.id}/new-link"
    assert (field["name"], field["value"]) == ("providers", "exact milestones")
    assert "Mail mij een nieuwe link" in page(expired)
    assert "@" not in re.sub(r"<style>.*?</style>", "", page(expired), flags=re.DOTALL)


def test_the_way_to_a_login_page_needs_no_script_and_no_form() -> None:
    tags = outline(page(VIEWS[2])).tags
    refresh = next(about for tag, about in tags if about.get("http-equiv") == "refresh")

    assert refresh["content"] == "0; url=https://login.example/?a=1&b=2"
    assert [about["href"] for tag, about in tags if tag == "a"] == [
        "https://login.example/?a=1&b=2"
    ]


def test_a_consent_is_dated_by_the_dutch_calendar() -> None:
    assert day("2026-12-23T23:30+00:00", "nl") == "24 december 2026"
    assert "24 december 2026" in page(VIEWS[3])
    assert "24 December 2026" in page(VIEWS[3], "en")


def test_a_page_with_a_code_has_the_text_of_the_catalogue() -> None:
    text = page(next(view for view in VIEWS if view.code == "exact-user-type-not-allowed"))

    assert "<h1>Met een MijnKantoor-gebruiker kan de koppeling niets boeken</h1>" in text
    assert "Laat je accountant of de beheerder" in text


def test_only_a_mistake_of_ours_shows_a_number_to_pass_on() -> None:
    numbered = {view.page for view in VIEWS if "request-1" in page(view)}

    assert numbered == {"failure"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nl"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("de-DE,en;q=0.7,nl;q=0.3", "en"),
        ("fr", "nl"),
        ("en;q=0", "nl"),
        ("en;q=oops, nl;q=0.1", "en"),
        ("*", "nl"),
    ],
)
def test_a_browser_gets_the_language_it_likes_best(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
