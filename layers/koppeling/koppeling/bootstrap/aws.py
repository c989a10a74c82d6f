"""Clients of AWS, with their time-outs, and the models of both tables."""

from functools import cached_property
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from koppeling.aws.dynamodb.table import SyncItem, TokenItem, sync_items, token_items
from koppeling.bootstrap.settings import Settings

# R1: AWS calls connect within 1 s and answer within 3 s; a PDF may take longer
AWS_TIMEOUTS = (1, 3)
S3_TIMEOUTS = (1, 30)
# A mail that SES did not answer for in time may be sent twice, so it gets more of it
MAIL_TIMEOUTS = (1, 10)
# For the threads of a batch of messages, two of which write for each of its messages
CONNECTIONS = 45
_MAKING = Lock()
# The access key and its secret that every emulator takes
EMULATOR_KEY = "test"


def aws_client(
    service: str,
    timeouts: tuple[int, int] = AWS_TIMEOUTS,
    *,
    region: str,
    endpoint: str = "",
    attempts: int = 2,
) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
    """Return a client of a service, in AWS or at the address of an emulator."""
    import boto3  # noqa: PLC0415 - not every invocation needs it
    from botocore.config import Config  # noqa: PLC0415 - likewise

    connect, read = timeouts
    config = Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        # A signed address of S3 names the region: without it a new bucket answers with a redirect
        s3=None if endpoint else {"addressing_style": "virtual"},
    )
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), EMULATOR_KEY)
    there: dict[str, Any] = {"endpoint_url": endpoint, **keys} if endpoint else {}
    make: Any = boto3.client  # its stubs know literal names only
    # A client may be shared by threads, but not the session that makes it
    with _MAKING:
        return make(service, region_name=region, config=config, **there)


class Aws:
    """The clients and tables of one stack."""

    def __init__(self, settings: Settings, *, attempts: int = 2) -> None:
        self._settings = settings
        self._attempts = attempts

    @cached_property
    def sync_items(self) -> type[SyncItem]:
        """The model of SyncTable."""
        return self._located(sync_items(self._settings.sync_table, self._settings.region))

    @cached_property
    def token_items(self) -> type[TokenItem]:
        """The model of TokensTable."""
        return self._located(token_items(self._settings.tokens_table, self._settings.region))

    @property
    def tokens_key(self) -> str:
        """The KMS key of the tokens."""
        return self._settings.tokens_key

    @property
    def stage(self) -> str:
        """The stage, which the tokens are bound to."""
        return self._settings.stage

    @property
    def milestones_host(self) -> str:
        """The host of QicsMilestones, by which the release before kept its token chains."""
        return urlsplit(self._settings.milestones_base_url).netloc

    @cached_property
    def kms(self) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
        """The client of KMS, made when the first token is encrypted or decrypted."""
        return self.client("kms")

    @cached_property
    def sesv2(self) -> Any:  # noqa: ANN401 - likewise
        """The client of SES, made when the first mail is sent; a second call is a second mail."""
        return self.client("sesv2", MAIL_TIMEOUTS, attempts=1)

    def client(
        self,
        service: str,
        timeouts: tuple[int, int] = AWS_TIMEOUTS,
        attempts: int | None = None,
    ) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
        """Return a client of a service; one is made for each user of it."""
        return aws_client(
            service,
            timeouts,
            region=self._settings.region,
            endpoint=self._settings.aws_endpoint,
            attempts=attempts or self._attempts,
        )

    def _located[Model: (type[SyncItem], type[TokenItem])](self, model: Model) -> Model:
        if self._settings.aws_endpoint:
            meta: Any = model.Meta
            meta.host = self._settings.aws_endpoint
            meta.aws_access_key_id = meta.aws_secret_access_key = EMULATOR_KEY
        return model
