"""The units that calls consume, by AWS's own rules: they are what a bill is made of."""

from typing import Any

import pytest

from tests.sandbox.dynamodb.capacity import Units, size
from tests.sandbox.dynamodb.service import Service
from tests.sandbox.dynamodb.values import Refusal

CONDITION = {
    "ConditionExpression": "attribute_not_exists (#0)",
    "ExpressionAttributeNames": {"#0": "pk"},
}


def service(projection: dict[str, Any] | None = None) -> Service:
    """Return a service with one table, which has one index."""
    made = Service()
    index: dict[str, Any] = {
        "IndexName": "CodeIndex",
        "KeySchema": [{"AttributeName": "code_key", "KeyType": "HASH"}],
        "Projection": projection or {"ProjectionType": "ALL"},
    }
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk"}]
    made.answer(
        "CreateTable",
        {"TableName": "sync", "KeySchema": schema, "GlobalSecondaryIndexes": [index]},
    )
    return made


def an_item(length: int = 10, **more: str) -> dict[str, dict[str, str]]:
    values = {"pk": "a", "sk": "b", "data": "x" * length, **more}
    return {name: {"S": value} for name, value in values.items()}


def put(made: Service, item: dict[str, Any]) -> Units:
    made.answer("PutItem", {"TableName": "sync", "Item": item})
    return made.units


def get(made: Service, *, consistent: bool) -> Units:
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    made.answer("GetItem", {"TableName": "sync", "Key": key, "ConsistentRead": consistent})
    return made.units


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ({"S": "é"}, 2),
        ({"N": "1795840189"}, 6),
        ({"N": "100"}, 2),
        ({"N": "-0.5"}, 2),
        ({"B": "AAAA"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": [{"S": "ab"}]}, 3 + 1 + 2),
        ({"M": {"n": {"S": "ab"}}}, 3 + 1 + 1 + 2),
    ],
)
def test_the_size_of_a_value(value: dict[str, Any], length: int) -> None:
    assert size({"name": value}) == len("name") + length


@pytest.mark.parametrize(("length", "units"), [(10, 1), (1_000, 1), (1_025, 2), (5_000, 5)])
def test_a_write_counts_in_kilobytes(length: int, units: int) -> None:
    assert put(service(), an_item(length)).write_units == units


def test_a_write_of_a_smaller_item_counts_the_larger_one() -> None:
    made = service()
    put(made, an_item(3_000))

    assert put(made, an_item(10)).write_units == 3 + 3


def test_a_write_whose_condition_fails_counts_all_the_same() -> None:
    made = service()
    put(made, an_item(3_000))

    with pytest.raises(Refusal):
        made.answer("PutItem", {"TableName": "sync", "Item": an_item(10), **CONDITION})

    assert made.units.write_units == 3 + 3


@pytest.mark.parametrize(
    ("length", "consistent", "units"),
    [(10, False, 0.5), (10, True, 1), (5_000, False, 1), (5_000, True, 2)],
)
def test_a_read_counts_in_four_kilobytes_and_half_when_it_may_lag(
    length: int,
    consistent: bool,  # noqa: FBT001 - pytest hands it over by name
    units: float,
) -> None:
    made = service()
    put(made, an_item(length))

    assert get(made, consistent=consistent).read_units == units


def test_a_read_of_nothing_counts_as_one_of_the_smallest_item() -> None:
    assert get(service(), consistent=True).read_units == 1


def test_an_index_is_written_when_what_it_keeps_has_changed() -> None:
    made = service()
    put(made, an_item(10, code_key="1068"))
    put(made, an_item(10, code_key="1068"))
    put(made, an_item(20, code_key="1068"))

    assert made.units.written_in_indexes["PutItem"] == 1 + 0 + 1


def test_an_index_of_keys_is_left_alone_by_a_change_of_other_values() -> None:
    made = service({"ProjectionType": "KEYS_ONLY"})
    put(made, an_item(10, code_key="1068"))
    put(made, an_item(20, code_key="1068"))

    assert made.units.written_in_indexes["PutItem"] == 1


def test_an_entry_that_gets_another_key_is_removed_and_put() -> None:
    made = service()
    put(made, an_item(10, code_key="1068"))
    put(made, an_item(10, code_key="1069"))

    assert made.units.written_in_indexes["PutItem"] == 1 + 2


def test_what_an_index_does_not_show_costs_it_nothing() -> None:
    assert put(service(), an_item()).written_in_indexes["PutItem"] == 0
