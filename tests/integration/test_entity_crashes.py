"""R10 for a whole list and for an entity that needs another: a crash at any moment changes nothing.

What `test_pull_crashes` tells of accounts, told of cost centres and projects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.ids import ExactId
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration import truth_entities as whole_truth
from tests.integration.effects import CrashError, process
from tests.integration.machines.pulls.checks import keep_first_rows

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
LEASE_SECONDS = 181
FOUR_HOURS = 4 * 3600 + 60
SMALL = {"Projects": 3, "Accounts": 3, "Contacts": 0, "Addresses": 0}


def change_cost_centers(built: Environment) -> None:
    """One is renamed and ended, one is new, one is gone, and one stands there twice."""
    own = {"CompanyId": built.connection.company_id, "Code": "DUB", "IsActive": True}
    for name in ("Een", "Twee"):
        built.milestones.world.add("CostCenter", {**own, "Name": name})
    built.exact.change("cost_centers", "TRN", Code="TRAIN", EndDate="2026-11-01")
    built.exact.delete("cost_centers", "OUD")
    built.exact.add("cost_centers", Code="NIEUW", Description="Nieuw")
    built.exact.add("cost_centers", Code="DUB", Description="Staat er dubbel")


def change_projects(built: Environment) -> None:
    """Two wait for a customer, one has none, and one is moved to another and has ended."""
    built.exact.add("projects", Code="P1", AccountCode="2001")
    built.exact.add("projects", Code="P2", AccountCode=None)
    built.exact.change("projects", "P26014", AccountCode="2001")
    built.exact.change("projects", "P26015", EndDate="2026-11-01", AccountCode="1068")


def mend_projects(built: Environment) -> None:
    """The customer arrives for whom two projects wait."""
    built.exact.change_account("2001", Type="A", Status="C", Blocked=False, EndDate=None)
    built.pull()


@dataclass(frozen=True, slots=True)
class Story:
    """An entity, what happens to it before the process that dies, and how it is mended."""

    entity: str
    change: Callable[[Environment], None]
    mend: Callable[[Environment], object]


STORIES = (
    Story("cost_centers", change_cost_centers, lambda _: None),
    Story("projects", change_projects, mend_projects),
)


def tell(story: Story, built: Environment, last: int | None) -> bool:
    """Load, change things, and let a process run; tells whether it died."""
    keep_first_rows(built, SMALL)
    built.pull(entity=story.entity)
    story.change(built)
    built.clock.advance(3600)
    try:
        process(built, last, entity=story.entity).pulls.run(built.connection.id, PLENTY)
    except CrashError:
        return True
    return False


def settle(story: Story, built: Environment) -> None:
    """Let the lease of a dead process end and what is broken be mended; then ticks pass."""
    built.clock.advance(LEASE_SECONDS)
    built.pull(entity=story.entity)
    story.mend(built)
    built.clock.advance(FOUR_HOURS)
    built.pull(entity=story.entity)


def left_behind(story: Story, built: Environment) -> dict[str, Any]:
    """Return everything that a crash might have changed."""
    kind, stores, own = (
        whole_truth.KINDS[story.entity],
        built.wiring.stores.pull_stores,
        built.connection.id,
    )
    ids = sorted(stores.records.ids(own, story.entity))
    records = stores.records.get_many(own, story.entity, [ExactId(each) for each in ids])
    made = f"{kind.target}Id"
    return {
        "target": sorted(
            [value for name, value in row.items() if name != made]
            for row in built.milestones.world.records(kind.target)
        ),
        "problems": truth.problems(built),
        "parked": {
            (held.exact_id, held.code, held.is_complete, held.waits_for)
            for held in stores.retries.all(own, story.entity)
        },
        "records": {
            key: (record.sources, record.code, record.fingerprint, record.gone)
            for key, record in records.items()
        },
    }


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.entity)
def test_a_crash_after_any_effect_leaves_the_same_behind_as_none(story: Story) -> None:
    with environment(accounts=3) as built:
        assert not tell(story, built, None)
        settle(story, built)
        unharmed = left_behind(story, built)

    for last in count(1):
        with environment(accounts=3) as built:
            died = tell(story, built, last)
            settle(story, built)

            assert left_behind(story, built) == unharmed, f"after effect {last}"
            assert whole_truth.doubles(built) in ([], ["CostCenter DUB"])
            assert truth.forbidden(built) == []
        if not died:
            break

    assert last > 10
