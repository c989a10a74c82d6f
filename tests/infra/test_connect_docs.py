"""The page by which Qics' staff connect a customer: what it names is there."""

import re

import pytest

from koppeling.configuration.reading import read
from tools.paths import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "connect-a-customer.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "command-line.md").read_text(encoding="utf-8")
IMAGES = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", PAGE)
LINKS = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", PAGE)
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
IN_CODE = re.findall(r"`([^`\n]+)`", PAGE) + "".join(SHELL).splitlines()
TYPED = [
    found[1]
    for text in IN_CODE
    if (
        found := re.match(r"koppeling ((?:connections )?[a-z]+)( [A-Za-z0-9./…-]+)*$", text.strip())
    )
]
MOST_BYTES = 60_000


@pytest.mark.parametrize("command", sorted(set(TYPED)))
def test_every_command_on_the_page_exists(command: str) -> None:
    assert f"## koppeling {command}\n" in COMMANDS


def test_every_picture_is_there_small_and_shown() -> None:
    held = sorted(f"images/{path.name}" for path in (DOCS / "images").glob("connect-*.png"))

    assert sorted(IMAGES) == held
    for name in held:
        content = (DOCS / name).read_bytes()
        assert content.startswith(b"\x89PNG"), name
        assert len(content) <= MOST_BYTES, name


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (DOCS / link).exists()


def test_the_example_that_it_names_is_a_valid_configuration() -> None:
    assert "veldhuis-advies-01.yaml" in PAGE
    text = (DOCS / "veldhuis-advies-01.yaml").read_text(encoding="utf-8")

    assert read("veldhuis-advies-01.yaml", text).id == "veldhuis-advies-01"
