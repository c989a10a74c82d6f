"""Both tables, empty, and a clock that tests move.

Each test runs twice: on moto's tables, and on those in memory that the tests of the whole link use.
So it tells of the stores that they do what they should, and of both tables that they are alike.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from tests import kept
from tests.integration.store.previous_release import Tables
from tests.sandbox.common.clock import Clock
from tests.sandbox.dynamodb import Service, in_memory

REGION = kept.REGION
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock(frozen_at=NOW)


@pytest.fixture(params=["moto", "in memory"])
def aws(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every AWS call of this test stay within the process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        if request.param == "in memory":
            stack.enter_context(in_memory(Service()))
        yield


@pytest.fixture
def items(aws: None) -> type[SyncItem]:
    """Return the model of an empty SyncTable."""
    del aws
    model, _ = kept.models()
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return model


@pytest.fixture
def tokens(aws: None) -> type[TokenItem]:
    """Return the model of an empty TokensTable."""
    del aws
    _, model = kept.models()
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
        items, tokens = kept.models()
        for model in (items, tokens):
            model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        client = boto3.client("dynamodb", region_name=REGION)
        yield Tables(items, tokens, Clock(frozen_at=NOW), client)


@pytest.fixture
def tables(both_tables: Tables, clock: Clock) -> Tables:
    """Return both tables, empty, to hold what the release before wrote."""
    both_tables.empty()
    return replace(both_tables, clock=clock)
