"""What a field and an entity are; the tables of them stand in `entities` and `customer_fields`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value travels (M14, M15); each is named by its type in `$metadata`."""

    TEXT = "Edm.String"
    BOOL = "Edm.Boolean"
    INTEGER = "Edm.Int32"
    INT64 = "Edm.Int64"
    DECIMAL = "Edm.Decimal"
    DAY = "Edm.DateTime"
    STAMP = "Edm.DateTimeOffset"
    ENUM = "QicsMilestones.Enum"
    JSON = "Collection(QicsMilestones.Attribute)"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `refers_to` names the entity whose key it holds; `made` numbers come from QM."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    max_length: int | None = None
    refers_to: str = ""
    values: tuple[str, ...] = ()
    made: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its key first, then its fields; `code` is the field people know a record by."""

    name: str
    key: str
    code: str
    fields: dict[str, Field]

    @property
    def indexed(self) -> tuple[str, ...]:
        """Return the fields that a look-up must be quick on (M25)."""
        return tuple(name for name in (self.code, "CompanyId") if name in self.fields)


def entity(name: str, code: str, fields: Iterable[Field]) -> Entity:
    """Return an entity whose key is named after it, as all of QM's are."""
    key = Field(f"{name}Id", Kind.INT64, required=True)
    return Entity(name, key.name, code, {field.name: field for field in (key, *fields)})


def text(name: str, *, required: bool = False, max_length: int | None = None) -> Field:
    """Return a text field."""
    return Field(name, Kind.TEXT, required=required, max_length=max_length)


def texts(prefix: str, *names: str) -> tuple[Field, ...]:
    """Return optional text fields whose names share a beginning."""
    return tuple(Field(f"{prefix}{name}") for name in names)


def flag(name: str, *, required: bool = False) -> Field:
    """Return a boolean field."""
    return Field(name, Kind.BOOL, required=required)


def number(name: str, kind: Kind = Kind.INT64, *, required: bool = False) -> Field:
    """Return a field with a number that refers to nothing this sandbox holds."""
    return Field(name, kind, required=required)


def reference(name: str, to: str, *, required: bool = False) -> Field:
    """Return a field that holds the key of another record."""
    return Field(name, Kind.INT64, required=required, refers_to=to)


def choice(name: str, *values: str, required: bool = False) -> Field:
    """Return an enum field; its values are names on the wire (M14)."""
    return Field(name, Kind.ENUM, required=required, values=values)
