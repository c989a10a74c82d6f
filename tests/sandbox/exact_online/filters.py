"""Reads a $filter: comparisons, `and`, `or`, substringof, startswith and trim (X52 to X54)."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.fields import Property
from tests.sandbox.exact_online.filter_tokens import UNSUPPORTED, Token, tokens
from tests.sandbox.exact_online.literals import Literal, read_literal
from tests.sandbox.exact_online.values import Row

MOST_ALTERNATIVES = 40  # X53

type Predicate = Callable[[Row], bool]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that has been understood; `above` is a lower bound that it sets on Timestamp."""

    matches: Predicate
    properties: frozenset[str]
    above: int = 0


EVERYTHING = Filter(lambda _: True, frozenset())


def read_filter(text: str, properties: Mapping[str, Property]) -> Filter:
    """Understand a $filter.

    Raises:
        RequestError: it is not one that this service understands.
    """
    reader = _Reader(tokens(text), properties)
    found = reader.alternatives()
    reader.expect_end()
    return found


class _Reader:
    """Walks over the tokens once, from left to right."""

    def __init__(self, found: list[Token], properties: Mapping[str, Property]) -> None:
        self._tokens = found
        self._position = 0
        self._properties = properties

    def alternatives(self) -> Filter:
        """Read tests joined by `or`, which must be about one property (X53)."""
        parts = [self._conditions()]
        while self._accept("or"):
            parts.append(self._conditions())
        if len(parts) == 1:
            return parts[0]
        names = frozenset().union(*(part.properties for part in parts))
        if len(names) != 1 or len(parts) > MOST_ALTERNATIVES:
            raise RequestError(UNSUPPORTED)
        checks = [part.matches for part in parts]
        return Filter(lambda row: any(check(row) for check in checks), names)

    def _conditions(self) -> Filter:
        parts = [self._condition()]
        while self._accept("and"):
            parts.append(self._condition())
        if len(parts) == 1:
            return parts[0]
        checks = [part.matches for part in parts]
        names = frozenset().union(*(part.properties for part in parts))
        above = max(part.above for part in parts)
        return Filter(lambda row: all(check(row) for check in checks), names, above)

    def _condition(self) -> Filter:
        if self._accept("("):
            inner = self.alternatives()
            self._expect(")")
            return inner
        if self._peek() in ("substringof", "startswith"):
            return self._text_function()
        return self._comparison()

    def _comparison(self) -> Filter:
        trimmed = self._accept("trim")
        if trimmed:
            self._expect("(")
        about = self._property()
        if trimmed:
            self._expect(")")
        sign = self._next("name")
        if sign not in _OPERATORS:
            raise RequestError(UNSUPPORTED)
        value = self._literal(about.type)
        names = frozenset({about.name})
        check = _compare(about.name, sign, value, trimmed=trimmed)
        if about.name == "Timestamp" and isinstance(value, int) and sign in ("gt", "ge", "eq"):
            return Filter(check, names, value if sign == "gt" else value - 1)
        return Filter(check, names)

    def _text_function(self) -> Filter:
        function = self._next("name")
        self._expect("(")
        if function == "substringof":
            part = self._literal("Edm.String")
            self._expect(",")
            about = self._property()
        else:
            about = self._property()
            self._expect(",")
            part = self._literal("Edm.String")
        self._expect(")")
        wanted = not self._accept("eq") or bool(self._literal("Edm.Boolean"))
        check = _contains if function == "substringof" else _starts
        name, text = about.name, str(part).casefold()
        return Filter(lambda row: check(row.get(name), text) is wanted, frozenset({name}))

    def _property(self) -> Property:
        name = self._next("name")
        about = self._properties.get(name)
        if about is None or about.type == "Edm.Collection":
            raise RequestError(UNSUPPORTED)  # X54, X59: unknown, or a navigation property
        return about

    def _literal(self, edm_type: str) -> Literal:
        token = self._tokens[self._position] if self._position < len(self._tokens) else None
        if token is None or (token.kind == "name" and token.text in self._properties):
            raise RequestError(UNSUPPORTED)  # X54: two fields are not compared
        self._position += 1
        return read_literal(token.text, edm_type)

    def _peek(self) -> str:
        return self._tokens[self._position].text if self._position < len(self._tokens) else ""

    def _accept(self, text: str) -> bool:
        if self._peek() != text:
            return False
        self._position += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise RequestError(f"'{text}' expected at token {self._position} in '$filter'.")

    def _next(self, kind: str) -> str:
        if self._position >= len(self._tokens) or self._tokens[self._position].kind != kind:
            raise RequestError(UNSUPPORTED)
        self._position += 1
        return self._tokens[self._position - 1].text

    def expect_end(self) -> None:
        """Refuse what is left over."""
        if self._position != len(self._tokens):
            raise RequestError(f"Syntax error at token {self._position} in '$filter'.")


def _compare(name: str, sign: str, value: Literal, *, trimmed: bool) -> Predicate:
    compare, wanted = _OPERATORS[sign], _folded(value)
    if trimmed:
        return lambda row: compare(_folded(str(row.get(name) or "").strip()), wanted)
    if value is None or sign in ("eq", "ne"):
        return lambda row: compare(_folded(row.get(name)), wanted)
    return lambda row: row.get(name) is not None and compare(_folded(row[name]), wanted)


def _folded(value: object) -> Any:  # noqa: ANN401 - a value of any type
    """Return a value as it is compared: texts without case, as Exact does (X168)."""
    return value.casefold() if isinstance(value, str) else value


def _contains(value: object, part: str) -> bool:
    return part in str(value or "").casefold()


def _starts(value: object, part: str) -> bool:
    return str(value or "").casefold().startswith(part)
