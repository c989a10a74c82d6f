"""Both tables, empty, in moto's DynamoDB, and a clock that tests move."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from koppeling.aws.dynamodb.table import SyncItem, TokenItem, sync_items, token_items
from tests.integration.store.previous_release import Tables
from tests.sandbox.common.clock import Clock

REGION = "eu-central-1"
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock(frozen_at=NOW)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every AWS call of this test stay within the process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


@pytest.fixture
def items(aws: None) -> type[SyncItem]:
    """Return the model of an empty SyncTable."""
    del aws
    model = sync_items("sync", REGION)
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


@pytest.fixture
def tokens(aws: None) -> type[TokenItem]:
    """Return the model of an empty TokensTable."""
    del aws
    model = token_items("tokens", REGION)
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


@pytest.fixture(scope="module")
def both_tables() -> Iterator[Tables]:
    """Yield both tables, made once for a file of tests: that takes longer than such a test.

    No test of such a file may ask for `aws` as well, since that begins with empty tables.
    """
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        items, tokens = sync_items("sync", REGION), token_items("tokens", REGION)
        for model in (items, tokens):
            model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        client = boto3.client("dynamodb", region_name=REGION)
        yield Tables(items, tokens, Clock(frozen_at=NOW), client)


@pytest.fixture
def tables(both_tables: Tables, clock: Clock) -> Tables:
    """Return both tables, empty, to hold what the release before wrote."""
    both_tables.empty()
    return replace(both_tables, clock=clock)
