"""L4, L5: text as the link carries it."""

import pytest

from koppeling.core.text import clean, code_of, cut, without_invisible


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  Bakkerij   't Hoekje ", "Bakkerij 't Hoekje"),
        ("Kerkstraat 1\r\n\tachter", "Kerkstraat 1 achter"),
        ("Ba\x07kker\x00", "Bakker"),
        ("caf\ud83d", "caf"),
        ("a\u00a0b", "a b"),
        ("\ufeffBak\u200bker\u00ad \u202ehoek\u202c", "Bakker hoek"),
        ("می\u200cروم", "می\u200cروم"),
        ("              1068", "1068"),
        ("           0000002", "0000002"),
        ("NL ", "NL"),
        (1068, "1068"),
        ("", None),
        (" \t ", None),
        ("\x00", None),
        (None, None),
    ],
)
def test_text_is_trimmed_with_single_spaces_and_without_control_characters(
    given: object, expected: str | None
) -> None:
    assert clean(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("AB  1   ", "AB  1"),
        ("              1068", "1068"),
        ("0000002", "0000002"),
        ("A\tB\u200b", "A\tB\u200b"),
        (512, "512"),
        ("   ", None),
        (None, None),
    ],
)
def test_a_code_is_carried_as_it_is_but_for_the_padding_of_exact(
    given: object, expected: str | None
) -> None:
    assert code_of(given) == expected


def test_text_that_fits_is_left_alone() -> None:
    assert cut("a" * 50, 50) == "a" * 50


def test_text_that_is_too_long_is_cut_at_the_end() -> None:
    assert cut("a" * 51, 50) == "a" * 50


def test_no_space_is_left_where_the_text_was_cut() -> None:
    assert cut("abc def", 4) == "abc"


def test_a_letter_never_loses_the_accent_that_follows_it() -> None:
    assert cut("cafe\u0301", 4) == "caf"


def test_a_letter_whose_accents_all_fit_keeps_them() -> None:
    assert cut("cafe\u0301 noir", 5) == "cafe\u0301"


def test_a_text_of_nothing_but_accents_is_cut_all_the_same_since_a_name_is_never_emptied() -> None:
    assert cut("\u0301" * 4, 3) == "\u0301" * 3


def test_an_address_keeps_its_letters_and_loses_what_nobody_sees() -> None:
    assert without_invisible("jan\u200b@caf\u00e9\u00ad.nl\ufeff") == "jan@caf\u00e9.nl"
    assert without_invisible("jan@cafe.nl") == "jan@cafe.nl"
