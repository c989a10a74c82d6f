"""`$filter` as far as QM is assumed to know it: `eq` and `and` only (M17)."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.sandbox.qics_milestones.errors import invalid
from tests.sandbox.qics_milestones.schema import Entity, Field, Kind
from tests.sandbox.qics_milestones.values import decimal_text

_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?!\w)|(?P<word>[A-Za-z_]\w*)"
)
_CLAUSE = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison: the field holds exactly this value."""

    field: str
    value: Any

    def holds(self, record: dict[str, Any]) -> bool:
        """Say whether a record meets it; text is compared exactly, leading zeros count (M25)."""
        return bool(record[self.field] == self.value)


def parse_filter(entity: Entity, expression: str) -> list[Condition]:
    """Return the conditions of a `$filter`, all of which must hold.

    Raises:
        RefusedError: 400, anything but `Field eq literal`, joined by `and`.
    """
    tokens = _tokens(expression)
    if len(tokens) % (_CLAUSE + 1) != _CLAUSE:
        raise invalid("The query specified in the URI is not valid.", "$filter")
    conditions = []
    for start in range(0, len(tokens), _CLAUSE + 1):
        name, operator, literal = tokens[start : start + _CLAUSE]
        joint = tokens[start + _CLAUSE : start + _CLAUSE + 1]
        if operator != ("word", "eq") or joint not in ([], [("word", "and")]):
            raise invalid("Only eq and and are supported in $filter.", "$filter")
        conditions.append(_condition(entity, name, literal))
    return conditions


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens = []
    rest = expression.strip()
    while rest:
        found = _TOKEN.match(rest)
        if found is None:
            raise invalid("The query specified in the URI is not valid.", "$filter")
        tokens.append((str(found.lastgroup), found.group()))
        after = rest[found.end() :]
        rest = after.lstrip()
        if rest and rest == after:
            raise invalid("The query specified in the URI is not valid.", "$filter")
    return tokens


def _condition(entity: Entity, name: tuple[str, str], literal: tuple[str, str]) -> Condition:
    field = entity.fields.get(name[1])
    if name[0] != "word" or field is None:
        raise invalid(f"{entity.name} has no property named {name[1]}.", "$filter")
    value = _value(field, *literal)
    if value is None:
        raise invalid(f"The literal does not have the type of {field.name}.", "$filter")
    return Condition(field.name, value)


def _value(field: Field, sort: str, literal: str) -> str | int | bool | None:
    if sort == "text" and field.kind in (Kind.TEXT, Kind.ENUM):
        return literal[1:-1].replace("''", "'")
    if sort == "number" and field.kind is Kind.DECIMAL:
        return decimal_text(Decimal(literal))
    if sort == "number" and field.kind in (Kind.INTEGER, Kind.INT64) and "." not in literal:
        return int(literal) if field.kind is Kind.INTEGER else str(int(literal))
    if sort == "word" and field.kind is Kind.BOOL and literal in ("true", "false"):
        return literal == "true"
    return None
