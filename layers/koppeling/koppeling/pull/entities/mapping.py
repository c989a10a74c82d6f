"""How the rows of a record in Exact become the link fields of a record in QicsMilestones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from koppeling.core.connection import Connection
from koppeling.core.ids import ExactId
from koppeling.core.text import clean, code_of
from koppeling.pull.entities.fields import FieldKind, Fields
from koppeling.pull.link_values import LinkValue, Mapped, Row
from koppeling.pull.record import Sources


@dataclass(frozen=True, slots=True)
class LinkField:
    """A field of QicsMilestones, the field of Exact it comes from, and the rule between them.

    An empty source empties the target, unless the field `stays` as it is (L3). `kind` is what the
    source may hold.
    """

    target: str
    source: str
    rule: Callable[[object], LinkValue] = clean
    stays: bool = False
    kind: FieldKind = FieldKind.TEXT


def map_fields(table: Iterable[LinkField], row: Row) -> dict[str, LinkValue]:
    """Return the link values that a table makes of one row of Exact."""
    return {
        link.target: value
        for link in table
        if (value := link.rule(row.get(link.source))) is not None or not link.stays
    }


def source_fields(table: Iterable[LinkField]) -> Fields:
    """Return the fields of Exact that a table reads; `$select` asks for no others (L11)."""
    return {link.source: link.kind for link in table}


def number(value: object) -> Decimal | None:
    """Return a number as Exact sent it or as its stored copy holds it; None when empty."""
    return None if value is None or value == "" else Decimal(str(value))


# X75: what stands in the place of an ID when there is none
_NO_ID = "00000000-0000-0000-0000-000000000000"


def id_of(value: object) -> ExactId | None:
    """Return an ID that a row refers to; None when it refers to nothing (X75)."""
    held = clean(value)
    return None if held is None or held == _NO_ID else ExactId(held)


@dataclass(frozen=True, slots=True)
class MappingContext:
    """What a mapping may use besides the rows of a record.

    `written` are the link values that were last written to it.
    """

    connection: Connection
    today: date
    written: Mapping[str, LinkValue] = field(default_factory=dict)


type RecordMapping = Callable[[Sources, MappingContext], Mapped | None]


def by_code(mapping: Callable[[Row, str, MappingContext], Mapped]) -> RecordMapping:
    """Return the mapping of a record that is one row of Exact; a row without a code gives None."""

    def map_record(sources: Sources, context: MappingContext) -> Mapped | None:
        row = only_row(sources)
        code = code_of(row.get("Code")) if row else None
        return None if row is None or code is None else mapping(row, code, context)

    return map_record


def only_row(sources: Sources) -> Row | None:
    """Return the row of a record that has one; None while it is not known."""
    return next((row for rows in sources.values() for row in rows.values()), None)
