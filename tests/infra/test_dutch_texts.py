"""Dutch texts are Dutch, and whole: no English, no names of the program, no value in brackets.

The texts are those of the catalogue with values as they are stored, and every other text that a
customer may read.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling.core import catalogue, rendering
from tools.docs.words import words
from tools.paths import ROOT

MESSAGES = ROOT / "layers/koppeling/koppeling/messages"
FILES = [*sorted(MESSAGES.rglob("*.nl.toml")), MESSAGES / "nl.toml", ROOT / "tools/docs/words.toml"]
# For people who keep the books; the others speak of files and commands to who builds and operates
DOCUMENTS = tuple(
    ROOT / "docs" / name
    for name in (
        "synchronisatiefouten.md",
        "facturen-komen-niet-aan.md",
        "waar-staat-de-boeking.md",
        "welke-gegevens.md",
        "emailadressen.md",
        "nieuwe-gebruiker.md",
        "wanneer-werkt-de-koppeling.md",
        "jouw-paginas.md",
    )
)
ENGLISH = re.compile(
    r"\b(the|and|not|this|with|from|amount|missing|empty|invoices?|lines?|fields?|records?|wrong|"
    r"error|customers?|user|account|items?|entry|entries|journal|settings?|cost cent(?:er|re)s?|"
    r"please|retry|skip|offer|booked|agreed|proper|decimals|backup|required|unknown|file|"
    r"accounts|employees?|addresses)\b",
    re.IGNORECASE,
)
FIELD_PATH = re.compile(r"\w+\[\d*\]|\b[a-z]+_[a-z_]+\b|\b[A-Za-z]\w*\.\d+\.\w+")
CLASS_NAME = re.compile(
    r"\b(?!(?:QicsMilestones|MijnKantoor|KvK)\b)[A-Z][a-z]+(?:[A-Z][a-z]*)+\b|\b\w+(?:Error|Exception)\b"
)
ISO_TIME = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}|\b)")
# A count is no raw value
IN_BRACKETS = re.compile(r"\((?!(?:[^(){}]*\{count\})[^(){}]*\))[^()]*\{\w+\}[^()]*\)")
QUOTED = re.compile(r'"[^"]*"')
# Words that the two systems have themselves
NAMES = re.compile(r"https?://\S+|Exact Online|\{\w+\}|`[^`]*`|\]\([^)]*\)|<[^>]*>")
# What is not shown, or names what the program calls a thing
SILENT = {"level", "retry", "who", "tone", "literal", "columns", "codes"}
SILENT |= {"values", "values_of", "patterns", "types"}


def texts_of(held: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a file with the place where it stands."""
    if isinstance(held, str):
        yield place, held
    elif isinstance(held, list):
        for each in held:
            yield from texts_of(each, place)
    elif isinstance(held, dict):
        for name, below in held.items():
            if name not in SILENT or (isinstance(below, dict) and name == "columns"):
                yield from texts_of(below, f"{place} {name}")


TEXTS = [
    (place, text)
    for file in FILES
    for place, text in texts_of(tomllib.loads(file.read_text()), file.stem)
]


def unfit(text: str) -> list[str]:
    """Return what is no plain Dutch in a text; what stands in quotes another system said."""
    bare = NAMES.sub("", QUOTED.sub("", text))
    shapes = (ENGLISH, FIELD_PATH, CLASS_NAME, ISO_TIME)
    return [found[0] for shape in shapes for found in shape.finditer(bare)]


@pytest.mark.parametrize(("place", "text"), TEXTS, ids=[place for place, _ in TEXTS])
def test_a_dutch_text_is_dutch_and_holds_no_name_of_the_program(place: str, text: str) -> None:
    assert unfit(text) == [], place
    assert not IN_BRACKETS.search(text), place


def stored_values(code: str) -> Iterator[dict[str, str]]:
    """Yield values as they are stored: each word of the program that a value may be, in turn."""
    example = {**words()["values"], **words()["values_of"].get(code, {})}
    asked = catalogue.entry(code).placeholders - {"qm"}
    told = {name: example[name] for name in asked}
    yield told
    vocabulary = rendering.load("", "nl")["words"]
    for name in asked & vocabulary.keys():
        for value in vocabulary[name]:
            yield {**told, name: value}


@pytest.mark.parametrize("code", sorted(catalogue.codes()))
def test_a_problem_is_told_in_dutch_whatever_is_stored_of_it(code: str) -> None:
    for values in stored_values(code):
        shown = catalogue.text(code, "nl", values)

        assert unfit(shown) == [], values
        assert rendering.UNKNOWN not in shown, values


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (
            "invoice-not-valid",
            {"field": "lines[0].amount_excl_vat", "reason": "EUR has 2 decimals"},
        ),
        ("invoice-not-valid", {"field": "document", "reason": "no proper JSON: JSONDecodeError"}),
        ("exact-no-rights", {"entity": "hrm/Costunits", "right": "Relaties bekijken"}),
        ("milestones-no-rights", {"entity": "SomeNewThing"}),
        ("gl-account-wrong-type", {"type": "121", "code": "8000"}),
        ("exact-division-blocked", {"state": "SomeReason"}),
        ("record-unreadable", {"entity": "account", "code": "1068", "field": "SomeField"}),
        ("reference-missing", {"entity": "account", "code": "1068", "field": "SomeFieldId"}),
    ],
)
def test_what_has_no_dutch_word_is_told_without_it(code: str, values: dict[str, str]) -> None:
    shown = catalogue.text(code, "nl", values)

    assert unfit(shown) == []
    assert not any(
        value in shown for value in values.values() if " " not in value and len(value) > 4
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_bookkeeper_reads_calls_an_invoice_by_one_word(document: Path) -> None:
    assert not invoices_called_otherwise(document.read_text())


@pytest.mark.parametrize(("place", "text"), TEXTS, ids=[place for place, _ in TEXTS])
def test_an_invoice_has_one_word_in_every_text(place: str, text: str) -> None:
    assert not invoices_called_otherwise(text), place


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_for_bookkeepers_is_dutch(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    prose = [line for line in text.splitlines() if not line.startswith(("<!--", "> "))]

    assert [(line, unfit(line)) for line in prose if unfit(line)] == []


@pytest.mark.parametrize(("place", "text"), TEXTS, ids=[place for place, _ in TEXTS])
def test_a_pdf_is_spelled_as_a_word_in_every_text(place: str, text: str) -> None:
    assert not re.search(r"\bPDF\b", text), place


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_pdf_is_spelled_as_a_word_in_what_a_bookkeeper_reads(document: Path) -> None:
    assert not re.search(r"\bPDF\b", document.read_text())


def invoices_called_otherwise(text: str) -> list[str]:
    """Return the sentences in which an invoice is *hij*, *hem* or *het*."""
    sentences = re.split(r"(?<=[.!?:])\s", text)
    return [
        sentence
        for sentence in sentences
        if re.search(r"\b[Ff]actu(?:ur|ren)\b", sentence)
        and re.search(r"\b(?:hij|hem)\b", sentence)
        and "pdf" not in sentence.lower()
    ]


def test_the_rules_find_what_they_are_for() -> None:
    assert unfit("Het gaat om: lines[0].amount_excl_vat: EUR has 2 decimals")
    assert unfit("no proper JSON: JSONDecodeError")
    assert unfit("na 2026-11-03T00:00:00+00:00 gaat het verder")
    assert unfit("CustomerCompany is niet te zien")
    assert IN_BRACKETS.search("te groot ({size} MB)")
    assert invoices_called_otherwise("Maak de factuur en bied hem aan.")
    assert not unfit('Exact Online zegt letterlijk: "Invalid reference: VAT code".')
