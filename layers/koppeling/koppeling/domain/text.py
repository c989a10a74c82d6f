"""Text as the link carries it: trimmed, on one line, cut to size."""

import unicodedata


def clean(value: object) -> str | None:
    """Return trimmed text with single spaces and without control characters; None when empty (L4).

    Codes go through here as well: padding is trimmed, leading zeros stay (X72, X73).
    """
    if value is None:
        return None
    words = "".join(" " if _is_control(char) else char for char in str(value)).split()
    return " ".join(words) or None


def cut(text: str, length: int) -> str:
    """Return at most `length` characters, never half of a composed one (L5)."""
    if len(text) <= length:
        return text
    end = length
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end].rstrip()


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"
