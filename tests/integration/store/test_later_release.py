"""What a later release stored is read with its nearest meaning, so that no page breaks (R40)."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.invoice_rows import unpacked
from koppeling.core.people import Person, Role
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.outbox import State


@dataclass(frozen=True, slots=True)
class _Held:
    state: State


def test_who_has_a_role_that_is_not_known_may_look() -> None:
    kept = {"mail": "marit@veldhuis.example", "role": "approve", "language": "nl"}

    assert Codec(Person).decode(kept) == Person("marit@veldhuis.example", Role.LOOK)


def test_a_standing_that_is_not_known_is_uncertain() -> None:
    kept = ["disputed", "121.00", "EUR", "", "", "", "", "code", "more"]

    assert unpacked("INVOICE#1", kept) == InvoiceRow(
        "1", Standing.UNCERTAIN, Decimal("121.00"), "EUR", code="code"
    )


def test_another_enum_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="PARKED"):
        Codec(_Held).decode({"state": "PARKED"})
