"""Changes, faults and ticks in any order: in the end QicsMilestones tells what Exact tells.

One environment with all seven entities. People change, add, end, block and delete records, and
move contacts and addresses, between ticks and in the midst of one. Calls fail on both sides, the
division moves, processes die. The clock goes over midnight and both changes of the hour. Each run
ends with quiet ticks and the whole truth.

`SOAK=400 pytest tests/integration/machines/pulls` draws that many runs, other ones each time.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import MILLISECONDS_LEFT, environment
from tests.integration import levers
from tests.integration import truth as truth_of_calls
from tests.integration import truth_entities as truth
from tests.integration.effects import CrashError, process
from tests.integration.machines.pulls.checks import (
    Watch,
    calls_by_entity,
    keep_first_rows,
    quiet_calls,
    shared_links,
)
from tests.integration.machines.pulls.edits import EDITS, NAMES, Edit, PartEdit
from tests.integration.test_pull_crashes import LEASE_SECONDS, PLENTY
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.world import LEFT_OUT

QUOTA = 10  # X40
TICKS_UNTIL_QUIET = 10
FOUR_HOURS = 4 * 3600 + 60  # the longest pause of what is parked (L18), and the next minute
SMALL = {"Items": 5, "Projects": 5, "Employees": 5}
ENDPOINTS = tuple(feed.endpoint for entity in ENTITIES.values() for feed in entity.feeds)
TARGETS = tuple(truth.targets())
EXACT_FAULTS = (
    *("no-answer", "answer-lost", "500", "503", "408", "maintenance", "object-moved"),
    *("429-minute", "half-json", "foreign-next", "repeated-next"),
)
MILESTONES_FAULTS = ("no-answer", "answer-lost", "401", "429", "500", "503", "half-json")
# What stays wrong until a person mends it, and what is told and not wrong
LASTING = frozenset(
    {"employee-number-not-numeric", "project-without-customer", "customer-not-synced"}
    # The last: a code that had another percentage in QicsMilestones before it was linked
    | {"reference-missing", "record-gone-in-exact", "vat-percentage-mismatch"}
)
TYPED = ("Remarks", "ResponsibleName", "TextOnInvoice", "CostPrice", "Attributes")
# A table, a field, and a value that it cannot hold
HOSTILE = (
    ("Accounts", "EndDate", "/Date(-62135600400000)/"),
    ("Accounts", "Timestamp", LEFT_OUT),
    ("Contacts", "ID", None),
    ("Addresses", "Type", "drie"),
    ("Items", "Code", {"Code": "UUR"}),
    ("Projects", "AccountCode", "9" * 400),
    ("Employees", "ID", LEFT_OUT),
)
MANY_CONTACTS = 1000
# A Saturday evening before each change of the hour, 23:30 in the Netherlands
CLOCK_CHANGES = tuple(
    datetime(*day, tzinfo=UTC)
    for day in ((2027, 3, 27, 22, 30), (2027, 10, 30, 21, 30), (2028, 3, 25, 22, 30))
)


@dataclass(slots=True)
class Interrupting:
    """The time that is left, asked before every step: then something happens, or time is over."""

    act: Callable[[], None]
    at: int
    stops: bool
    asked: int = 0

    def __call__(self) -> int:
        """Return the milliseconds that are left."""
        self.asked += 1
        if self.asked == self.at:
            self.act()
        return 0 if self.stops and self.asked >= self.at else MILLISECONDS_LEFT


class Link(RuleBasedStateMachine):
    """The whole link between two administrations in which nothing stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.env = self.stack.enter_context(environment(accounts=3))
        keep_first_rows(self.env, SMALL)
        self.watch = Watch(self.env)

    @rule(edit=EDITS)
    def somebody_works_in_exact(self, edit: Edit | PartEdit) -> None:
        """A record is changed, added or deleted between two ticks."""
        edit.carry_out(self.env)

    @rule(
        table=st.sampled_from(("Accounts", "Addresses", "Contacts", "Items", "Projects")),
        pick=st.integers(min_value=0, max_value=20),
        seconds=st.sampled_from((1, 3, 60, 599)),
    )
    def somebody_saves_slowly_in_exact(self, table: str, pick: int, seconds: int) -> None:
        """A Timestamp is given out now and committed later, below what was read by then (X94)."""
        rows = list(self.env.exact.world.tables[table])
        row, text = rows[pick % len(rows)], f"Laat {self.env.exact.world.now()}"
        name = {"Contacts": "FullName", "Items": "ExtraDescription", "Projects": "Notes"}
        changes = {name.get(table, "City"): text}
        self.env.exact.world.change_slowly(table, row["ID"], changes, seconds)

    @rule(
        spot=st.sampled_from(HOSTILE),
        pick=st.integers(min_value=0, max_value=20),
        contacts=st.sampled_from((0, 0, 0, 1500)),
    )
    def a_row_of_exact_becomes_hostile_or_huge(
        self, spot: tuple[str, str, object], pick: int, contacts: int
    ) -> None:
        """A field shows a value that nobody can read, or an account gets very many contacts."""
        world, (table, name, value) = self.env.exact.world, spot
        rows = list(world.tables[table])
        world.spoil(table, rows[pick % len(rows)]["ID"], {name: value})
        account = next(iter(world.tables["Accounts"]))["ID"]
        for number in range(contacts if len(world.tables["Contacts"]) < MANY_CONTACTS else 0):
            name = f"Contact {number} van een groot bedrijf met een lange naam"
            world.add("Contacts", {"ID": world.new_id(), "Account": account, "FullName": name})

    @rule()
    def somebody_saves_the_hostile_rows_anew(self) -> None:
        """Every row can be read again."""
        for table, key in list(self.env.exact.world.spoiled):
            self.env.exact.world.mend(table, str(key))

    @rule(
        entities=st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
        edit=EDITS,
        at=st.integers(min_value=1, max_value=12),
        stops=st.booleans(),
    )
    def ticks_pass_while_somebody_works_in_exact(
        self, entities: list[str], edit: Edit | PartEdit, at: int, *, stops: bool
    ) -> None:
        """Some entities are pulled, in any order; in the midst a record changes or time ends."""
        self._tick(entities, Interrupting(lambda: edit.carry_out(self.env), at, stops))

    @rule()
    def everything_is_pulled(self) -> None:
        """A tick in which every entity is due."""
        self._tick(NAMES)

    @rule(entity=st.sampled_from(NAMES), last=st.integers(min_value=1, max_value=12))
    def a_process_dies_in_the_midst_of_a_tick(self, entity: str, last: int) -> None:
        """After so many effects nothing of a run comes to its end."""
        self.watch.before()
        dying = process(self.env, last, entity=entity)
        try:
            dying.pulls.run(self.env.connection.id, PLENTY)
        except CrashError:
            self.env.clock.advance(LEASE_SECONDS)
        self._look([entity])

    @rule(
        kind=st.sampled_from(EXACT_FAULTS),
        endpoint=st.sampled_from(ENDPOINTS),
        skip=st.integers(min_value=0, max_value=1),
    )
    def exact_will_fail(self, kind: str, endpoint: str, skip: int) -> None:
        """One of the next calls to an endpoint goes wrong."""
        self.env.exact.faults.arm(Fault(kind, endpoint=endpoint, skip=skip))

    @rule(
        kind=st.sampled_from(MILESTONES_FAULTS),
        of=st.sampled_from(TARGETS),
        method=st.sampled_from(("", "POST", "PUT")),
        times=st.integers(min_value=1, max_value=3),
    )
    def milestones_will_fail(self, kind: str, of: str, method: str, times: int) -> None:
        """Some of the next calls to an entity go wrong."""
        fault = Fault(kind, endpoint=of, method=method, times=times)
        self.env.milestones.faults.arm(fault)

    @rule(of=st.sampled_from(TARGETS), pick=st.integers(min_value=0, max_value=20))
    def somebody_types_in_milestones(self, of: str, pick: int) -> None:
        """A field that is no link field gets another value."""
        world = self.env.milestones.world
        row = world.records(of)[pick % len(world.records(of))]
        (name, *_) = [name for name in TYPED if name in row] or [""]
        value = {"CostPrice": str(40 + pick), "Attributes": [{"Name": "Fase", "Value": pick}]}
        if name:
            key = str(row[f"{of}Id"])
            world.change(of, key, {name: value.get(name, f"Getypt, {pick}")})

    @rule(seconds=st.sampled_from((2, 15 * 60, 240 * 60, 18 * 3600)))
    def time_passes(self, seconds: int) -> None:
        """A moment, a quarter, four hours, or the night."""
        self.env.clock.advance(seconds)

    @precondition(lambda self: self.env.clock.now() < CLOCK_CHANGES[-1])
    @rule()
    def it_is_the_night_in_which_the_clock_changes(self) -> None:
        """Months go by; the logins of both systems were renewed meanwhile."""
        now = self.env.clock.now()
        night = next(moment for moment in CLOCK_CHANGES if moment > now)
        self.env.clock.advance((night - now).total_seconds())
        self.env.log_in(EXACT)
        self.env.log_in(MILESTONES)

    @rule()
    def the_division_moves(self) -> None:
        """Exact puts the administration in another database (X97)."""
        self.env.exact.move_division()
        self.watch.division_moved()

    def teardown(self) -> None:
        """Let everything come to rest, and hold both systems against each other."""
        try:
            self._come_to_rest()
            self._hold_both_against_each_other()
        finally:
            self.stack.close()

    def _tick(
        self, entities: "list[str] | tuple[str, ...]", left: Interrupting | None = None
    ) -> bool:
        """Pull entities; tells whether nothing was left to do."""
        self.watch.before()
        clock = left or (lambda: MILLISECONDS_LEFT)
        told = [self.env.pull(clock, entity=name) for name in entities]
        self._look(entities)
        done = all(summary.outcome == "done" for summary in told)
        busy = ("created", "changed", "postponed")
        return done and not any(summary.counts.get(each) for summary in told for each in busy)

    def _look(self, entities: "list[str] | tuple[str, ...]") -> None:
        own, states = self.env.connection.id, self.env.wiring.stores.pull_stores.states
        self.watch.after({name: states.peek(own, name) for name in entities})

    def _come_to_rest(self) -> None:
        """All faults are over; the next day begins, and ticks pass until one finds nothing."""
        self.somebody_saves_the_hostile_rows_anew()
        self.env.exact.faults.disarm()
        self.env.milestones.faults.disarm()
        self.env.clock.advance(timedelta(days=1).total_seconds())
        for _ in range(TICKS_UNTIL_QUIET):
            self.env.clock.advance(FOUR_HOURS)
            self._read_in_full()
            if self._tick(NAMES):
                break
        else:
            raise AssertionError(f"no rest after {TICKS_UNTIL_QUIET} ticks: {self._told()}")

    def _read_in_full(self) -> None:
        """A person lets everything be read: a list is shorter indeed (R15), or rows are mended."""
        for problem in self.env.problems():
            if problem.code == "list-shrank" or problem.subject.endswith("/rows-without-id"):
                name = problem.subject.partition("/")[0]
                self.env.pulls(name).run(self.env.connection.id, PLENTY, full=True)

    def _told(self) -> set[tuple[str, str]]:
        return truth_of_calls.problems(self.env)

    def _hold_both_against_each_other(self) -> None:
        built = self.env
        assert truth.differences(built) == []
        assert truth.doubles(built) == []
        assert shared_links(built) == []
        assert truth_of_calls.troubles(built) - {*LASTING} == set(), list(built.problems())
        assert truth_of_calls.forbidden(built) == []
        assert built.milestones.violations == []
        assert levers.worst_quota(built) < QUOTA
        built.clock.advance(15 * 60)
        assert self._tick(NAMES)  # the last rows that are read again to find late commits (X94)
        built.exact.journal.clear()
        built.clock.advance(15 * 60)
        assert self._tick(NAMES)
        assert calls_by_entity(built) == {
            name: quiet_calls(built, entity) for name, entity in ENTITIES.items()
        }


SOAK = int(os.environ.get("SOAK", "0"))
TestLink = Link.TestCase
TestLink.settings = settings(
    max_examples=SOAK or 6,
    stateful_step_count=50 if SOAK else 16,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
