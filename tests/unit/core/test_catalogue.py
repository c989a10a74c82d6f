import re
from collections.abc import Iterator

import pytest

from koppeling.core.catalogue import cause, codes, cure, entry, text, title, who
from koppeling.core.rendering import LANGUAGES, UNKNOWN, load, plain

LEVELS = {"error", "warning", "notice", "internal"}


def test_both_languages_hold_the_same_codes() -> None:
    assert codes("nl") == codes("en")
    assert len(codes()) == 83


@pytest.mark.parametrize("code", sorted(codes()))
def test_both_languages_say_the_same_about_a_code(code: str) -> None:
    dutch, english = entry(code, "nl"), entry(code, "en")

    assert dutch.level == english.level
    assert dutch.level in LEVELS
    assert (dutch.retry, dutch.error_after_hours) == (english.retry, english.error_after_hours)
    assert (dutch.who, dutch.literal) == (english.who, english.literal)
    assert dutch.placeholders - {"qm"} == english.placeholders - {"qm"}


def with_all_values(code: str) -> dict[str, str]:
    """Return a value for each that a text may ask for: a word of the program where it has words."""
    words = load("", "nl")["words"]
    asked = entry(code).placeholders - {"qm"}
    plain = {"amount_entry": "EUR 1.00", "amount_invoice": "EUR 2.00", "date": "2026-10-31"}
    return {name: next(iter(words.get(name, {})), plain.get(name, "7")) for name in asked}


def all_but_some(code: str) -> Iterator[dict[str, str]]:
    """Yield the values of a text: all, none, each alone, and all but each."""
    values = with_all_values(code)
    yield from (values, {})
    for left_out in values:
        yield {left_out: values[left_out]}
        yield {name: value for name, value in values.items() if name != left_out}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(codes()))
def test_a_text_is_whole_whatever_values_are_unknown(code: str, language: str) -> None:
    for values in all_but_some(code):
        shown = text(code, language, values)

        assert UNKNOWN not in shown
        assert not re.search(r"[][{}|]|  | [.,;:]|\.\.|\(\)|\"\"", shown), shown
        assert shown[-1] == "."
        assert shown[0] == shown[0].upper()
        assert shown.startswith(title(code, language, values))
        assert title(code, language, values)[-1] == "."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(codes()))
def test_a_text_says_what_happened_why_what_to_do_and_who(code: str, language: str) -> None:
    for values in all_but_some(code):
        parts = [part(code, language, values) for part in (title, cause, cure)]

        assert all(parts)
        assert text(code, language, values) == " ".join(parts)
        assert who(code, language)


def test_who_has_to_act_is_told_in_words_and_nobody_for_what_ends_by_itself() -> None:
    assert who("debtor-not-found", "nl") == "De boekhouder, in Exact Online"
    assert who("invoice-totals-mismatch", "nl") == "Wie factureert of beheert in QicsMilestones"
    assert {entry(code).who for code in codes() if entry(code).level == "notice"} == {"nobody"}
    assert {entry(code).who for code in codes() if entry(code).level == "internal"} == {"qics"}


def test_a_value_is_filled_in_and_what_is_unknown_is_said_in_other_words() -> None:
    known = text("debtor-not-found", "nl", {"debtor": "1068", "invoice": "7", "code": "1068"})
    unknown = text("debtor-not-found", "nl", {})

    assert known.startswith("Debiteur 1068 bestaat niet in Exact Online. Factuur 7 wacht.")
    assert "precies klantnummer 1068 en status Klant" in known
    assert unknown.startswith(
        "De debiteur van een factuur bestaat niet in Exact Online. De factuur"
    )
    assert "precies hetzelfde klantnummer en status Klant" in unknown
    assert "in QicsMilestones" in known


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert '"{qm} {0}"' in text("exact-rejected", "nl", {"message": "{qm} {0}"})


def test_amounts_and_days_are_written_as_in_dutch() -> None:
    values = {"amount_invoice": "EUR 4887.51", "entry_number": "267", "amount_entry": "EUR -1.00"}

    assert "staat €\u00a04.887,51, in boekstuk 267 staat -€\u00a01,00." in text(
        "entry-differs-from-invoice", "nl", values
    )
    assert "€\u00a04,887.51" in text("entry-differs-from-invoice", "en", values)
    assert "Samen zijn de regels 4.039,25," in text(
        "invoice-totals-mismatch", "nl", {"sum": "4039.25", "total": "1"}
    )
    assert "staat in oktober 2026 ook" in text("entry-doubled", "nl", {"period": "2026-10"})
    assert "in October 2026" in text("entry-doubled", "en", {"period": "2026-10"})
    assert "Periode 2026-13 is" in text("period-closed", "nl", {"period": "2026-13"})
    assert "20,5 MB" in text("pdf-too-large", "nl", {"size": "20.5"})
    assert "op 31-10-2026" in title("vat-percentage-invalid", "nl", {"date": "2026-10-31"})
    assert "on 2026-10-31" in title("vat-percentage-invalid", "en", {"date": "2026-10-31"})


def test_a_moment_is_shown_on_the_dutch_clock() -> None:
    winter = text("pdf-missing", "nl", {"until": "2026-11-10T12:00:00+00:00"})
    summer = text("pdf-missing", "nl", {"until": "2026-07-10T12:00:00+00:00"})

    assert "tot 10-11-2026 13:00 op" in winter
    assert "tot 10-07-2026 14:00 op" in summer


def test_what_is_no_day_or_amount_is_shown_as_it_is() -> None:
    assert "tot morgen op" in text("pdf-missing", "nl", {"until": "morgen"})
    assert "is veel MB" in text("pdf-too-large", "nl", {"size": "veel"})


def test_internal_names_become_words() -> None:
    values = {"kind": "cost_center", "line": "2", "invoice": "1"}

    assert "mist een kostenplaats" in text("cost-center-required", "nl", values)
    assert "lacks a cost centre." in text("cost-center-required", "en", values)
    assert title("cost-center-unknown", "nl", values).startswith("Kostenplaats bestaat niet")
    assert "staat op Prospect," in text("debtor-not-customer", "nl", {"status": "P"})
    differs = {"field": "AmountFC, VATAmountFC", "invoice": "1"}
    assert "verschil in: bedrag inclusief btw, btw-bedrag." in text(
        "entry-differs-from-invoice", "nl", differs
    )


def test_several_lines_of_an_invoice_are_listed_as_people_list_them() -> None:
    for given, shown in (("3", "3"), ("1, 2", "1 en 2"), ("1, 2, 3", "1, 2 en 3")):
        values = {"code": "88", "line": given, "invoice": "1"}
        assert f"Het gaat om regel {shown}." in text("vat-code-unknown", "nl", values)


def test_an_internal_name_without_a_word_is_left_out() -> None:
    assert cause("debtor-not-customer", "nl", {"status": "X"}).startswith("Alleen op een klant")
    assert "hrm/Costunits" not in text("exact-no-rights", "nl", {"entity": "hrm/Costunits"})


def test_what_another_system_calls_a_thing_is_shown_as_it_is() -> None:
    assert 'noemt het veld "Naam"' in text("exact-field-required", "nl", {"field": "Naam"})


def test_a_reason_is_a_sentence_that_asks_for_other_values() -> None:
    reason = {"reason": "decimals", "field": "lines[].amount_excl_vat", "line": "1"}

    assert cause("invoice-not-valid", "nl", reason).startswith(
        "Regel 1: het bedrag zonder btw heeft meer cijfers achter de komma dan de valuta kent."
    )
    assert cause(
        "invoice-not-valid", "en", {**reason, "currency": "EUR", "digits": "2"}
    ).startswith(
        "Line 1: the amount excluding VAT has more decimals than the currency knows: EUR has 2."
    )


@pytest.mark.parametrize(
    "values",
    [
        {"field": "lines.0.vat_code", "reason": "missing"},
        {"field": "document", "reason": "no proper JSON: line 2, position 21"},
        {"field": "lines[0].vat_amount", "reason": "EUR has 2 decimals"},
        {"reason": "decimals"},
    ],
    ids=["of the release before", "a sentence of it", "with its field", "without its field"],
)
def test_a_reason_that_cannot_be_said_gives_the_general_sentence(values: dict[str, str]) -> None:
    assert cause("invoice-not-valid", "nl", values).startswith("In de aangeleverde factuur staat")


def test_marks_of_emphasis_go_where_none_is_shown() -> None:
    assert plain("Klik op *Akkoord* of *Overslaan*.") == "Klik op Akkoord of Overslaan."
    assert plain("2 * 3 = 6") == "2 * 3 = 6"


def test_an_unknown_code_or_language_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        entry("no-such-code")
    with pytest.raises(KeyError):
        entry("pdf-missing", "fr")
