"""What docs tell of the bookkeeper's pages is there: each screen, each button, each standing."""

import re
import tomllib
from collections.abc import Iterator

import pytest

from koppeling.portal.menu import INVOICE, MENU, label_of
from tools.paths import ROOT

DOCS = ROOT / "docs"
PORTAL = ROOT / "layers/koppeling/koppeling/messages/portal"
EMPHASISED = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
TOLD_IN = ("jouw-paginas.md", "wanneer-werkt-de-koppeling.md")


IMAGES = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", (DOCS / "jouw-paginas.md").read_text())
MOST_BYTES = 150_000


def texts(held: object) -> Iterator[str]:
    """Yield every text of a file."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for below in held.values():
            yield from texts(below)


SHOWN = {
    text
    for file in PORTAL.glob("*.nl.toml")
    for text in texts(tomllib.loads(file.read_text(encoding="utf-8")))
}
LAYOUT = tomllib.loads((PORTAL / "layout.nl.toml").read_text(encoding="utf-8"))


def named_in(document: str) -> set[str]:
    return set(EMPHASISED.findall((DOCS / document).read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", TOLD_IN)
def test_every_screen_and_button_that_a_document_names_is_on_a_page(document: str) -> None:
    beginnings = {text.partition(":")[0].casefold() for text in SHOWN}

    assert {name for name in named_in(document) if name.casefold() not in beginnings} == set()


def test_every_screen_of_the_menu_and_every_standing_is_told() -> None:
    named = {name.casefold() for name in named_in("jouw-paginas.md")}

    for told in (*LAYOUT["menu"].values(), *LAYOUT["standing"].values()):
        assert told.casefold() in named


def test_every_screen_has_a_picture_and_every_picture_is_there_small_and_shown() -> None:
    held = sorted(f"images/{path.name}" for path in (DOCS / "images").glob("portal-*.png"))
    screens = {f"images/portal-{label_of(path)}.png" for path in (*MENU, INVOICE)}

    assert sorted(IMAGES) == held
    assert screens <= set(held)
    for name in held:
        content = (DOCS / name).read_bytes()
        assert content.startswith(b"\x89PNG"), name
        assert len(content) <= MOST_BYTES, name
