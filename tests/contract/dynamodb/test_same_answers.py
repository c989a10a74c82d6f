"""The tables in memory answer what moto's answer, to calls of every kind that our stores make."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.dynamodb.scripts import STEPS, Step, tell_both, tell_memory
from tests.kept import models
from tests.sandbox.dynamodb import Service, in_memory

KEY = {"pk": {"S": "one"}, "sk": {"S": "A"}}
ITEM = KEY | {"data": {"S": "x"}}
LARGE = ITEM | {"data": {"S": "x" * 410 * 1024}}
NUMBERED = [{"pk": {"S": "one"}, "sk": {"S": f"A#{n:03}"}} for n in range(101)]


@settings(max_examples=40)
@given(st.lists(STEPS, min_size=5, max_size=30))
def test_any_calls_after_each_other_are_answered_alike(steps: list[Step]) -> None:
    told = tell_both(steps)

    assert told.memory == told.moto


def test_every_kind_of_call_is_drawn() -> None:
    """A drawing that always failed in the same way would compare nothing."""
    drawn: set[str] = set()

    @settings(max_examples=100)
    @given(st.lists(STEPS, min_size=5, max_size=30))
    def draw(steps: list[Step]) -> None:
        for answer in tell_memory(steps):
            drawn.add(answer[0] if isinstance(answer, tuple) else str(answer)[:1])

    draw()

    assert {"PutError", "UpdateError", "d", "{", "[", "N"} <= drawn


def ask(call: str, **given: Any) -> Step:  # noqa: ANN401 - as the wire has it
    """Make a call as a client makes it, and return its answer or the code of its error."""

    def step(_: object) -> object:
        client = models()[0]._get_connection().connection.client  # noqa: SLF001 - pynamodb hides it
        try:
            answer: Mapping[str, Any] = client._make_api_call(call, given)  # noqa: SLF001 - likewise
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    return step


REFUSED = {
    "a table that is not there": ask("GetItem", TableName="other", Key=KEY),
    "no sort key": ask("GetItem", TableName="sync", Key={"pk": {"S": "one"}}),
    "more than a key": ask("GetItem", TableName="sync", Key=ITEM),
    "an empty key": ask("PutItem", TableName="sync", Item=ITEM | {"sk": {"S": ""}}),
    "a key that is a number": ask("PutItem", TableName="sync", Item=ITEM | {"sk": {"N": "1"}}),
    "no key": ask("PutItem", TableName="sync", Item={"data": {"S": "x"}}),
    "an empty key of the index": ask(
        "PutItem", TableName="sync", Item=ITEM | {"code_key": {"S": ""}}
    ),
    "an item of more than 400 kB": ask("PutItem", TableName="sync", Item=LARGE),
    "an update of a key": ask(
        "UpdateItem",
        TableName="sync",
        Key=KEY,
        UpdateExpression="SET #0 = :0",
        ExpressionAttributeNames={"#0": "sk"},
        ExpressionAttributeValues={":0": {"S": "B"}},
    ),
    "more than a hundred reads": ask(
        "BatchGetItem", RequestItems={"sync": {"Keys": NUMBERED[:101]}}
    ),
    "a key that is read twice": ask("BatchGetItem", RequestItems={"sync": {"Keys": [KEY, KEY]}}),
    "a table that is there": ask(
        "CreateTable",
        TableName="sync",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    ),
}


@pytest.mark.parametrize("step", REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_alike_and_leaves_nothing_behind(step: Step) -> None:
    told = tell_both([step, lambda m: [*m.scan()]])

    assert told.memory == told.moto
    assert isinstance(told.memory[0], str), "it was not refused"


# As DynamoDB's own documentation has it; moto lets these pass
REFUSED_BY_AWS = {
    "more than 25 writes": [{"PutRequest": {"Item": key}} for key in NUMBERED[:26]],
    "a key that is written twice": [
        {"PutRequest": {"Item": ITEM}},
        {"DeleteRequest": {"Key": KEY}},
    ],
}


@pytest.mark.parametrize("writes", REFUSED_BY_AWS.values(), ids=REFUSED_BY_AWS)
def test_what_moto_lets_pass_and_aws_does_not_is_refused(writes: list[object]) -> None:
    step = ask("BatchWriteItem", RequestItems={"sync": writes})

    assert tell_both([step, lambda m: [*m.scan()]]).memory == ["ValidationException", []]


def test_a_table_that_was_deleted_is_gone() -> None:
    def delete(model: Any) -> None:  # noqa: ANN401 - pynamodb's model
        model.delete_table()

    told = tell_both([delete, ask("GetItem", TableName="sync", Key=KEY)])

    assert told.memory == told.moto == [None, "ResourceNotFoundException"]


UNKNOWN = {
    "a call": ask("TransactWriteItems", TransactItems=[]),
    "a parameter": ask("GetItem", TableName="sync", Key=KEY, AttributesToGet=["pk"]),
    "a condition": ask(
        "PutItem",
        TableName="sync",
        Item=ITEM,
        ConditionExpression="size(#0) > :0",
        ExpressionAttributeNames={"#0": "data"},
        ExpressionAttributeValues={":0": {"N": "1"}},
    ),
}


@pytest.mark.parametrize("step", UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_tables_do_not_know_is_no_answer(step: Step) -> None:
    with in_memory(Service()):
        models()[0].create_table(billing_mode="PAY_PER_REQUEST", wait=True)

        with pytest.raises(NotImplementedError):
            step(models()[0])


def test_a_partition_of_more_than_a_megabyte_comes_in_pages() -> None:
    def fill(model: Any) -> None:  # noqa: ANN401 - pynamodb's model
        for number in range(12):
            model("one", f"A#{number:02}", data={"x": "x" * 150_000}).save()

    page = ask(
        "Query",
        TableName="sync",
        KeyConditionExpression="#0 = :0",
        ExpressionAttributeNames={"#0": "pk", "#1": "sk"},
        ExpressionAttributeValues={":0": {"S": "one"}},
        ProjectionExpression="#1",
    )
    told = tell_both([fill, page, lambda m: [item.sk for item in m.query("one")]])

    assert told.memory == told.moto
    assert len(told.memory[1]["Items"]) < 12  # type: ignore[index] # an answer of the wire
    assert told.memory[2] == [f"A#{number:02}" for number in range(12)]
