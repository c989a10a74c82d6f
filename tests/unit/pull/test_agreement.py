"""M 5.6: what connections of one tenant share is changed by none of them in silence."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.agreement import Agreement
from koppeling.pull.change import PendingChange
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.entities.vat_codes import VAT_CODES
from koppeling.pull.link_values import LinkValue, Mapped
from koppeling.pull.record import Record
from tests.unit.pull.builders import TODAY, a_connection, a_vat_code
from tests.unit.pull.fakes import FakeMilestones

KEY = MilestonesId("5")
OTHERS = (ConnectionId("first"), ConnectionId("second"))
VALUES = {"Percentage": "21", "Name": "Hoog"}


class Tenant:
    """The records of the other connections, by connection, entity and code."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str, str], Record] = {}

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> Record | None:
        """Return the record with this code."""
        return self.records.get((connection, entity, code))

    def has(self, connection: ConnectionId, percentage: str, **changes: Any) -> None:  # noqa: ANN401 - fields of a record
        """Let a connection have the code with a percentage, in Exact and as it was written."""
        row = a_vat_code(Percentage=Decimal(percentage) / 100)
        record = Record(
            ExactId("theirs"),
            {"vat_codes": {"theirs": row}},
            "2",
            KEY,
            written={"Percentage": percentage},
        )
        self.records[connection, "vat_codes", "2"] = replace(record, **changes)


class Scene:
    """One connection of a tenant with two others."""

    def __init__(self, entity: Entity = VAT_CODES) -> None:
        self.tenant = Tenant()
        self.milestones = FakeMilestones(code="Code")
        self.asked = 0
        context = MappingContext(a_connection(), TODAY)
        self.agreement = Agreement(entity, self.milestones, self.tenant, self._others, context)

    def _others(self) -> tuple[ConnectionId, ...]:
        self.asked += 1
        return OTHERS

    def refusal(
        self, values: dict[str, Any] = VALUES, **record: LinkValue | dict[str, LinkValue]
    ) -> dict[str, str] | None:
        """Return the values of the refusal of a change; None when nobody objects."""
        linked: dict[str, Any] = {"milestones_id": KEY, "written": {"Percentage": "19"}, **record}
        change = PendingChange(Record(ExactId("ours"), **linked), Mapped("2", values))
        try:
            self.agreement.check(change, KEY, values)
        except Reject as refused:
            return {**refused.values, "problem": refused.code}
        return None


def differing(there: str) -> dict[str, str]:
    """Return the values of a refusal of 21 %."""
    return {
        "problem": "vat-percentage-mismatch",
        "code": "2",
        "pct_qm": there,
        "pct_exact": "21",
    }


def test_a_percentage_that_others_have_as_well_is_written() -> None:
    scene = Scene()
    for other in OTHERS:
        scene.tenant.has(other, "21")

    assert scene.refusal() is None
    assert scene.asked == 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_percentage_that_another_connection_has_otherwise_is_refused(which: int) -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[which], "19")
    scene.tenant.has(OTHERS[1 - which], "21")

    assert scene.refusal() == differing("19")


@pytest.mark.parametrize(
    "changes",
    [{"gone": True}, {"milestones_id": MilestonesId("6")}, {"milestones_id": None}],
    ids=str,
)
def test_a_record_that_is_not_the_shared_one_says_nothing(changes: dict[str, Any]) -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "19", **changes)

    assert scene.refusal() is None

    scene.tenant.has(OTHERS[1], "19")
    assert scene.refusal() is not None, "and those behind it are looked at"


def test_what_exact_says_by_now_counts_and_not_what_was_written_of_another_connection() -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "21", written={"Percentage": "19"})

    assert scene.refusal() is None


@pytest.mark.parametrize(
    "sources",
    [{}, {"vat_codes": {"theirs": a_vat_code(Percentage="much")}}],
    ids=["not pulled", "unreadable"],
)
def test_where_exact_says_nothing_readable_what_was_written_counts(sources: dict[str, Any]) -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "19", sources=sources)

    assert scene.refusal() == differing("19")


def test_another_connection_that_knows_no_percentage_has_no_other_one() -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "19", sources={}, written={})

    assert scene.refusal() is None


def test_what_was_written_before_is_not_asked_about_again() -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "19")

    assert scene.refusal(written={"Percentage": "21"}) is None
    assert scene.asked == 0


@pytest.mark.parametrize("values", [{}, {"Percentage": None}], ids=str)
def test_a_change_without_a_percentage_asks_nobody(values: dict[str, Any]) -> None:
    scene = Scene()
    scene.tenant.has(OTHERS[0], "19")

    assert scene.refusal(values) is None
    assert scene.asked == 0


def test_an_entity_without_a_field_to_agree_on_asks_nobody() -> None:
    scene = Scene(ACCOUNTS)

    assert scene.refusal({"": "21"}, milestones_id=None) is None
    assert scene.asked == 0


@pytest.mark.parametrize(
    ("held", "shown"), [("19", "19"), ("19.50", "19.5"), (None, "-"), ("100", "100")]
)
def test_a_record_that_is_linked_for_the_first_time_must_have_the_same_percentage(
    held: str | None, shown: str
) -> None:
    scene = Scene()
    scene.milestones.put("vat_codes", KEY, Percentage=held)

    assert scene.refusal(milestones_id=None) == differing(shown)
    assert scene.asked == 0


def test_a_record_with_the_same_percentage_may_be_linked() -> None:
    scene = Scene()
    scene.milestones.put("vat_codes", KEY, Percentage="21", Name="Another name")

    assert scene.refusal(milestones_id=MilestonesId("9")) is None
