"""Both tables, empty, in moto's DynamoDB, and a clock that tests move."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from koppeling.aws.dynamodb.table import SyncItem, Table, TokenItem, sync_items, token_items
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
    model = sync_items(Table("sync", REGION))
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


@pytest.fixture
def tokens(aws: None) -> type[TokenItem]:
    """Return the model of an empty TokensTable."""
    del aws
    model = token_items(Table("tokens", REGION))
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model
