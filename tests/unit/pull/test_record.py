"""X92, DF17: rows belong to one record by their ID, and the highest Timestamp wins."""

from itertools import permutations
from typing import Any

import pytest

from koppeling.core.ids import ExactId
from koppeling.pull.record import Record, merge

NEW = Record(ExactId("a"))


def row(stamp: int, identity: str = "x", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of Exact
    """Return a row of Exact."""
    return {"ID": identity, "Timestamp": stamp, **fields}


def test_a_first_row_makes_the_record_new() -> None:
    merged, is_new = merge(NEW, "accounts", [row(5)])
    assert is_new
    assert merged.sources == {"accounts": {"x": row(5)}}


@pytest.mark.parametrize("order", list(permutations([3, 7, 5])))
def test_the_highest_timestamp_stays_whatever_the_order_of_arrival(order: tuple[int, ...]) -> None:
    record = NEW
    for stamp in order:
        record, _ = merge(record, "accounts", [row(stamp, Name=f"as of {stamp}")])
    assert record.sources["accounts"]["x"]["Name"] == "as of 7"


@pytest.mark.parametrize("stamp", [4, 5])
def test_a_row_that_is_not_newer_changes_nothing(stamp: int) -> None:
    known, _ = merge(NEW, "accounts", [row(5, Name="kept")])
    merged, is_new = merge(known, "accounts", [row(stamp, Name="late")])
    assert not is_new
    assert merged is known


def test_every_version_of_a_row_takes_the_place_of_the_one_before() -> None:
    merged, _ = merge(NEW, "addresses", [row(stamp) for stamp in range(2, 50)])
    assert merged.sources["addresses"] == {"x": row(49)}


def test_rows_of_another_feed_stay_as_they_are() -> None:
    with_contact, _ = merge(NEW, "contacts", [row(1, "c")])
    merged, _ = merge(with_contact, "addresses", [row(2, "d")])
    assert merged.sources == {"contacts": {"c": row(1, "c")}, "addresses": {"d": row(2, "d")}}


def test_no_rows_make_nothing_new() -> None:
    assert merge(NEW, "accounts", []) == (NEW, False)
