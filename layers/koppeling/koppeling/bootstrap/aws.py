"""Clients of AWS, with their time-outs, and the models of both tables."""

from functools import cached_property
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, Table, TokenItem, sync_items, token_items
from koppeling.bootstrap.settings import Settings

# R1: AWS calls connect within 1 s and answer within 3 s; a PDF may take longer
AWS_TIMEOUTS = (1, 3)
S3_TIMEOUTS = (1, 30)


class Aws:
    """What this stack has at AWS."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def sync_items(self) -> type[SyncItem]:
        """The model of SyncTable."""
        return sync_items(Table(self._settings.sync_table, self._settings.region))

    @cached_property
    def token_items(self) -> type[TokenItem]:
        """The model of TokensTable."""
        return token_items(Table(self._settings.tokens_table, self._settings.region))

    @property
    def tokens_key(self) -> str:
        """The KMS key of the tokens."""
        return self._settings.tokens_key

    @cached_property
    def kms(self) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
        """The client of KMS, made when the first token is sealed or opened."""
        return self.client("kms")

    @cached_property
    def sns(self) -> Any:  # noqa: ANN401 - likewise
        """The client of SNS, made when the first warning is sent."""
        return self.client("sns")

    def client(self, service: str, timeouts: tuple[int, int] = AWS_TIMEOUTS) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
        """Return a client of a service; one is made for each user of it."""
        import boto3  # noqa: PLC0415 - not every invocation needs it
        from botocore.config import Config  # noqa: PLC0415 - likewise

        connect, read = timeouts
        config = Config(
            connect_timeout=connect, read_timeout=read, retries={"total_max_attempts": 2}
        )
        make: Any = boto3.client  # its stubs know literal names only
        return make(service, region_name=self._settings.region, config=config)
