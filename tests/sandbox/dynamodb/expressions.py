"""The expressions of DynamoDB, read once and kept as functions: those that our stores use."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tests.sandbox.dynamodb.values import Item, Refusal, Scope, Value, pair, total

type Operand = Callable[[Scope], Value | None]
type Test = Callable[[Scope], bool]
type Change = Callable[[Scope, Item], None]

_WORD = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[-+=<>(),.\[\]])")
_END = ""


@cache
def condition(text: str) -> Test:
    """Read a condition or a filter."""
    words = _Words(text)
    test = words.condition()
    words.take(_END)
    return test


@cache
def key_condition(text: str) -> tuple[str, str, Test]:
    """Read the condition of a query: the name and the value of its partition, and all of it."""
    name, sign, value, *_ = [word for word in _split(text) if word != "("]
    if sign != "=":
        raise NotImplementedError(text)
    return name, value, condition(text)


@cache
def key_prefix(text: str) -> str:
    """Return the placeholder of what the places of a query begin with; empty if it has none."""
    words = list(_split(text))
    at = words.index("begins_with") if "begins_with" in words else -1
    return words[at + 4] if at >= 0 else ""


@cache
def projection(text: str) -> tuple[str, ...]:
    """Read which attributes are wanted, as placeholders."""
    words = _Words(text)
    wanted = [words.name()]
    while words.has(","):
        wanted.append(words.name())
    words.take(_END)
    return tuple(wanted)


@cache
def update(text: str) -> Change:
    """Read an update."""
    words, changes = _Words(text), list[Change]()
    clauses = {"SET": words.assignment, "REMOVE": words.removal, "ADD": words.addition}
    while not words.has(_END):
        clause = clauses[words.any()]
        changes.append(clause())
        while words.has(","):
            changes.append(clause())

    def change(scope: Scope, target: Item) -> None:
        for each in changes:
            each(scope, target)

    return change


def _split(text: str) -> Iterator[str]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _WORD.match(text, at)
        if found is None:
            raise NotImplementedError(text)
        yield found[1]
        at = found.end()


class _Words:
    """The words of an expression, taken one by one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = [*_split(text), _END]

    def any(self) -> str:
        return self._left.pop(0)

    def has(self, word: str) -> bool:
        """Take a word if it comes next."""
        if self._left[0] != word:
            return False
        if word != _END:
            self._left.pop(0)
        return True

    def take(self, word: str) -> None:
        if not self.has(word):
            raise NotImplementedError(f"{self._text}: {self._left[0]!r} where {word!r} is known")

    def name(self) -> str:
        word = self.any()
        if not word.startswith("#"):
            raise NotImplementedError(f"{self._text}: {word!r} where a name is known")
        return word

    def operand(self) -> Operand:
        word = self.any()
        if word.startswith(":"):
            return lambda scope: scope.values[word]
        if word.startswith("#"):
            return lambda scope: scope.item.get(scope.names[word])
        raise NotImplementedError(f"{self._text}: {word!r} where a name or a value is known")

    def condition(self) -> Test:
        tests = [self._all()]
        while self.has("OR"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda scope: any(test(scope) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.has("AND"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda scope: all(test(scope) for test in tests)

    def _one(self) -> Test:
        if self.has("("):
            test = self.condition()
            self.take(")")
            return test
        functions = {
            "attribute_exists": self._exists,
            "attribute_not_exists": self._not_exists,
            "begins_with": self._begins_with,
        }
        for name, function in functions.items():
            if self.has(name):
                self.take("(")
                test = function()
                self.take(")")
                return test
        return self._comparison()

    def _exists(self) -> Test:
        name = self.name()
        return lambda scope: scope.names[name] in scope.item

    def _not_exists(self) -> Test:
        name = self.name()
        return lambda scope: scope.names[name] not in scope.item

    def _begins_with(self) -> Test:
        whole = self.operand()
        self.take(",")
        return _compared(whole, self.operand(), lambda one, other: one.startswith(other))

    def _comparison(self) -> Test:
        left, sign = self.operand(), self.any()
        right = self.operand()
        match sign:
            case "=":
                return _compared(left, right, lambda one, other: one == other)
            case "<>":
                return _compared(left, right, lambda one, other: one != other)
            case "<":
                return _compared(left, right, lambda one, other: one < other)
            case ">":
                return _compared(left, right, lambda one, other: one > other)
            case "BETWEEN":
                self.take("AND")
                least = _compared(left, right, lambda one, other: one >= other)
                most = _compared(left, self.operand(), lambda one, other: one <= other)
                return lambda scope: least(scope) and most(scope)
        raise NotImplementedError(f"{self._text}: {sign!r} where a comparison is known")

    def assignment(self) -> Change:
        """Read `name = value` or `name = if_not_exists (name, value)`."""
        target = self.name()
        self.take("=")
        source = self._if_not_exists() if self.has("if_not_exists") else self.operand()

        def change(scope: Scope, item: Item) -> None:
            value = source(scope)
            if value is None:
                raise Refusal("ValidationException", "an attribute of the update is not there")
            item[scope.names[target]] = value

        return change

    def _if_not_exists(self) -> Operand:
        self.take("(")
        present = self.operand()
        self.take(",")
        otherwise = self.operand()
        self.take(")")
        return lambda scope: present(scope) or otherwise(scope)

    def removal(self) -> Change:
        """Read `name`."""
        target = self.name()

        def change(scope: Scope, item: Item) -> None:
            item.pop(scope.names[target], None)

        return change

    def addition(self) -> Change:
        """Read `name :number`."""
        target, source = self.name(), self.operand()

        def change(scope: Scope, item: Item) -> None:
            before = scope.item.get(scope.names[target], {"N": "0"})
            item[scope.names[target]] = total(before, source(scope) or {})

        return change


def _compared(left: Operand, right: Operand, holds: Callable[[Any, Any], bool]) -> Test:
    def test(scope: Scope) -> bool:
        both = pair(left(scope), right(scope))
        return both is not None and holds(*both)

    return test
