from copy import deepcopy
from typing import Any

import pytest

from koppeling.core.catalogue import cause
from koppeling.core.errors import Reject
from koppeling.push.contract import check
from tests.unit.push.documents import (
    Change,
    broken,
    contract_says,
    encoded,
    line,
    schema_says,
)
from tests.unit.push.world import example


def credit(document: dict[str, Any]) -> None:
    document["kind"] = "credit"


BROKEN: dict[str, Change] = {
    "schema_version": lambda d: d.update(schema_version="2"),
    "schema_version as number": lambda d: d.update(schema_version=1),
    "connection_id missing": lambda d: d.pop("connection_id"),
    "connection_id with capitals": lambda d: d.update(connection_id="Veldhuis"),
    "connection_id with line end": lambda d: d.update(connection_id="veldhuis-01\n"),
    "invoice_number empty": lambda d: d.update(invoice_number=""),
    "invoice_number of 31": lambda d: d.update(invoice_number="1" * 31),
    "invoice_number with spaces around": lambda d: d.update(invoice_number=" 1"),
    "kind unknown": lambda d: d.update(kind="advance"),
    "invoice_date without zeros": lambda d: d.update(invoice_date="2026-1-31"),
    "invoice_date in month 13": lambda d: d.update(invoice_date="2026-13-01"),
    "invoice_date on 30 February": lambda d: d.update(invoice_date="2026-02-30"),
    "due_date with time": lambda d: d.update(due_date="2026-11-30T00:00:00"),
    "due_date missing": lambda d: d.pop("due_date"),
    "debtor_code of 19": lambda d: d.update(debtor_code="1" * 19),
    "debtor_code null": lambda d: d.update(debtor_code=None),
    "currency in small letters": lambda d: d.update(currency="eur"),
    "no lines": lambda d: d.update(lines=[]),
    "501 lines": lambda d: d.update(lines=[deepcopy(line(d)) for _ in range(501)]),
    "line_number zero": lambda d: line(d).update(line_number=0),
    "line_number true": lambda d: line(d).update(line_number=True),
    "line without vat_code": lambda d: line(d).pop("vat_code"),
    "line with another name": lambda d: line(d).update(discount="1"),
    "amount as number": lambda d: line(d).update(amount_excl_vat=4887),
    "amount with comma": lambda d: line(d).update(amount_excl_vat="4887,50"),
    "amount of minus zero": lambda d: line(d).update(vat_amount="-0.00"),
    "amount with leading zero": lambda d: line(d).update(vat_amount="01.00"),
    "amount with four decimals": lambda d: d["totals"].update(vat_amount="848.2500"),
    "quantity with seven decimals": lambda d: line(d).update(quantity="1.0000001"),
    "totals without vat": lambda d: d["totals"].pop("vat_amount"),
    "credit with a positive total": credit,
    "another name": lambda d: d.update(iban="NL00BANK0123456789"),
}


def refusal_of(document: bytes) -> Reject:
    with pytest.raises(Reject) as refusal:
        check(document)
    assert refusal.value.code == "invoice-not-valid"
    return refusal.value


def told(refusal: Reject, language: str = "nl") -> str:
    return cause(refusal.code, language, refusal.values)


@pytest.mark.parametrize("name", ["invoice", "credit"])
def test_both_examples_pass_here_and_by_the_letter_of_the_2020_draft(name: str) -> None:
    assert check(encoded(example(name))) == example(name)
    assert schema_says(example(name))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_refused_here_and_by_the_letter_of_the_2020_draft(name: str) -> None:
    document = broken(BROKEN[name])

    assert not contract_says(document)
    assert not schema_says(document)


@pytest.mark.parametrize("name", ["invoice", "credit"])
def test_a_document_with_the_mark_that_windows_puts_first_is_read(name: str) -> None:
    assert check(b"\xef\xbb\xbf" + encoded(example(name))) == example(name)


@pytest.mark.parametrize("document", [[], "text", None, 1, {}])
def test_what_is_no_invoice_at_all_is_refused_here_and_by_the_draft(document: object) -> None:
    assert not contract_says(document)
    assert not schema_says(document)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("line without vat_code", "Regel 1: de btw-code ontbreekt."),
        ("line with another name", 'Regel 1 heeft een veld dat niet is afgesproken: "discount".'),
        ("due_date missing", "De vervaldatum ontbreekt."),
        ("another name", 'De factuur heeft een veld dat niet is afgesproken: "iban".'),
        ("amount with comma", "Regel 1: het bedrag zonder btw heeft niet de afgesproken vorm."),
        ("invoice_date on 30 February", "De factuurdatum is geen datum die bestaat."),
        ("amount as number", "Regel 1: het bedrag zonder btw is van een andere soort dan"),
        ("no lines", "De lijst van factuurregels is leeg."),
        ("kind unknown", "De soort factuur is geen van de afgesproken waarden."),
        ("invoice_number of 31", "Het factuurnummer is te lang."),
        ("501 lines", "De lijst van factuurregels: het zijn er te veel."),
        ("line_number zero", "Regel 1: het regelnummer is te laag."),
        ("totals without vat", "Het totaal van de btw ontbreekt."),
        ("credit with a positive total", "Het is een creditfactuur, maar het totaal is hoger dan"),
    ],
)
def test_a_refusal_names_invoice_line_and_field_in_words(name: str, sentence: str) -> None:
    refusal = refusal_of(encoded(broken(BROKEN[name])))

    assert refusal.values["invoice"]
    assert told(refusal).startswith(sentence)


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_is_wrong_with_a_document_is_a_sentence_and_never_holds_the_value(
    name: str,
) -> None:
    refusal = refusal_of(encoded(broken(BROKEN[name])))

    assert not told(refusal).startswith("In de aangeleverde factuur staat iets")
    assert not told(refusal, "en").startswith("The delivered invoice holds")
    assert "NL00BANK" not in f"{refusal.values} {refusal.detail}"


def test_a_refusal_without_a_readable_number_names_no_invoice() -> None:
    assert "invoice" not in refusal_of(encoded([])).values
    assert "invoice" not in refusal_of(encoded(example(invoice_number=7))).values


def test_a_number_that_is_too_long_is_cut_where_it_is_shown() -> None:
    assert refusal_of(encoded(example(invoice_number="9" * 50))).values["invoice"] == "9" * 30


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        encoded(example()).replace(b'"line_number": 1,', b'"line_number": 1.0,'),
        encoded(example()).replace(b'"line_number": 1,', b'"line_number": NaN,'),
        encoded(example()).replace(b'"kind"', b'"kind": "credit", "kind"'),
        encoded(example()).replace(b'"PO 4500123987"', b'"\\ud800"'),
        b"[" * 200_000,
        b"1" * 10_000,
    ],
    ids=["empty", "half", "utf-16", "float", "nan", "double name", "surrogate", "deep", "huge int"],
)
def test_what_is_no_proper_json_is_refused(document: bytes) -> None:
    refusal = refusal_of(document)

    assert refusal.values["reason"] in {"syntax", "encoding", "number", "double"}
    assert refusal.detail


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            b'{\n  "kind": "invoice",,\n}',
            "Het bestand is niet te lezen: er staat een fout op regel 2, positie 21.",
        ),
        (b'{\n\n"kind": "\xe9"}', "Het bestand is op regel 3 niet in de tekenset UTF-8."),
        (
            b'{"amount_incl_vat": 1.5}',
            "Het totaal met btw is aangeleverd als getal en niet als tekst.",
        ),
        (b'{"discount": 1.5}', "Een bedrag is aangeleverd als getal en niet als tekst."),
        (b'{"kind": 1, "kind": 2}', "De soort factuur staat er twee keer in."),
        (b"[1.5]", "Het bestand is niet te lezen."),
    ],
    ids=["comma", "latin-1", "float", "unknown float", "double name", "loose float"],
)
def test_what_cannot_be_read_is_told_by_its_line_or_its_field(
    document: bytes, sentence: str
) -> None:
    assert told(refusal_of(document)).startswith(sentence)


def test_a_document_of_more_than_a_million_bytes_is_refused_unread() -> None:
    refusal = refusal_of(b" " * 1_000_001)

    assert told(refusal).startswith("Het bestand is groter dan 1 MB.")


def test_a_document_of_exactly_a_million_bytes_is_read() -> None:
    document = encoded(example())

    assert check(document + b" " * (1_000_000 - len(document)))["kind"] == "invoice"
