"""Text as the link transfers it: trimmed, on one line, cut to size."""

import unicodedata


def clean(value: object) -> str | None:
    """Return trimmed text with single spaces and without control characters; None when empty (L4).

    Codes go through here as well: padding is trimmed, leading zeros stay (X72, X73).
    """
    if value is None:
        return None
    text = str(value)
    if not text.isprintable():  # P10: nearly every value is, and then nothing has to be removed
        text = "".join(char for char in text if char.isspace() or not _is_noise(char))
    return " ".join(text.split()) or None


def cut(text: str, length: int) -> str:
    """Return at most `length` characters, and never a letter without its combining accent (L5)."""
    if len(text) <= length:
        return text
    end = length
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end].rstrip() or text[:length]


def _is_noise(char: str) -> bool:
    """Say whether a character is a control character or half of a surrogate pair."""
    return unicodedata.category(char) in ("Cc", "Cs")
