"""L4, L5 for any text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.text import clean, code_of, cut

ANY = st.text(st.characters())  # also lone halves of a pair, which JSON can carry
LENGTHS = st.integers(min_value=1, max_value=60)


def is_invisible(char: str) -> bool:
    """Say whether nobody sees a character, and no spelling needs it."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\u200c\u200d"


@given(ANY)
def test_a_code_loses_nothing_but_the_spaces_around_it(text: str) -> None:
    code = code_of(f"  {text} ")
    assert (code or "") == text.strip(" ")


@given(ANY)
def test_clean_text_is_trimmed_on_one_line_and_can_be_sent(text: str) -> None:
    cleaned = clean(text)
    if cleaned is not None:
        assert cleaned == " ".join(cleaned.split()) != ""
        assert not any(is_invisible(char) for char in cleaned)
        assert cleaned.encode().decode() == cleaned


@given(ANY)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_no_visible_character_is_lost(text: str) -> None:
    seen = [c for c in text if not c.isspace() and not is_invisible(c)]
    assert [c for c in clean(text) or "" if c != " "] == seen


@given(st.text(), LENGTHS)
def test_a_cut_text_is_a_beginning_that_fits_and_splits_no_letter(text: str, length: int) -> None:
    cleaned = clean(text)
    if cleaned is not None:
        kept = cut(cleaned, length)
        assert 0 < len(kept) <= length
        assert cleaned.startswith(kept)
        rest = cleaned[len(kept) :]
        whole = all(unicodedata.combining(char) for char in kept)
        assert not rest or not unicodedata.combining(rest[0]) or whole


@given(st.text(), LENGTHS)
def test_cutting_twice_is_cutting_once(text: str, length: int) -> None:
    assert cut(cut(text, length), length) == cut(text, length)
