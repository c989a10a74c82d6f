"""What the release before wrote, each time with what it meant to that release (R40).

One JSON file holds one kind: `stored` is how it lies in the table, bucket or queue, and `means` is
how that release read it. It was written at the `NOW` of these tests. Tokens and keys are invented.

Tables and queues keep what earlier releases wrote, so these files do not change when the code does.
A field that is added later is named in `NEWER`. A new kind of item gets a file of its own.
"""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.core.clock import Now
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import FakeKms

HERE = Path(__file__).parent
# The tables of these tests, with the names of their keys
KEYS = {"sync": ("pk", "sk"), "tokens": ("pk",)}
# Attributes that hold one JSON text, in which the order of the names means nothing
TEXTS = frozenset({"data", "errors"})
# Names of fields that are written since then. That release passes over what it does not know, but
# not in a wait or a piece of evidence: there a new name would stop it.
NEWER: frozenset[str] = frozenset(
    {
        "is_listed",
        "begins_at",
        "connected_at",
        "held_copy",
        "held_until",
        "issued_at",
        "deletions_on",
        "linked_entry",
        "look_first",
        "mark",
        "milestones_tenant",
        "notes",
        "nothing_parked",
        "loaded_on",
        "is_journaled",
        "past",
        "pdf_fault",
        "pdf_name",
        "sent_file",
        "target_id",
        "unclear_code",
        "unclear_posts",
        "unclear_values",
        "used",
        "waited_for",
    }
    | {"with_projects", "project_optional", "entry_number_source", "clear_empty_email"}
    | {"document_key", "settles", "people", "started"}
    | {"dated", "debtor", "debtor_name", "gone_entry", "month_key", "row"}
    | {"decisions", "decided_by", "linked_as", "compared", "decider_role", "by", "role", "reason"}
    | {"began_at", "ends", "is_scheduled", "is_compared"}
    | {"counted", "read_number", "seen"}
    | {"caught_up_on", "changed_on", "compared_on", "resynced_on", "pace"}
    | {"milestones_calls_per_second"}
)
# Names of fields that are written no more; that release gives them their default
NO_MORE: frozenset[str] = frozenset({"lowest"})

type Item = dict[str, dict[str, Any]]
"""An item as DynamoDB tells it: of each attribute its type and value."""


@dataclass(frozen=True, slots=True)
class Old:
    """Something that the release before wrote, and what it meant."""

    about: str
    stored: list[Any]
    means: Any

    def __str__(self) -> str:
        return self.about

    @property
    def forms(self) -> list[Item]:
        """Its items, as they are compared."""
        return [form(item) for item in self.stored]


def kinds() -> set[str]:
    """Return the kinds of which anything is kept."""
    return {path.stem for path in HERE.glob("*.json") if kept(path.stem)}


def kept(kind: str) -> list[Old]:
    """Return everything that is kept of one kind."""
    return [Old(**entry) for entry in _file(kind)["entries"]]


def each(kind: str) -> pytest.MarkDecorator:
    """Run a test with everything that is kept of one kind."""
    return pytest.mark.parametrize("old", kept(kind), ids=str)


def kms_of_then() -> FakeKms:
    """Return a KMS that opens the data keys under which the kept chains are sealed."""
    held = _file("chains")["data_keys"]
    keys = {b64decode(key["wrapped"]): (b64decode(key["plain"]), key["context"]) for key in held}
    return FakeKms(keys)


def told(found: object) -> Any:  # noqa: ANN401 - any JSON
    """Return what was read as plain JSON, as `means` has it."""
    return _of_then(json.dumps(found, default=_plain))


def meant(old: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return what was kept of a meaning, as far as it still means something."""
    return _of_then(json.dumps(old))


def form(item: Item) -> Item:
    """Return an item as it is compared; of bytes only that they are there, as each seal differs."""
    compared: Item = {}
    for name in item.keys() - NEWER - NO_MORE:
        ((kind, value),) = item[name].items()
        read = _of_then(value) if name in TEXTS else value
        compared[name] = {kind: "sealed" if kind == "B" else read}
    return compared


@dataclass(frozen=True, slots=True)
class Tables:
    """Both tables: the models that stores see, and the raw items below them."""

    items: type[SyncItem]
    tokens: type[TokenItem]
    clock: Clock
    client: Any

    @property
    def now(self) -> Now:
        """The clock, as stores ask it."""
        return self.clock.now

    def hold(self, *olds: Old) -> None:
        """Put items in their table as they were."""
        for item in (item for old in olds for item in old.stored):
            raw = {
                name: {kind: b64decode(value) if kind == "B" else value}
                for name, held in item.items()
                for kind, value in held.items()
            }
            table = "sync" if "sk" in item else "tokens"
            self.client.put_item(TableName=table, Item=raw)

    def empty(self) -> None:
        """Remove every item."""
        for table, keys in KEYS.items():
            for raw in self._scan(table):
                self.client.delete_item(TableName=table, Key={name: raw[name] for name in keys})

    def written(self, write: Callable[[], object]) -> list[Item]:
        """Let something write on empty tables; returns the items it made, as they are compared."""
        self.empty()
        write()
        return self.all()

    def all(self) -> list[Item]:
        """Return every item, as it is compared, in the order of the keys."""
        found = [form(raw) for table in KEYS for raw in self._scan(table)]
        return sorted(
            found, key=lambda item: [item[key]["S"] for key in ("pk", "sk") if key in item]
        )

    def _scan(self, table: str) -> list[Item]:
        found: list[Item] = self.client.scan(TableName=table)["Items"]
        return found


def _file(kind: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads((HERE / f"{kind}.json").read_text(encoding="utf-8"))


def _of_then(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON without the names that are newer, or written no more."""
    names = NEWER | NO_MORE
    return json.loads(text, object_hook=lambda held: {n: held[n] for n in held.keys() - names})


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
