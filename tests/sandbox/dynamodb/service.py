"""The calls, by the names and in the form that the wire has them."""

from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any

from tests.sandbox.dynamodb.capacity import Index, Units, index_of, size
from tests.sandbox.dynamodb.checks import check_query, check_update
from tests.sandbox.dynamodb.expressions import (
    condition,
    key_condition,
    key_prefix,
    projection,
    update,
)
from tests.sandbox.dynamodb.table import Key, Pair, Schema, Table
from tests.sandbox.dynamodb.values import Item, Refusal, Scope

PAGE_BYTES = 1024 * 1024
MOST_READ, MOST_WRITTEN = 100, 25
type Asked = Mapping[str, Any]
type Answer = dict[str, Any]

_ONE = {"TableName", "ReturnConsumedCapacity", "ExpressionAttributeNames"}
_CONDITION = {"ConditionExpression", "ExpressionAttributeValues", "ReturnValues"}
_READING = {"ConsistentRead", "ProjectionExpression"}
_PAGE = {"ExpressionAttributeValues", "FilterExpression", "Limit", "ExclusiveStartKey"}
_BATCH = {"RequestItems", "ReturnConsumedCapacity"}
# What a call may hold; anything else would be passed over, and a test would never know
KNOWN: Mapping[str, set[str]] = {
    "CreateTable": {"TableName", "AttributeDefinitions", "KeySchema", "BillingMode"}
    | {"GlobalSecondaryIndexes"},
    "DescribeTable": {"TableName"},
    "DeleteTable": {"TableName"},
    "GetItem": _ONE | _READING | {"Key"},
    "PutItem": _ONE | _CONDITION | {"Item"},
    "UpdateItem": _ONE | _CONDITION | {"Key", "UpdateExpression"},
    "DeleteItem": _ONE | _CONDITION | {"Key"},
    "Query": _ONE | _READING | _PAGE | {"KeyConditionExpression", "IndexName", "ScanIndexForward"},
    "Scan": _ONE | _READING | _PAGE,
    "BatchGetItem": _BATCH,
    "BatchWriteItem": _BATCH,
}


def nothing_is_refused(call: str, table: str) -> bool:
    """Say that no call is refused."""
    del call, table
    return False


class Service:
    """The tables of one account, which answer one call at a time.

    `is_refused` says whether a call to a table is refused although nothing is wrong with it.
    """

    is_refused: Callable[[str, str], bool]

    def __init__(self) -> None:
        self.is_refused = nothing_is_refused
        self.units = Units()
        self._tables: dict[str, Table] = {}
        self._indexes: dict[tuple[str, str], Index] = {}
        self._lock = RLock()
        self._calls: Mapping[str, Callable[[Asked], Answer]] = {
            "CreateTable": self._create_table,
            "DescribeTable": self._describe_table,
            "DeleteTable": self._delete_table,
            "GetItem": self._get_item,
            "PutItem": self._put_item,
            "UpdateItem": self._update_item,
            "DeleteItem": self._delete_item,
            "Query": self._query,
            "Scan": self._scan,
            "BatchGetItem": self._batch_get_item,
            "BatchWriteItem": self._batch_write_item,
        }

    def answer(self, call: str, asked: Asked) -> Answer:
        """Carry out a call.

        Raises:
            Refusal: DynamoDB answers with an error.
            NotImplementedError: none of our stores makes such a call.
        """
        if unknown := asked.keys() - KNOWN.get(call, set()):
            raise NotImplementedError(f"{call} with {sorted(unknown)}")
        if self.is_refused(call, asked.get("TableName", "")):
            raise Refusal("ProvisionedThroughputExceededException", "Rate exceeded")
        with self._lock:
            return self._calls[call](asked)

    def items(self, table: str) -> list[Item]:
        """Return everything that a table keeps."""
        return [item for _, item in self._table(table).all()]

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise Refusal("ResourceNotFoundException", "Requested resource not found")
        return self._tables[name]

    def _create_table(self, asked: Asked) -> Answer:
        name = asked["TableName"]
        if name in self._tables:
            raise Refusal("ResourceInUseException", f"Table already exists: {name}")
        self._tables[name] = Table(
            _schema(asked["KeySchema"]),
            {
                index["IndexName"]: _schema(index["KeySchema"])
                for index in asked.get("GlobalSecondaryIndexes", ())
            },
        )
        own = frozenset(part["AttributeName"] for part in asked["KeySchema"])
        for index in asked.get("GlobalSecondaryIndexes", ()):
            self._indexes[name, index["IndexName"]] = index_of(index, own)
        self.units.table_was_made(asked)
        return self._describe_table({"TableName": name})

    def _describe_table(self, asked: Asked) -> Answer:
        self._table(asked["TableName"])
        return {"Table": {"TableName": asked["TableName"], "TableStatus": "ACTIVE"}}

    def _delete_table(self, asked: Asked) -> Answer:
        answer = self._describe_table(asked)
        del self._tables[asked["TableName"]]
        return answer

    def _get_item(self, asked: Asked) -> Answer:
        table = self._table(asked["TableName"])
        item = table.get(table.schema.exact_key(asked["Key"]))
        self._were_read("GetItem", [item or {}], asked)
        return {} if item is None else {"Item": _projected(item, asked)}

    def _put_item(self, asked: Asked) -> Answer:
        table, item = self._table(asked["TableName"]), asked["Item"]
        before = table.get(table.schema.key(item))
        self._check("PutItem", before, asked)
        table.put(item)
        self._was_written("PutItem", asked, before, item)
        return {}

    def _update_item(self, asked: Asked) -> Answer:
        table, key = self._table(asked["TableName"]), asked["Key"]
        before = table.get(table.schema.exact_key(key)) or {}
        self._check("UpdateItem", before, asked)
        names = asked.get("ExpressionAttributeNames", {})
        check_update(asked["UpdateExpression"], names, table.schema.names)
        after = key | before
        update(asked["UpdateExpression"])(_scope(before, asked), after)
        table.put(after)
        self._was_written("UpdateItem", asked, before, after)
        return {"Attributes": after} if asked.get("ReturnValues") == "ALL_NEW" else {}

    def _delete_item(self, asked: Asked) -> Answer:
        table = self._table(asked["TableName"])
        key = table.schema.exact_key(asked["Key"])
        before = table.get(key)
        self._check("DeleteItem", before, asked)
        table.delete(key)
        self._was_written("DeleteItem", asked, before, None)
        return {}

    def _query(self, asked: Asked) -> Answer:
        table = self._table(asked["TableName"])
        name, value, wanted = key_condition(asked["KeyConditionExpression"])
        index = asked.get("IndexName")
        schema = table.schema if index is None else table.indexes[index]
        if asked["ExpressionAttributeNames"][name] != schema.names[0]:
            raise Refusal("ValidationException", "Query condition missed key schema element")
        check_query(asked["KeyConditionExpression"], asked, schema.names)
        values = asked["ExpressionAttributeValues"]
        begins = key_prefix(asked["KeyConditionExpression"])
        prefix = values[begins]["S"] if begins and schema.names[1:] else ""
        inside = table.partition(values[value]["S"], index, prefix)
        found = [each for each in inside if wanted(_scope(each[1], asked))]
        if index is not None:
            entry = self._indexes[asked["TableName"], index].entry
            found = [(key, entry(item) or item) for key, item in found]
        if _is_backward(asked):
            found.reverse()
        return self._page("Query", table.schema, found, asked)

    def _scan(self, asked: Asked) -> Answer:
        table = self._table(asked["TableName"])
        return self._page("Scan", table.schema, table.all(), asked)

    def _batch_get_item(self, asked: Asked) -> Answer:
        found: dict[str, list[Item]] = {}
        for name, wanted in asked["RequestItems"].items():
            if unknown := wanted.keys() - _READING - {"Keys", "ExpressionAttributeNames"}:
                raise NotImplementedError(f"BatchGetItem with {sorted(unknown)}")
            table = self._table(name)
            keys = _each_once((table.schema.exact_key(key) for key in wanted["Keys"]), MOST_READ)
            items = list(map(table.get, keys))
            for item in items:
                self._were_read("BatchGetItem", [item or {}], wanted)
            found[name] = [_projected(item, wanted) for item in items if item is not None]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _batch_write_item(self, asked: Asked) -> Answer:
        for name, writes in asked["RequestItems"].items():
            table = self._table(name)
            puts = [write["PutRequest"]["Item"] for write in writes if "PutRequest" in write]
            gone = [write["DeleteRequest"]["Key"] for write in writes if "DeleteRequest" in write]
            _each_once(
                [*map(table.schema.key, puts), *map(table.schema.exact_key, gone)], MOST_WRITTEN
            )
            for item in puts:
                before = table.get(table.schema.key(item))
                table.put(item)
                self.units.was_written("BatchWriteItem", name, before, item)
            for key in gone:
                before = table.get(table.schema.exact_key(key))
                table.delete(table.schema.exact_key(key))
                self.units.was_written("BatchWriteItem", name, before, None)
        return {"UnprocessedItems": {}}

    def _check(self, call: str, item: Item | None, asked: Asked) -> None:
        text = asked.get("ConditionExpression")
        if text is not None and not condition(text)(_scope(item or {}, asked)):
            self._was_written(call, asked, item, item)
            raise Refusal("ConditionalCheckFailedException", "The conditional request failed")

    def _were_read(self, call: str, items: Iterable[Item], asked: Asked) -> None:
        self.units.were_read(call, items, consistent=bool(asked.get("ConsistentRead")))

    def _was_written(
        self, call: str, asked: Asked, before: Item | None, after: Item | None
    ) -> None:
        self.units.was_written(call, asked["TableName"], before, after)

    def _page(self, call: str, schema: Schema, items: list[Pair], asked: Asked) -> Answer:
        """Return one page: as many items as were asked for, and no more than a megabyte."""
        if "ExclusiveStartKey" in asked:
            last, backward = schema.key(asked["ExclusiveStartKey"]), _is_backward(asked)
            is_passed = last.__le__ if backward else last.__ge__
            items = [(key, item) for key, item in items if not is_passed(key)]
        taken = _taken(items, asked.get("Limit"))
        self._were_read(call, taken, asked)
        text = asked.get("FilterExpression")
        fits = [item for item in taken if text is None or condition(text)(_scope(item, asked))]
        answer: Answer = {
            "Items": [_projected(item, asked) for item in fits],
            "Count": len(fits),
            "ScannedCount": len(taken),
        }
        if len(taken) < len(items):
            answer["LastEvaluatedKey"] = {name: taken[-1][name] for name in schema.names}
        return answer


def _schema(parts: Iterable[Mapping[str, str]]) -> Schema:
    return Schema(tuple(part["AttributeName"] for part in parts))


def _is_backward(asked: Asked) -> bool:
    return asked.get("ScanIndexForward") is False


def _scope(item: Item, asked: Asked) -> Scope:
    names: Mapping[str, str] = asked.get("ExpressionAttributeNames", {})
    return Scope(item, names, asked.get("ExpressionAttributeValues", {}))


def _projected(item: Item, asked: Asked) -> Item:
    text = asked.get("ProjectionExpression")
    if text is None:
        return item
    names = {asked["ExpressionAttributeNames"][name] for name in projection(text)}
    return {name: value for name, value in item.items() if name in names}


def _each_once(keys: Iterable[Key], most: int) -> list[Key]:
    listed = list(keys)
    if len(listed) > most:
        raise Refusal("ValidationException", f"Too many items requested: more than {most}")
    if len({*listed}) < len(listed):
        raise Refusal("ValidationException", "Provided list of item keys contains duplicates")
    return listed


def _taken(items: list[Pair], most: int | None) -> list[Item]:
    """Return the items of a page, as many as fit."""
    taken, room = list[Item](), PAGE_BYTES
    for _, item in items[:most]:
        room -= size(item)
        if room < 0:
            break
        taken.append(item)
    return taken
