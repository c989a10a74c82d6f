"""The page by which Qics' staff connect a customer: what it names is there."""

import re
import tomllib

import pytest

from koppeling.cli.configuration.reading import read
from koppeling.core import catalogue
from tools.docs.errors import heading
from tools.paths import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "connect-a-customer.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "command-line.md").read_text(encoding="utf-8")
IMAGES = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", PAGE)
LINKS = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", PAGE)
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
IN_CODE = re.findall(r"`([^`\n]+)`", PAGE) + "".join(SHELL).splitlines()
TYPED = [
    (found[1], tuple(re.findall(r"--[a-z-]+", text)))
    for text in IN_CODE
    if (
        found := re.match(r"koppeling ((?:connections )?[a-z]+)( [A-Za-z0-9./…-]+)*$", text.strip())
    )
]
ANCHORS = re.findall(r"\]\(#([^)]+)\)", PAGE)
# The titles of our own pages, in the table of what can go wrong
TABLE = PAGE.partition("| Wat de pagina zegt |")[2].partition("\n\n")[0]
TITLES = re.findall(r"^\| (\*.+\*) \|", TABLE, re.MULTILINE)
PORTAL = ROOT / "layers/koppeling/koppeling/messages/login.nl.toml"
SYSTEMS = ("Exact Online", "QicsMilestones")
MOST_BYTES = 60_000


@pytest.mark.parametrize(("command", "options"), sorted(set(TYPED)))
def test_every_command_on_the_page_exists_with_its_options(
    command: str, options: tuple[str, ...]
) -> None:
    assert f"## koppeling {command}\n" in COMMANDS
    manual = COMMANDS.partition(f"## koppeling {command}\n")[2].partition("\n## ")[0]
    for option in options:
        assert re.search(rf"^  {option}\b", manual, re.MULTILINE), option


def test_every_step_of_the_way_has_its_command() -> None:
    way = {"connections apply", "connections link", "check", "start", "pull", "status"}

    assert way <= {command for command, _ in TYPED}


def test_every_page_that_it_explains_can_be_seen() -> None:
    pages = tomllib.loads(PORTAL.read_text(encoding="utf-8"))["page"].values()
    shown = {page["title"].replace("{provider}", each) for page in pages for each in SYSTEMS}
    shown |= {heading(code) for code in catalogue.codes()}
    explained = [title for row in TITLES for title in re.findall(r"\*([^*]+)\*", row)]

    assert len(explained) > len(SYSTEMS)
    assert set(explained) <= shown


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


@pytest.mark.parametrize("anchor", sorted(set(ANCHORS)))
def test_every_jump_leads_to_a_heading(anchor: str) -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)

    assert anchor in [re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings]


def test_the_example_that_it_names_is_a_valid_configuration() -> None:
    assert "veldhuis-advies-01.yaml" in PAGE
    text = (DOCS / "veldhuis-advies-01.yaml").read_text(encoding="utf-8")

    assert read("veldhuis-advies-01.yaml", text).id == "veldhuis-advies-01"
