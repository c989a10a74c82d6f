"""The items of both tables, as PynamoDB models that are bound to a table when they are needed.

SyncTable holds every kind of item under one key scheme: `pk` is the connection (or division), `sk`
says what the item is. A value that a condition or an index uses has an attribute of its own. All
other values are in one JSON text, so that old and new releases read each other's items (R40).
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar, Self, override
from uuid import uuid4

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from koppeling.core.clock import Now
from koppeling.core.clock import now as utc_now

# The version of the stored form, written on each item
SCHEMA = 1
# R1: AWS calls connect within 1 s and answer within 3 s
CONNECT_SECONDS, READ_SECONDS, RETRIES = 1, 3, 2
# For the threads of a batch of messages, two of which write for each of its messages
CONNECTIONS = 45
# In bytes. What a browser sends may be longer, and DynamoDB refuses to look for it
LONGEST_SORT_KEY = 1024
_CONDITION_FAILED = "ConditionalCheckFailedException"


class JsonText(str):
    """A text that is JSON already, so that a value is not converted twice."""

    __slots__ = ()


def compact(value: object) -> JsonText:
    """Return JSON without spaces: each kilobyte of an item is a unit when it is written."""
    return JsonText(json.dumps(value, separators=(",", ":")))


class CompactJson(JSONAttribute):
    """JSON as one text; a value that is such a text already stays as it is."""

    @override
    def serialize(self, value: object) -> str | None:
        return value if value is None or isinstance(value, JsonText) else compact(value)


class SyncItem(Model):
    """One item of SyncTable."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    schema = NumberAttribute(default=SCHEMA)
    data: JSONAttribute = CompactJson(default=dict)
    version = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    fencing = NumberAttribute(null=True)
    lease_until = NumberAttribute(null=True)
    code_key = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    not_before = NumberAttribute(null=True)
    opened_at = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    mark = UnicodeAttribute(null=True)
    errors: JSONAttribute = CompactJson(null=True)
    past: JSONAttribute = CompactJson(null=True)
    month_key = UnicodeAttribute(null=True)
    row: JSONAttribute = CompactJson(null=True)
    by_code: ClassVar[Any]
    by_month: ClassVar[Any]

    @override
    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Build an item from the attributes it has, and not from all it may have (P16)."""
        item = cls.__new__(cls)
        item.attribute_values = {"schema": SCHEMA, "data": {}}
        known = cls.get_attributes()
        for name, typed in data.items():
            attribute = known.get(name)
            if attribute is not None and attribute.attr_type in typed:
                held = attribute.deserialize(typed[attribute.attr_type])
                item.attribute_values[name] = held
        return item

    @override
    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """Return the attributes that it has, likewise."""
        known = self.get_attributes()
        return {
            name: {known[name].attr_type: known[name].serialize(value)}
            for name, value in self.attribute_values.items()
            if value is not None
        }


class TokenItem(Model):
    """One token chain. `sealed` is the ciphertext, made by `cipher` under `data_key`."""

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
    connected_at = NumberAttribute(null=True)


def sync_items(table: str, region: str) -> type[SyncItem]:
    """Return the model of SyncTable, bound to the table of a stack."""

    class CodeIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call] # pynamodb's hook has no types
        """Finds a record by its code: `<connection>#<entity>#<code>`.

        It holds keys alone, so that a record whose code stays is written once and not twice.
        """

        class Meta:
            index_name = "CodeIndex"
            projection = KeysOnlyProjection()

        code_key = UnicodeAttribute(hash_key=True)

    class MonthIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call] # likewise
        """Finds the invoices of a month: `<connection>#<month>`.

        It holds the row of a list alone, so that it is written only when what people see changes.
        """

        class Meta:
            index_name = "MonthIndex"
            projection = IncludeProjection(["row"])

        month_key = UnicodeAttribute(hash_key=True)

    class BoundSyncItem(SyncItem):
        Meta = _meta(table, region)
        by_code = CodeIndex()
        by_month = MonthIndex()

    return BoundSyncItem


def token_items(table: str, region: str) -> type[TokenItem]:
    """Return the model of TokensTable, bound to the table of a stack."""

    class BoundTokenItem(TokenItem):
        Meta = _meta(table, region)

    return BoundTokenItem


def new_mark() -> str:
    """Return a mark that no item has yet."""
    return uuid4().hex


def write_if(write: Callable[[], object]) -> bool:
    """Carry out a conditional write; False when its condition failed and nothing was written.

    Raises:
        PynamoDBException: the write failed for any other reason.
    """
    try:
        write()
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code == _CONDITION_FAILED:
            return False
        raise
    return True


class SyncStore:
    """A store of one kind of item in SyncTable; `now` is for those that need the time.

    An item that one function may write anew while another ends it has a mark: another one at each
    writing, so that only what was read is ended. The previous release wrote no marks.
    """

    def __init__(self, items: type[SyncItem], now: Now = utc_now) -> None:
        self._items = items
        self._now = now

    def _query(self, connection: str, prefix: str, **options: Any) -> Iterable[SyncItem]:  # noqa: ANN401 - pynamodb's
        """Return the items of a connection whose sort key starts with a prefix, in its order."""
        condition = self._items.sk.startswith(prefix)
        return self._items.query(connection_key(connection), condition, **options)

    def _under_code(self, code_key: str) -> Iterable[SyncItem]:
        """Return the items that have a code; the index tells late, so the items themselves say."""
        keys = [(found.pk, found.sk) for found in self._items.by_code.query(code_key)]
        if not keys:
            return
        for item in self._items.batch_get(keys, consistent_read=True):
            if item.code_key == code_key:
                yield item

    def _as_read(self, mark: str | None) -> Condition:
        """Return the condition that nobody wrote an item anew since its mark was read."""
        unchanged: Condition = (
            self._items.mark == mark if mark else self._items.mark.does_not_exist()
        )
        return unchanged

    def _update(
        self, item: SyncItem, actions: list[Any], condition: Condition | None = None
    ) -> bool:
        """Change an item, or create it; False when the condition does not hold."""
        versioned: list[Any] = [self._items.schema.set(SCHEMA), *actions]
        return write_if(lambda: item.update(actions=versioned, condition=condition))


def find[Item: Model](
    items: type[Item],
    pk: str,
    sk: str | None = None,
    **options: Any,  # noqa: ANN401 - pynamodb's
) -> Item | None:
    """Return the item under a key; None when there is none, as under a key that is too long."""
    if len((sk or "").encode()) > LONGEST_SORT_KEY:
        return None
    try:
        return items.get(pk, sk, **options)
    except DoesNotExist:
        return None


def is_unleased(items: type[SyncItem] | type[TokenItem], now: datetime) -> Condition:
    """Return the condition that nobody holds the lease of an item."""
    condition: Condition = items.lease_until.does_not_exist() | (items.lease_until < epoch(now))
    return condition


def connection_key(connection: str) -> str:
    """Return the partition of a connection; no other code builds this key (S9)."""
    return f"CONNECTION#{connection}"


def month_key(connection: str, month: str) -> str:
    """Return the partition of a month in the index of invoices, likewise."""
    return f"{connection}#{month}"


def division_key(host: str, division: int) -> str:
    """Return the partition of an administration, which several connections may share."""
    return f"DIVISION#{host}#{division}"


def host_key(host: str) -> str:
    """Return the partition of a country site of Exact, which all its connections share."""
    return f"HOST#{host}"


def epoch(at: datetime) -> int:
    """Return a moment as whole seconds, the form that TTL and conditions need."""
    return int(at.timestamp())


def moment(seconds: float) -> datetime:
    """Return the moment in UTC that was stored as seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def _meta(table: str, region: str) -> Any:  # noqa: ANN401 - pynamodb reads it by attribute
    return type(
        "Meta",
        (),
        {
            "table_name": table,
            "region": region,
            "connect_timeout_seconds": CONNECT_SECONDS,
            "read_timeout_seconds": READ_SECONDS,
            "max_retry_attempts": RETRIES,
            "max_pool_connections": CONNECTIONS,
        },
    )
