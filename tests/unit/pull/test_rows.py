"""Rows of a page: whose they are, and what moves the cursor."""

from decimal import Decimal
from typing import Any

import pytest

from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.payment_conditions import PAYMENT_CONDITIONS
from koppeling.pull.rows import by_owner, storable, timestamps

CONTACTS, _, OF_ACCOUNTS = ACCOUNTS.feeds
(CONDITIONS,) = PAYMENT_CONDITIONS.feeds


def contact(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a contact of account `a`."""
    return {"ID": "c", "Account": "a", "Timestamp": 5} | fields


def test_rows_are_grouped_by_the_record_they_belong_to() -> None:
    rows = [contact(), contact(ID="d", Account="b"), contact(ID="e")]
    owned, strays = by_owner(CONTACTS, rows)
    assert {owner: [row["ID"] for row in held] for owner, held in owned.items()} == {
        "a": ["c", "e"],
        "b": ["d"],
    }
    assert strays == []


@pytest.mark.parametrize("account", [None, ""])
def test_a_contact_without_an_account_is_left_out(account: str | None) -> None:
    assert by_owner(CONTACTS, [contact(Account=account)]) == ({}, [])


@pytest.mark.parametrize(
    ("row", "field", "name"),
    [
        (contact(ID=None), "ID", "a"),
        (contact(Account={"a": 1}, Code=" 1068"), "Account", "1068"),
        (contact(ID=None, Account=None, Code="7"), "Account", "7"),
    ],
)
def test_a_row_that_does_not_say_which_it_is_is_told_by_field_and_name(
    row: dict[str, Any], field: str, name: str
) -> None:
    owned, (stray,) = by_owner(CONTACTS, [row])
    assert (owned, stray.row, stray.field, stray.name) == ({}, row, field, name)


def test_a_row_without_any_name_is_told_by_a_hash_that_stays_the_same() -> None:
    first, again = ({"Name": "x"}, {"Name": "x"})
    _, strays = by_owner(OF_ACCOUNTS, [first, again, {"Name": "y"}])
    assert strays[0].name == strays[1].name != strays[2].name
    assert len(strays[0].name) == 12


def test_a_condition_belongs_to_its_code_without_the_padding_also_as_a_number() -> None:
    owned, strays = by_owner(CONDITIONS, [{"ID": "1", "Code": 30}, {"ID": "2", "Code": " 30 "}])
    assert (list(owned), len(owned["30"]), strays) == (["30"], 2, [])  # type: ignore[index]


def test_a_row_without_a_readable_timestamp_moves_no_cursor() -> None:
    rows = [contact(), contact(Timestamp="x"), contact(Timestamp=None), contact(Timestamp="9")]
    assert timestamps(rows) == [5, 9]


def test_fractions_are_stored_as_text_however_deep_they_are() -> None:
    row = {"A": Decimal("0.10"), "B": [Decimal(1), {"C": Decimal("2.5"), "D": None}], "E": True}
    assert storable(row) == {"A": "0.10", "B": ["1", {"C": "2.5", "D": None}], "E": True}
