"""The items of both tables, as PynamoDB models that are bound to a table when they are needed.

SyncTable holds every kind of item under one key scheme: `pk` is the connection (or division), `sk`
says what the item is. What a condition or an index looks at is an attribute of its own; the rest is
one JSON text, so that old and new code read each other's items (R40).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

# The version of the items' form; written on each of them
SCHEMA = 1
# R1: AWS calls connect within 1 s and answer within 3 s
CONNECT_SECONDS, READ_SECONDS, RETRIES = 1, 3, 2
_CONDITION_FAILED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Table:
    """Which DynamoDB table, where."""

    name: str
    region: str


class SyncItem(Model):
    """One item of SyncTable."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    schema = NumberAttribute(default=SCHEMA)
    data: JSONAttribute = JSONAttribute(default=dict)
    version = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    fencing = NumberAttribute(null=True)
    lease_until = NumberAttribute(null=True)
    code_key = UnicodeAttribute(null=True)
    not_before = NumberAttribute(null=True)
    opened_at = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    errors: JSONAttribute = JSONAttribute(null=True)
    by_code: ClassVar[Any]


class TokenItem(Model):
    """One chain of tokens. `cipher` names how `sealed` was made; `data_key` belongs to it."""

    pk = UnicodeAttribute(hash_key=True)
    schema = NumberAttribute(default=SCHEMA)
    provider = UnicodeAttribute()
    oauth_user = UnicodeAttribute()
    host = UnicodeAttribute()
    state = UnicodeAttribute()
    cipher = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    data_key = BinaryAttribute(legacy_encoding=False, null=True)
    granted_at = NumberAttribute()
    refresh_from = NumberAttribute()
    refresh_token_ends_at = NumberAttribute()
    fencing = NumberAttribute(default=0)
    generation = NumberAttribute(null=True)
    lease_until = NumberAttribute(null=True)
    expiry_told = NumberAttribute(null=True)


def sync_items(table: Table) -> type[SyncItem]:
    """Return the model of SyncTable, bound to the table of this stack."""

    class CodeIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call] # pynamodb's hook has no types
        """Finds a record by its code: `<connection>#<entity>#<code>`."""

        class Meta:
            index_name = "CodeIndex"
            projection = AllProjection()

        code_key = UnicodeAttribute(hash_key=True)

    class BoundSyncItem(SyncItem):
        Meta = _meta(table)
        by_code = CodeIndex()

    return BoundSyncItem


def token_items(table: Table) -> type[TokenItem]:
    """Return the model of TokensTable, bound to the table of this stack."""

    class BoundTokenItem(TokenItem):
        Meta = _meta(table)

    return BoundTokenItem


def write_if(write: Callable[[], object]) -> bool:
    """Carry out a conditional write; False when its condition does not hold: nothing was written.

    Raises:
        PynamoDBException: DynamoDB could not be asked, or refused for another reason.
    """
    try:
        write()
    except (PutError, UpdateError) as error:
        if error.cause_response_code == _CONDITION_FAILED:
            return False
        raise
    return True


def connection_key(connection: str) -> str:
    """Return the partition of a connection: the one place that builds it (S9)."""
    return f"CONNECTION#{connection}"


def division_key(host: str, division: int) -> str:
    """Return the partition of an administration, which several connections may share."""
    return f"DIVISION#{host}#{division}"


def epoch(moment: datetime) -> int:
    """Return a moment as whole seconds, as TTL and conditions want it."""
    return int(moment.timestamp())


def _meta(table: Table) -> Any:  # noqa: ANN401 - pynamodb reads it by attribute
    return type(
        "Meta",
        (),
        {
            "table_name": table.name,
            "region": table.region,
            "connect_timeout_seconds": CONNECT_SECONDS,
            "read_timeout_seconds": READ_SECONDS,
            "max_retry_attempts": RETRIES,
        },
    )
