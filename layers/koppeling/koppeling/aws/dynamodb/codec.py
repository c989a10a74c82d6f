"""The codec between dataclasses and the JSON that items hold.

Moments and days become ISO texts, amounts texts with the same digits, enums their values, tuples
lists. Old and new releases read each other's items (R40): an unknown key is ignored, and a missing
field gets its default.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import UnionType
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints

from koppeling.core.people import Role

type Decoder = Callable[[Any], Any]
type Names = Mapping[type, Mapping[str, str]]

# P16: nearly every value is one of these
_AS_JSON = frozenset({str, int, bool, type(None)})

_FROM_TEXT: Mapping[type, Decoder] = {
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


# Who has a role of a later release may look: a connection that is not read would stand still
_LEAST: Mapping[type[Enum], Enum] = {Role: Role.LOOK}


class Codec[Kept]:
    """Encodes and decodes one dataclass, and the dataclasses within it."""

    def __init__(
        self,
        kind: type[Kept],
        *,
        names: Names | None = None,
        aside: Iterable[str] = (),
        as_is: Iterable[str] = (),
        without_defaults: bool = False,
    ) -> None:
        """Take the dataclass, and how its JSON differs from its fields.

        Args:
            kind: the dataclass.
            names: for each dataclass, the fields that are stored under another key.
            aside: fields that are attributes of the item, and not in the JSON.
            as_is: fields that hold JSON already, which is stored without a walk through it (P10).
            without_defaults: leave out the fields that have their default, for a small item. That
                default may never change then: items of before would mean something else.
        """
        self._kind = kind
        self._names = names or {}
        self._aside = frozenset(aside)
        self._as_is = frozenset(as_is)
        self._left_out = _defaults(kind) if without_defaults else {}

    def encode(self, value: Kept) -> dict[str, Any]:
        """Return the JSON of a value."""
        return {
            key: held if name in self._as_is else _encode(held, self._names)
            for name, key in _keys(self._kind, self._names).items()
            if name not in self._aside
            for held in [getattr(value, name)]
            if name not in self._left_out or held != self._left_out[name]
        }

    def decode(self, data: Mapping[str, Any], **aside: Any) -> Kept:  # noqa: ANN401 - fields vary
        """Return the value of this JSON and of the fields `aside`."""
        return self._decoder(data, aside)

    @cached_property
    def _decoder(self) -> Callable[..., Kept]:
        return _of_dataclass(self._kind, self._names)


def _defaults(kind: type) -> dict[str, Any]:
    return {each.name: _default(each) for each in fields(kind) if _default(each) is not MISSING}


def _default(each: Field[Any]) -> Any:  # noqa: ANN401 - as the field has it
    return each.default if each.default_factory is MISSING else each.default_factory()


def _keys(kind: type, names: Names) -> dict[str, str]:
    renamed = names.get(kind, {})
    return {each.name: renamed.get(each.name, each.name) for each in fields(kind)}


def _encode(value: Any, names: Names) -> Any:  # noqa: ANN401 - the JSON edge
    if type(value) in _AS_JSON:
        return value
    match value:
        case Enum():
            kept = value.value
        case None | str() | bool() | int():
            kept = value
        case Decimal():
            kept = str(value)
        case date():
            kept = value.isoformat()
        case Mapping():
            kept = {
                name: each if type(each) in _AS_JSON else _encode(each, names)
                for name, each in value.items()
            }
        case tuple() | list():
            kept = [_encode(each, names) for each in value]
        case _:
            keys = _keys(type(value), names)
            kept = {key: _encode(getattr(value, name), names) for name, key in keys.items()}
    return kept


def _of_dataclass(kind: type, names: Names) -> Callable[..., Any]:
    keys, hints = _keys(kind, names), get_type_hints(kind)
    decoders = {name: _decoder(hints[name], names) for name in keys}

    def decode(data: Mapping[str, Any], aside: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a value of this kind
        given = dict(aside or {})
        for name, key in keys.items():
            if key in data and name not in given:
                value, decoder = data[key], decoders[name]
                given[name] = value if decoder is None or value is None else decoder(value)
        return kind(**given)

    return decode


def _decoder(hint: Any, names: Names) -> Decoder | None:  # noqa: ANN401 - types have no common type
    """Return the function that reads a value of a type; None if the JSON is the value."""
    while isinstance(hint, TypeAliasType):
        hint = hint.__value__
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _of_union(arguments, names)
    if origin is tuple:
        return _of_tuple([_decoder(each, names) for each in arguments if each is not ...])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(_decoder(arguments[1], names))
    if not isinstance(hint, type):
        return None
    if is_dataclass(hint):
        return _of_dataclass(hint, names)
    return _of_enum(hint) if issubclass(hint, Enum) else _FROM_TEXT.get(hint)


def _of_enum(kind: type[Enum]) -> Decoder:
    """Return the decoder of an enum, which takes a value of a later release for the least of them.

    An enum without such a member refuses it.
    """
    least = _LEAST.get(kind)
    if least is None:
        return kind
    return lambda value: kind(value) if value in {each.value for each in kind} else least


def _of_union(members: tuple[Any, ...], names: Names) -> Decoder | None:
    """Return the decoder of the only member that needs one.

    Beside a text or number, a dataclass is recognised by its JSON object.
    """
    found = [(each, decoder) for each in members if (decoder := _decoder(each, names))]
    if not found:
        return None
    ((member, decode),) = found
    if not is_dataclass(member):
        return decode

    def decoded(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(value) in _AS_JSON or not isinstance(value, Mapping):
            return value
        return decode(value)

    return decoded


def _of_tuple(decoders: list[Decoder | None]) -> Decoder:
    if len(decoders) == 1:
        (decode,) = decoders
        return tuple if decode is None else lambda value: tuple(decode(each) for each in value)
    return lambda value: tuple(
        each if decode is None else decode(each)
        for decode, each in zip(decoders, value, strict=True)
    )


def _of_mapping(decode: Decoder | None) -> Decoder | None:
    if decode is None:
        return None
    return lambda value: {name: decode(each) for name, each in value.items()}
