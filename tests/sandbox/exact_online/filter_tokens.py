"""Cuts the text of a $filter into tokens."""

import re
from dataclasses import dataclass

from tests.sandbox.exact_online.errors import RequestError

UNSUPPORTED = "This $filter parameter is not supported for this resource"  # X63

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<literal>(?:guid|datetime)?'(?:[^']|'')*'|-?\d+(?:\.\d+)?[LdDmMfF]?(?![\w.]))
    |(?P<name>[A-Za-z_][\w/]*)
    |(?P<sign>[(),])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A literal, a name or a sign."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """Return all tokens.

    Raises:
        RequestError: a character that belongs to none, such as a `+` for a space (X52).
    """
    found, position = [], 0
    rest = text.rstrip()
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None or match.lastgroup is None:
            raise RequestError(f"Syntax error at position {position} in '{text}'.")
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found
