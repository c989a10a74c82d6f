import re

import pytest

from koppeling.core.catalogue import codes, entry, text, title
from koppeling.core.rendering import LANGUAGES

LEVELS = {"error", "warning", "notice", "internal"}


def test_both_languages_hold_the_same_codes() -> None:
    assert codes("nl") == codes("en")
    assert len(codes()) == 79


@pytest.mark.parametrize("code", sorted(codes()))
def test_both_languages_say_the_same_about_a_code(code: str) -> None:
    dutch, english = entry(code, "nl"), entry(code, "en")

    assert dutch.level == english.level
    assert dutch.level in LEVELS
    assert (dutch.retry, dutch.error_after_hours) == (english.retry, english.error_after_hours)
    assert dutch.placeholders - {"qm"} == english.placeholders - {"qm"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(codes()))
def test_a_text_without_any_value_is_still_readable(code: str, language: str) -> None:
    shown = text(code, language, {})

    assert not re.search(r"[{}]", shown)
    assert shown[-1] in ".;"
    assert shown[0] == shown[0].upper()
    assert title(code, language, {}).strip(" .,") != ""
    assert shown.startswith(title(code, language, {}))


def test_a_value_is_filled_in_and_a_missing_one_shows_as_an_ellipsis() -> None:
    shown = text("debtor-not-found", "nl", {"debtor": "1068", "invoice": "20260412"})

    assert shown.startswith("Debiteur 1068 bestaat niet in Exact Online. Factuur 20260412 wacht.")
    assert "klantnummer … en status Klant" in shown
    assert "in QicsMilestones" in shown


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert '"{qm} {0}"' in text("exact-rejected", "nl", {"message": "{qm} {0}"})


def test_amounts_and_days_are_written_as_in_dutch() -> None:
    values = {"amount_invoice": "EUR 4887.51", "entry_number": "267", "amount_entry": "EUR -1.00"}

    assert "€" not in text("entry-differs-from-invoice", "nl", values)
    assert "EUR 4887,51, in boekstuk 267 EUR -1,00" in text(
        "entry-differs-from-invoice", "nl", values
    )
    assert "EUR 4887.51" in text("entry-differs-from-invoice", "en", values)
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
    assert "(veel MB)" in text("pdf-too-large", "nl", {"size": "veel"})


def test_internal_names_become_words() -> None:
    values = {"kind": "cost_center", "line": "2", "invoice": "1"}

    assert "mist een kostenplaats" in text("cost-center-required", "nl", values)
    assert "lacks a cost centre," in text("cost-center-required", "en", values)
    assert title("cost-center-unknown", "nl", values).startswith("Kostenplaats …")
    assert "staat op Prospect," in text("debtor-not-customer", "nl", {"status": "P"})
    differs = {"field": "AmountFC, VATAmountFC", "invoice": "1"}
    assert "(verschil in: bedrag inclusief btw, btw-bedrag)" in text(
        "entry-differs-from-invoice", "nl", differs
    )
    assert "staat op X," in text("debtor-not-customer", "nl", {"status": "X"})


def test_a_title_that_runs_on_in_the_text_does_not_end_in_a_comma() -> None:
    assert title("entry-gone", "en", {"invoice": "1"}).endswith("Exact Online")


def test_an_unknown_code_or_language_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        entry("no-such-code")
    with pytest.raises(KeyError):
        entry("pdf-missing", "fr")
