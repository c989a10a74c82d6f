"""Values as QicsMilestones sends and wants them, and records compared field by field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from koppeling.pull.entities.entity import Target, WireKind

_NUMBERS = (WireKind.INT64, WireKind.DECIMAL, WireKind.INTEGER)
DATE_LENGTH = len("2026-11-24")


def to_wire(target: Target, name: str, value: object) -> object:
    """Return a value as the API wants it: 64-bit integers and decimals as text (M14)."""
    if value is not None and target.kind(name) in (WireKind.INT64, WireKind.DECIMAL):
        return str(value)
    return value


def overlay(current: Mapping[str, Any], differing: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Lay the new values of differing fields over a record (M23).

    Every other field is handed back as it came, also those that we do not know (M22).
    """
    return {**current, **{name: new for name, (_, new) in differing.items()}}


def differences(
    target: Target, current: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Return the link fields that differ, each with its present and its wanted value."""
    wanted = {name: to_wire(target, name, value) for name, value in values.items()}
    return {
        name: (current.get(name), value)
        for name, value in wanted.items()
        if not _same(target, name, current.get(name), value)
    }


def _same(target: Target, name: str, held: object, wanted: object) -> bool:
    held, wanted = _or_null(held), _or_null(wanted)
    if target.kind(name) in _NUMBERS and held is not None and wanted is not None:
        return Decimal(str(held)) == Decimal(str(wanted))  # M14: a number may come as text
    if target.kind(name) is WireKind.DATE and held is not None and wanted is not None:
        return str(held)[:DATE_LENGTH] == str(wanted)[:DATE_LENGTH]  # M15: the date part
    return held == wanted


def _or_null(value: object) -> object:
    """Return null for an empty text, which means the same; 0 and false do not."""
    return None if value == "" else value
