"""The documents for bookkeepers and for who delivers invoices tell what the code does.

`python -m tools.docs.pages` writes their generated parts anew.
"""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from koppeling.auth.session import TICKET_LIFE
from koppeling.core import catalogue
from koppeling.core.rendering import UNKNOWN
from koppeling.pull.schedule import OPENS_AT
from koppeling.push.contract import check
from koppeling.push.outbox import State
from koppeling.push.pdf import MAX_BYTES
from koppeling.push.service import ASK_WHEN_PAUSED
from koppeling.push.upload import PATIENCE
from tests.infra.template import Template
from tools.docs.contract import names
from tools.docs.errors import reference, text
from tools.docs.pages import DOCS, PAGES, PART, PARTS, rendered
from tools.docs.words import word, words

ERRORS, LOST, BOOKED, CONTRACT, *OTHERS = PAGES
EXAMPLES = re.findall(r"```json\n(.*?)\n```", CONTRACT.read_text(), re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return where a link into a page may lead: named places, and headings as sites name them."""
    content = page.read_text()
    headings = re.findall(r"^#+ (.+)$", content, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', content))


def in_code(page: Path, shape: str) -> set[str]:
    """Return what of this shape a page names as code: between ticks, or as a line of a shell."""
    content = page.read_text()
    shells = "".join(re.findall(r"```sh\n(.*?)```", content, re.DOTALL))
    lines = re.findall(rf"^({shape})$", shells, re.MULTILINE)
    return {*lines, *re.findall(rf"`({shape})`", content)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_generated_parts_of_a_page_are_what_the_code_says_now(page: Path) -> None:
    assert page.read_text() == rendered(page.read_text())


def test_every_part_stands_on_one_page() -> None:
    placed = [found["name"] for page in PAGES for found in PART.finditer(page.read_text())]

    assert sorted(placed) == sorted(PARTS)


def test_a_number_that_somebody_changes_in_a_page_is_put_right() -> None:
    page = CONTRACT.read_text()
    changed = page.replace("10.000.000 bytes", "25.000.000 bytes")

    assert changed != page
    assert rendered(changed) == page


def test_what_has_no_dutch_word_stops_the_making_of_a_page() -> None:
    with pytest.raises(KeyError, match="never heard of"):
        word("retry", "never heard of")


def test_every_code_of_the_catalogue_is_explained_once() -> None:
    explained = re.findall(r'<a id="([a-z-]+)"></a>', ERRORS.read_text())

    assert sorted(explained) == sorted(catalogue.codes())


def test_every_code_is_found_by_what_somebody_sees() -> None:
    listed = [code for symptom in words()["symptoms"] for code in symptom["codes"]]

    assert sorted(listed) == sorted(catalogue.codes())


@pytest.mark.parametrize("code", sorted(catalogue.codes()))
def test_an_example_leaves_no_gap_and_marks_what_differs_each_time(code: str) -> None:
    example, asked = text(code), catalogue.entry(code).placeholders - {"qm"}

    assert UNKNOWN not in example
    assert "{" not in example
    assert bool(asked) == ("**" in example)


def test_no_word_is_kept_for_what_is_gone() -> None:
    held = words()
    ends = {row.unblocks for row in reference() if row.unblocks}
    asked = {name for code in catalogue.codes() for name in catalogue.entry(code).placeholders}

    assert set(held["unblocks"]) == ends
    assert set(held["values"]) == asked - {"qm"}
    assert set(held["values_of"]) <= catalogue.codes()
    assert set(held["states"]) == {state.value for state in State}


def test_every_field_of_the_schema_has_a_meaning_and_no_other() -> None:
    assert sorted(words()["fields"]) == sorted(names())


def test_the_examples_of_the_contract_are_as_agreed() -> None:
    kinds = [check(example.encode())["kind"] for example in EXAMPLES]

    assert kinds == ["invoice", "credit"]


def test_the_sentences_with_numbers_that_are_written_by_hand_hold(production: Template) -> None:
    rules = json.dumps(production.resource("InboxBucket"))

    assert f"tot {PATIENCE.days} dagen na de boeking" in BOOKED.read_text()
    assert f"ten hoogste {MAX_BYTES // 1_000_000} MB" in BOOKED.read_text()
    assert timedelta(weeks=2) == TICKET_LIFE
    assert "verloopt na twee weken" in LOST.read_text()
    assert timedelta(minutes=15) == ASK_WHEN_PAUSED
    assert "binnen een kwartier" in LOST.read_text()
    assert f"van {OPENS_AT:02}:00" in ERRORS.read_text()
    assert '"ExpirationInDays": 400' in rules
    assert "blijft 400 dagen" in CONTRACT.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_place_that_is_there(page: Path) -> None:
    for path, place in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text()):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not place or place in anchors(target), place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_that_a_page_names_is_one_of_the_catalogue(page: Path) -> None:
    beginnings = "|".join(sorted({code.partition("-")[0] for code in catalogue.codes()}))

    assert in_code(page, rf"(?:{beginnings})(?:-[a-z]+)+") <= catalogue.codes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one_of_the_command_line(page: Path) -> None:
    manual = (DOCS / "command-line.md").read_text()
    found = re.findall(r"^## (koppeling .+?)\n(.*?)(?=^## |\Z)", manual, re.MULTILINE | re.DOTALL)
    sections = dict(found)

    for line in in_code(page, r"koppeling [a-z][^`\n]*"):
        named = line.split()
        command = max(
            (name for name in sections if named[: len(name.split())] == name.split()),
            key=len,
            default="",
        )
        assert command, f"{page.name} tells of `{line}`"
        options = {each for each in named if each.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", sections[command])), line
