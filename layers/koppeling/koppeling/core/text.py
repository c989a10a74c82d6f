"""Text as the link transfers it: trimmed, on one line, cut to size; and codes, as they are."""

import unicodedata

# They join the letters of some scripts and the parts of an emoji, so they belong to the spelling
_JOINERS = "\u200c\u200d"


def code_of(value: object) -> str | None:
    """Return a code without the spaces with which Exact fills it up; None when empty (L4).

    All else stays: leading zeros, and two spaces inside (X72, X73). Another code than that of
    Exact would not be found there again.
    """
    return None if value is None else str(value).strip(" ") or None


def clean(value: object) -> str | None:
    """Return trimmed text with single spaces; None when empty (L4).

    Control characters go, and so do invisible ones that were pasted along, such as a zero-width
    space or a soft hyphen: nobody sees them, and no search finds the text again. Not for codes.
    """
    if value is None:
        return None
    text = str(value)
    if not text.isprintable():  # P10: nearly every value is, and then nothing has to be removed
        text = "".join(char for char in text if char.isspace() or not _is_noise(char))
    return " ".join(text.split()) or None


def without_invisible(text: str) -> str:
    """Return text without any format character: addresses and numbers have none at all."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def cut(text: str, length: int) -> str:
    """Return at most `length` characters, and never a letter without its combining accent (L5)."""
    if len(text) <= length:
        return text
    end = length
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end].rstrip() or text[:length]


def _is_noise(char: str) -> bool:
    """Say whether a character is for control or format only, or half of a surrogate pair."""
    return char not in _JOINERS and unicodedata.category(char) in ("Cc", "Cf", "Cs")
