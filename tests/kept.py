"""What is made once for a process of tests, because making it takes longer than most tests do.

None of it remembers anything: clients of AWS, models of the tables, and two servers without a
sandbox. `tests/integration/test_environment.py` shows that no test sees what another one did.
"""

import atexit
from contextlib import ExitStack
from functools import cache
from typing import Any, override

import boto3
from moto import mock_aws

import tests.aws_calls  # noqa: F401 - it has to listen before the first client is made
from koppeling.aws.dynamodb.table import SyncItem, TokenItem, sync_items, token_items
from koppeling.bootstrap.aws import AWS_TIMEOUTS, Aws
from tests.sandbox.common.server import running
from tests.sandbox.common.switchboard import Switchboard

REGION = "eu-central-1"
_clients: dict[tuple[str, tuple[int, int]], Any] = {}


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
    """Return a client of a service; it outlives what moto stands for."""
    make: Any = boto3.client  # its stubs know literal names only
    return make(service, region_name=REGION)


@cache
def models() -> tuple[type[SyncItem], type[TokenItem]]:
    """Return the models of the tables `sync` and `tokens`."""
    made = sync_items("sync", REGION), token_items("tokens", REGION)
    with mock_aws():  # a client that was made without credentials is made anew for every call
        for model in made:
            _ = model._get_connection().connection.client  # noqa: SLF001 - it has no other door
    return made


@cache
def switchboard(system: str) -> tuple[Switchboard, str]:
    """Return what stands in front of the sandboxes of a system, and its address."""
    del system
    stack, board = ExitStack(), Switchboard()
    atexit.register(stack.close)
    return board, stack.enter_context(running(board))


class KeptClients(Aws):
    """The clients that the functions have, each of them made once."""

    @override
    def client(
        self,
        service: str,
        timeouts: tuple[int, int] = AWS_TIMEOUTS,
        attempts: int | None = None,
    ) -> Any:
        """Return a client."""
        key = (service, timeouts)
        if key not in _clients:
            _clients[key] = super().client(service, timeouts, attempts)
        return _clients[key]


class KeptAws(KeptClients):
    """The clients, and the models of the tables `sync` and `tokens`."""

    @property
    @override
    def sync_items(self) -> type[SyncItem]:
        """The model of SyncTable."""
        return models()[0]

    @property
    @override
    def token_items(self) -> type[TokenItem]:
        """The model of TokensTable."""
        return models()[1]
