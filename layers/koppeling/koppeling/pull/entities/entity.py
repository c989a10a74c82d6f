"""The shape of an entity: where it is read, how it is mapped, and where it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from koppeling.core.connection import Connection
from koppeling.core.exact_rights import ExactCall
from koppeling.pull.entities.fields import FieldKind
from koppeling.pull.entities.mapping import RecordMapping

QUARTER, FOUR_HOURS = 15, 240  # minutes between two ticks of a schedule


class FeedKind(StrEnum):
    """How a feed is read: what changed since a Timestamp, or the whole list each time (X95)."""

    SYNC = "sync"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Feed:
    """An endpoint of Exact. The field `owner` holds the ID of the record a row belongs to.

    `fields` are those that are asked for, each with what it may hold (L11). `deletion_type` is the
    number of its rows in the feed of deletions (X99); lists without one tell by what they lack.
    """

    name: str
    endpoint: str
    fields: Mapping[str, FieldKind] = field(hash=False)
    owner: str = "ID"
    kind: FeedKind = FeedKind.SYNC
    deletion_type: int | None = None

    @property
    def select(self) -> frozenset[str]:
        """Return the names of the fields that are asked for."""
        return frozenset(self.fields)

    @property
    def resource(self) -> str:
        """Return the endpoint for which Exact grants a right: a sync feed has none of its own."""
        folder, _, name = self.endpoint.removeprefix("sync/").rpartition("/")
        return f"{folder.lower()}/{name}"


class WireKind(StrEnum):
    """How a field travels: 64-bit integers and decimals as text, the rest as JSON has it (M14)."""

    INT64 = "int64"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    PLAIN = "plain"  # texts and booleans


@dataclass(frozen=True, slots=True)
class Target:
    """One entity of QicsMilestones: its path, its code, and the fields that do not travel plain.

    `per_company` says whether its records carry a CompanyId (M25). Connections of one tenant share
    those that do not, and have to agree on their field `agreed` (M 5.6). `active` is the field that
    says whether a record is in use; empty where there is none.
    """

    path: str
    code: str
    kinds: Mapping[str, WireKind] = field(default_factory=dict)
    per_company: bool = True
    agreed: str = ""
    active: str = "IsActive"

    @property
    def key(self) -> str:
        """Return the field that holds the key of a record, which is a 64-bit integer."""
        return f"{self.path}Id"

    def kind(self, name: str) -> WireKind:
        """Return how a field travels."""
        if name in (self.key, "CompanyId"):
            return WireKind.INT64
        return self.kinds.get(name, WireKind.PLAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity: everything the link has to know of it, apart from its texts.

    Feeds are read in this order. The one that makes a record comes last, so that on a first load
    everything that belongs to it is known already. `right` is the name of the right to read them,
    as an administrator of Exact sees it. With `codes_must_exist` the readiness check reports each
    code in use in QicsMilestones that Exact does not have.
    """

    name: str
    feeds: tuple[Feed, ...]
    right: str
    target: Target
    map: RecordMapping
    interval_minutes: int = QUARTER
    codes_must_exist: bool = False

    @property
    def main(self) -> Feed:
        """Return the feed that makes a record."""
        return self.feeds[-1]

    @property
    def parts(self) -> tuple[Feed, ...]:
        """Return the feeds of rows that belong to a record, such as the contacts of an account."""
        return self.feeds[:-1]

    def is_of_parts(self, feed: Feed) -> bool:
        """Say whether the rows of a feed are parts of records."""
        return feed.name != self.main.name

    @property
    def singular(self) -> str:
        """Return the word for one of its records, as the catalogue of texts knows it."""
        return self.name.removesuffix("s")

    def exact_calls(self) -> Iterator[ExactCall]:
        """Yield the calls that a pull makes for connections with this entity switched on."""
        for feed in self.feeds:
            yield ExactCall(self.name, feed.resource, self.right, is_made=self._is_enabled)

    def _is_enabled(self, connection: Connection) -> bool:
        return connection.setting(self.name).enabled
