"""A button or setting that a text or document names exists: on the command line, in the schema."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from koppeling.cli.configuration.fields import FIELD_PATHS
from koppeling.cli.configuration.yaml_file import part_at
from tools.docs.configuration import leaves
from tools.paths import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "synchronisatiefouten.md").read_text()
REFERENCE = (DOCS / "reference/errors.md").read_text()
MANUAL = (DOCS / "command-line.md").read_text()
EMPHASISED = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
# What stands between stars and is a field or menu of one of the two systems, or a word that counts
NO_BUTTONS = {
    *("Uw referentie", "Valuta", "Wisselkoers wijzigen", "exclusief", "excluding", "Bewaren"),
    *("Your-reference", "Currency", "Change exchange rate", "Save"),
    # A page of the portal
    *("Verbinding", "Connection"),
}
ENGLISH = {
    "Offer again": "Opnieuw aanbieden",
    "Reconnect": "Opnieuw verbinden",
    "Connect": "Verbinden",
    "Skip": "Overslaan",
    "Link": "Koppelen",
    "Confirm": "Akkoord",
    "Not an invoice": "Geen factuur",
}
# Settings of all connections together: what to assume of QicsMilestones is no choice of a customer
NOT_OF_A_CONNECTION = {"create_key_value"}


def named_in(file: str) -> set[str]:
    """Return the buttons that a file of texts names."""
    text = (files("koppeling") / "messages" / file).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = {name for line in lines for name in EMPHASISED.findall(line)}
    return {name for name in found - NO_BUTTONS if " > " not in name and "{" not in name}


def explained() -> set[str]:
    """Return the buttons that the page for bookkeepers explains."""
    rows = re.findall(r"^\| (\*.*?) \|", PAGE, re.MULTILINE)
    return {name for row in rows for name in EMPHASISED.findall(row)}


def commands() -> dict[str, set[str]]:
    """Return the commands by which Qics does what a button does."""
    found: dict[str, set[str]] = {}
    for bullet in re.split(r"^> \* ", PAGE, flags=re.MULTILINE)[1:]:
        for name in EMPHASISED.findall(bullet)[:1]:
            commands = re.findall(r"`koppeling ([a-z]+(?: link)?)", bullet)
            found.setdefault(name, set()).update(commands)
    return found


def named_settings() -> Iterator[tuple[str, str, str]]:
    """Yield each setting that a document names: the document, the setting, and its value if any."""
    for document in sorted(DOCS.rglob("*.md")):
        text = document.read_text()
        for name, value in re.findall(r"[Ss]etting `(\w+)(?:=(\w+))?`|$", text):
            if name:
                yield document.name, name, value


@pytest.mark.parametrize("file", ["nl.toml", "check.nl.toml", "login.nl.toml"])
def test_every_button_that_a_dutch_text_names_is_explained(file: str) -> None:
    assert named_in(file) <= explained()


@pytest.mark.parametrize("file", ["en.toml", "check.en.toml", "login.en.toml"])
def test_every_button_that_an_english_text_names_is_one_of_the_dutch_ones(file: str) -> None:
    assert named_in(file) <= set(ENGLISH)
    assert set(ENGLISH.values()) == explained()


def test_the_reference_names_the_same_buttons() -> None:
    (line,) = re.findall(r"Buttons: (.*?)\.\n\n", REFERENCE, re.DOTALL)[:1]

    assert set(re.findall(r"\*\*(.+?)\*\*", line)) == explained() - {"Verbinden"}


def test_what_a_button_does_a_command_does_as_well() -> None:
    by_button = commands()

    for button in explained() - {"Verbinden"}:
        assert by_button[button], button
        for command in by_button[button]:
            assert f"## koppeling {command}\n" in MANUAL, f"{button}: koppeling {command}"


def test_every_setting_that_a_document_names_is_one_of_a_configuration() -> None:
    paths = {path for path, _, _ in leaves()}
    by_name = {name: path for path, name in FIELD_PATHS.items()}
    by_name |= {path.rpartition(".")[2]: path for path in paths}
    found = [each for each in named_settings() if each[1] not in NOT_OF_A_CONNECTION]

    assert {name for _, name, _ in found} >= {
        "project_optional",
        "with_projects",
        "clear_empty_email",
    }
    for document, name, value in found:
        assert by_name.get(name) in paths, f"{document} tells of the setting {name}"
        part = part_at(tuple(by_name[name].split(".")))
        assert not value or value in part["enum"], f"{document}: {name}={value}"
