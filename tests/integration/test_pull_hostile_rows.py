"""Whatever a row of Exact holds: it concerns its own record, and all others arrive.

Each field of each feed gets each hostile value, in a record of its own between two healthy ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from moto import mock_aws

from koppeling.aws.dynamodb.problems import ProblemStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.core.ids import ExactId
from koppeling.pull.entities.entity import Entity, Feed, FeedKind
from koppeling.pull.entities.fields import FieldKind
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.ports import Page
from koppeling.pull.record import Record
from tests import kept
from tests.sandbox.dynamodb import Service, in_memory
from tests.unit.pull import builders
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import FakeMilestones
from tests.unit.pull.list_fakes import ListPull

Row = dict[str, Any]
T, C, D, F, N = FieldKind.TEXT, FieldKind.CODE, FieldKind.DAY, FieldKind.FLAG, FieldKind.NUMBER
ID, STAMP = FieldKind.ID, FieldKind.TIMESTAMP
MEGABYTE = "x" * 1_000_000
# Each value, with the kinds of field that may hold it
HOSTILE: tuple[tuple[object, set[FieldKind]], ...] = (
    ("/Date(-62135600400000)/", {T, C, ID}),
    ("/Date(1795478400000+0200)/", {T, C, ID}),
    ("/Date(999999999999999999999)/", {T, C, ID}),
    ("2026-11-24T00:00:00", {T, C, ID, D}),
    ("2026-11-24T13:45:00+01:00", {T, C, ID}),
    ("24-11-2026", {T, C, ID}),
    ("0000-00-00", {T, C, ID}),
    ("twaalf", {T, C, ID}),
    ("12", {T, C, ID, N, STAMP}),
    ("١٢", {T, C, ID, N}),
    (-7, {T, C, N}),
    (10**25, {T, C, N}),
    (Decimal("0.5"), {T, C, ID, N}),  # stored as the text with these digits
    (Decimal("1E+400"), {T, C, ID}),
    ("1e999999999", {T, C, ID}),
    ("NaN", {T, C, ID}),
    ("-Infinity", {T, C, ID}),
    (True, {F}),
    ("true", {T, C, ID}),
    ({"results": [{"Name": Decimal("1.5")}]}, set()),
    ([], set()),
    ([1, None], set()),
    ("caf\ud83d", {T}),
    (MEGABYTE, {T}),
)
USUAL: dict[str, Callable[..., Row]] = {
    "accounts": builders.an_account,
    "contacts": builders.a_contact,
    "addresses": builders.an_address,
    "vat_codes": builders.a_vat_code,
    "payment_conditions": builders.a_payment_condition,
    "cost_centers": builders.a_cost_center,
    "items": builders.an_item,
    "employees": builders.an_employee,
    "projects": builders.a_project,
}
FIELDS = [
    (entity, feed, name)
    for entity in ENTITIES.values()
    for feed in entity.feeds
    for name in sorted(feed.fields)
]


@dataclass
class Case:
    """One pull of one entity, on real stores."""

    entity: Entity
    records: RecordStore
    problems: ProblemStore
    retries: RetryStore
    pages: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        code = self.entity.target.code
        self.pull = ListPull(
            entity=self.entity,
            milestones=FakeMilestones(code=code),
            problems=self.problems,  # type: ignore[arg-type] # the port is the same
            retries=self.retries,  # type: ignore[arg-type] # likewise
        )

    def add(self, number: int, feed: Feed | None = None, **fields: object) -> ExactId:
        """Add a record with its rows; `fields` go to its row of one feed. Returns its ID."""
        owner = str(500 + number)
        last = self.entity.feeds[-1]
        for each in self.entity.feeds:
            row = USUAL[each.name]()
            row |= {"ID": f"{each.name}-{number}", "Timestamp": 100 + number}
            if each is last:
                row["Code"] = owner
            if each.owner == "Account":
                row["Account"] = f"{last.name}-{number}"
            if "MainContact" in each.fields:
                row["MainContact"] = f"contacts-{number}"
            row = {name: row.get(name) for name in each.fields}
            if each is feed:
                row |= fields
            self.pages.setdefault(each.endpoint, []).append(row)
        return ExactId(owner if last.owner == "Code" else f"{last.name}-{number}")

    def run(self) -> dict[str, int]:
        """Run once over all rows; returns what was counted."""
        self.pull.exact.answers = {endpoint: [Page(rows)] for endpoint, rows in self.pages.items()}
        return self.pull.run(records=self.records)

    def record(self, exact_id: ExactId) -> Record:
        """Return a record as it is stored."""
        return self.records.get_many(a_connection().id, self.entity.name, [exact_id])[exact_id]

    def opened(self) -> dict[str, tuple[str, str]]:
        """Return the open problems by subject: the code, and the field that is named."""
        return {
            problem.subject: (problem.code, problem.values.get("field", ""))
            for problem in self.problems.opened(a_connection().id)
            if not problem.subject.endswith("/notice")
        }


@pytest.fixture
def new_case(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Entity], Case]]:
    """Return what begins a pull on an empty table."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws(), in_memory(Service()):
        items, _ = kept.models()
        items.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        yield lambda entity: Case(
            entity, RecordStore(items), ProblemStore(items), RetryStore(items)
        )


@pytest.mark.parametrize(
    ("entity", "feed", "name"), FIELDS, ids=[f"{feed.name}.{name}" for _, feed, name in FIELDS]
)
def test_a_hostile_value_parks_its_own_record_and_all_others_arrive(
    new_case: Callable[[Entity], Case], entity: Entity, feed: Feed, name: str
) -> None:
    case = new_case(entity)
    first = case.add(0)
    hostile = {case.add(n, feed, **{name: value}): n - 1 for n, (value, _) in enumerate(HOSTILE, 1)}
    last = case.add(len(HOSTILE) + 1)

    case.run()

    kind, opened = feed.fields[name], case.opened()
    for healthy in (first, last):
        assert f"{entity.name}/{healthy}" not in opened or opened[f"{entity.name}/{healthy}"][
            0
        ] in ("reference-missing", "customer-not-synced")
        assert case.record(healthy).milestones_id or entity.name == "projects"
    if name in (feed.owner, "ID"):
        assert opened[f"{entity.name}/rows-without-id"] == ("record-unreadable", name)
    else:
        for exact_id, place in hostile.items():
            value, readable = HOSTILE[place]
            told = opened.get(f"{entity.name}/{exact_id}", ("", ""))
            wanted = ("record-unreadable", name)
            is_reference = kind is FieldKind.REFERENCE and (value == "" or ID in readable)
            assert (told == wanted) is (kind not in readable and not is_reference), (value, told)
    if feed.kind is FeedKind.SYNC and kind is not STAMP:
        assert case.pull.state.feed(feed.name).cursor == 100 + len(HOSTILE) + 1
