"""One entity that is read as a whole list, with everything that its runs stand on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence
from koppeling.pull.cursor import PullState, ReadMode
from koppeling.pull.division_check import DivisionCheck
from koppeling.pull.entities.cost_centers import COST_CENTERS
from koppeling.pull.entities.entity import Entity
from koppeling.pull.ports import Page, PullStores, Records
from koppeling.pull.records import RecordProcessor
from koppeling.pull.references import References
from koppeling.pull.run import PullRun
from tests.unit.fakes import FakeProblems
from tests.unit.pull.builders import a_connection, a_cost_center
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.division_fakes import FakeFacts
from tests.unit.pull.fakes import (
    FakeExact,
    FakeMilestones,
    an_upsert,
)
from tests.unit.pull.feed_fakes import the_deletions
from tests.unit.pull.store_fakes import (
    FakeDeletions,
    FakeHolders,
    FakeLinks,
    FakeRecords,
    FakeRetries,
    FakeStates,
)

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LOOKED = PullState(fencing=0, division_checked_on=TODAY, reviewed_on=TODAY)


@dataclass(slots=True)
class ListPull:
    """One entity that is a list, with what its runs stand on."""

    entity: Entity = COST_CENTERS
    state: PullState = LOOKED
    exact: FakeExact = field(default_factory=FakeExact)
    milestones: FakeMilestones = field(default_factory=lambda: FakeMilestones(code="Code"))
    records: FakeRecords = field(default_factory=FakeRecords)
    problems: FakeProblems = field(default_factory=FakeProblems)
    retries: FakeRetries = field(default_factory=FakeRetries)
    links: FakeLinks = field(default_factory=FakeLinks)
    deletions: FakeDeletions = field(default_factory=FakeDeletions)

    def lists(self, *pages: list[dict[str, Any]] | Consequence) -> None:
        """Let Exact list these pages from now on."""
        answers: list[Page | Consequence] = [
            page if isinstance(page, Consequence) else Page(page, f"page {number}")
            for number, page in enumerate(pages, 2)
        ]
        if isinstance(last := answers[-1], Page):
            answers[-1] = replace(last, next_link=None)
        self.exact.answers = {self.entity.feeds[0].endpoint: answers}

    def run(
        self,
        mode: ReadMode = ReadMode.INCREMENTAL,
        milliseconds: Callable[[], int] = lambda: 100_000,
        records: Records | None = None,
    ) -> dict[str, int]:
        """Run once, and return what was counted."""
        connection, facts = a_connection(), FakeFacts()
        processor = self._processor(connection, Deadline(milliseconds), records or self.records)
        wanted = {
            ReadMode.INCREMENTAL: self.state,
            ReadMode.RESYNC: self.state.moved(),
            ReadMode.FULL: self.state.compared(is_scheduled=False),
        }[mode]
        run = PullRun(
            wanted,
            self.exact,
            DivisionCheck(
                connection,
                facts,
                facts.division_facts,
                self.problems,
                self.entity.name,
                NOW,
                is_suspiciously_silent=lambda _: False,
            ),
            the_deletions(connection, self.entity, self.exact, self.deletions, TODAY),
            processor,
            lambda: NOW,
        )
        try:
            run.execute()
        finally:
            self.state = run.state
        return dict(run.counts)

    def _processor(
        self, connection: Connection, deadline: Deadline, records: Records
    ) -> RecordProcessor:
        cache, links = FakeLookupCache(), self.links
        references = References(connection, self.records, cache, self.milestones, links)
        upsert = an_upsert(
            connection,
            self.entity,
            self.milestones,
            references,
            (links, self.records),
            now=lambda: NOW,
        )
        states = FakeStates(state=self.state)
        stores = PullStores(
            *(states, records, self.retries, self.problems, links, self.deletions, FakeHolders())
        )
        return RecordProcessor(connection, self.entity, upsert, references, stores, NOW, deadline)

    def written(self) -> list[str]:
        """Return the calls to QicsMilestones since the last time, other than those that look."""
        calls = [call for call in self.milestones.calls if not call.startswith("find")]
        self.milestones.calls.clear()
        return calls


def centers(count: int) -> list[dict[str, Any]]:
    """Return so many cost centres."""
    return [
        a_cost_center(ID=f"id-{n}", Code=f"K{n:02d}", Description=f"Team {n}") for n in range(count)
    ]


def adopting(count: int) -> ListPull:
    """Return a pull with cost centres of the same codes over there, under keys that are known."""
    pull = ListPull()
    for number, row in enumerate(centers(count)):
        pull.milestones.put("cost_centers", f"key-{number}", Code=row["Code"], Name="Oud")
    return pull
