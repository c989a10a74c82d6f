"""What DynamoDB refuses, and moto too, the tables in memory refuse as well."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.sandbox.dynamodb import Service, in_memory

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ONE = {"#0": "x"}

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "two paths overlap": (
        "update_item",
        {
            "Key": KEY,
            "UpdateExpression": "SET #0 = :0 REMOVE #0",
            "ExpressionAttributeNames": ONE,
            "ExpressionAttributeValues": {":0": {"S": "1"}},
        },
    ),
    "a sort key over 1,024 bytes": (
        "put_item",
        {"Item": {"pk": {"S": "a"}, "sk": {"S": "b" * 1100}}},
    ),
    "a partition key over 2,048 bytes": (
        "put_item",
        {"Item": {"pk": {"S": "a" * 2100}, "sk": {"S": "b"}}},
    ),
    "a consistent read of an index": (
        "query",
        {
            "IndexName": "CodeIndex",
            "ConsistentRead": True,
            "KeyConditionExpression": "#0 = :0",
            "ExpressionAttributeNames": {"#0": "code_key"},
            "ExpressionAttributeValues": {":0": {"S": "c"}},
        },
    ),
    "a number that is none": ("put_item", {"Item": {**KEY, "n": {"N": "abc"}}}),
    "an empty set": ("put_item", {"Item": {**KEY, "s": {"SS": []}}}),
    "a key attribute in an update": (
        "update_item",
        {
            "Key": KEY,
            "UpdateExpression": "SET #0 = :0",
            "ExpressionAttributeNames": {"#0": "sk"},
            "ExpressionAttributeValues": {":0": {"S": "b"}},
        },
    ),
    "a key condition on another attribute": (
        "query",
        {
            "KeyConditionExpression": "#0 = :0 AND #1 = :1",
            "ExpressionAttributeNames": {"#0": "pk", "#1": "n"},
            "ExpressionAttributeValues": {":0": {"S": "a"}, ":1": {"N": "1"}},
        },
    ),
}


@pytest.fixture(params=["moto", "in memory"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        if request.param == "in memory":
            stack.enter_context(in_memory(Service()))
        made = boto3.client("dynamodb", region_name="eu-central-1")
        made.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "code_key")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "CodeIndex",
                    "Projection": {"ProjectionType": "ALL"},
                    "KeySchema": [{"AttributeName": "code_key", "KeyType": "HASH"}],
                }
            ],
        )
        made.put_item(TableName="t", Item={**KEY, "code_key": {"S": "c"}})
        yield made


@pytest.mark.parametrize("case", CALLS)
def test_it_is_refused_on_both(client: Any, case: str) -> None:  # noqa: ANN401 - a boto3 client
    name, asked = CALLS[case]
    with pytest.raises(ClientError, match="ValidationException"):
        getattr(client, name)(TableName="t", **asked)
