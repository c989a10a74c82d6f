"""Clients and tables of a stack: those of AWS, or those of an emulator when settings name one."""

from dataclasses import replace
from typing import Any

import pytest

from koppeling.bootstrap.aws import EMULATOR_KEY, Aws
from koppeling.bootstrap.settings import from_environment
from tests.unit.bootstrap.test_settings import NEEDED

EMULATOR = "http://127.0.0.1:9"


def test_an_endpoint_in_the_settings_leads_clients_and_tables_to_an_emulator() -> None:
    aws = Aws(replace(from_environment(NEEDED), aws_endpoint=EMULATOR))

    assert aws.client("sqs").meta.endpoint_url == EMULATOR
    for model in (aws.sync_items, aws.token_items):
        meta: Any = model.Meta
        assert (meta.host, meta.aws_access_key_id) == (EMULATOR, EMULATOR_KEY)


def test_without_an_endpoint_clients_and_tables_are_those_of_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    aws = Aws(from_environment(NEEDED))

    assert aws.client("sqs").meta.endpoint_url == "https://sqs.eu-central-1.amazonaws.com"
    assert aws.sync_items.Meta.region == "eu-central-1"
    assert getattr(aws.sync_items.Meta, "host", None) is None


def test_an_operator_calls_once_where_a_function_tries_twice() -> None:
    settings = from_environment(NEEDED)

    attempts = [
        aws.client("lambda").meta.config.retries["total_max_attempts"]
        for aws in (Aws(settings), Aws(settings, attempts=1))
    ]

    assert attempts == [2, 1]
