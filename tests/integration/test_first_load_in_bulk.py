"""P4, M26: a first load reads the list of QicsMilestones once, and matches in memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest

from koppeling.core.clock import Deadline
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.effects import CrashError, process
from tests.integration.levers import assert_all_is_well, catch_up
from tests.integration.test_pull_crashes import left_behind, settle
from tests.sandbox.common.faults import Fault

CUSTOMER = "CustomerCompany"
PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
FORGOTTEN = ("RECORD#accounts", "LINK#accounts", "PULL#accounts", "HOLDER#accounts")
SINGLY = 3
# A list of one page, the empty one after it, and the look whether that is empty by mistake
PAGES = 3
FIRST, STEP = 1, 2


@dataclass(slots=True)
class Clockwork:
    """The time that is left, asked before each step; then something happens, or it ends."""

    at: int
    act: Callable[[], object] = lambda: None
    is_over: bool = False
    asked: int = 0

    def __call__(self) -> int:
        """Return the milliseconds that are left."""
        self.asked += 1
        if self.asked == self.at:
            self.act()
        return 0 if self.is_over and self.asked >= self.at else MILLISECONDS_LEFT


def calls(h: Environment) -> Counter[str]:
    """Return how many calls there were about customers, by what was called."""
    made = h.milestones.journal.calls(lambda call: call.endpoint.startswith(CUSTOMER))
    return Counter(
        f"{call.method} {'list' if call.endpoint == CUSTOMER else 'one'}" for call in made
    )


def forget(h: Environment) -> None:
    """Let the link forget all that it knows of customers, as after its tables were lost."""
    for item in list(h.wiring.aws.sync_items.scan()):
        if item.sk.startswith(FORGOTTEN):
            item.delete()


def test_a_new_customer_costs_one_call_once_the_list_is_read() -> None:
    with environment(accounts=200) as h:
        summary = h.pull()

        assert summary.outcome == "done"
        made = calls(h)
        assert made["POST list"] == summary.counts["created"] > 100
        # Those that are adopted are read and written
        assert made["GET list"] <= SINGLY + PAGES + 1
        assert made["GET one"] == summary.counts["changed"]
        assert_all_is_well(h)


def test_a_customer_who_stands_there_as_in_exact_costs_no_call() -> None:
    with environment(accounts=12) as h:
        catch_up(h)
        forget(h)
        h.milestones.journal.clear()

        summary = h.pull()

        assert summary.counts["unchanged"] > SINGLY
        assert "changed" not in summary.counts
        made = calls(h)
        assert made["GET one"] <= SINGLY
        assert made["PUT one"] == made["POST list"] == 0
        assert_all_is_well(h)


def test_a_load_in_many_runs_reads_no_page_of_the_list_twice() -> None:
    with environment(accounts=40) as h:
        h.milestones.switches.turn({"page_size": 50})
        own = {"CompanyId": h.connection.company_id, "Name": "Alleen hier", "IsActive": True}
        for number in range(120):
            h.milestones.world.add(CUSTOMER, {**own, "CustomerCode": f"Q{number}"})

        runs = 0
        while h.pull(Clockwork(at=12, is_over=True)).outcome == "pull-continues":
            runs += 1
            h.clock.advance(1)

        assert runs > 3
        # Each run looks once at what the role shows
        assert calls(h)["GET list"] <= SINGLY + 2 + PAGES + runs + 1
        assert_all_is_well(h)


@pytest.mark.parametrize("first", range(FIRST, FIRST + STEP))
def test_a_crash_after_any_effect_of_a_first_load_leaves_the_same_behind_as_none(
    first: int,
) -> None:  # R10
    with environment(accounts=6) as h:
        h.pull()
        settle(h)
        unharmed = left_behind(h)

    for last in count(first, STEP):
        with environment(accounts=6) as h:
            died = False
            try:
                process(h, last).pulls.run(h.connection.id, PLENTY)
            except CrashError:
                died = True
            settle(h)

            assert left_behind(h) == unharmed, f"after effect {last}"
            assert truth.doubles(h) == []
        if not died:
            break

    assert last > 20


def test_a_run_that_follows_on_one_that_died_reads_the_list_anew() -> None:
    with environment(accounts=30) as h:
        h.pull(Clockwork(at=10, is_over=True))
        kept = calls(h)["GET list"]
        with pytest.raises(CrashError):
            process(h, 12).pulls.run(h.connection.id, PLENTY)
        h.milestones.journal.clear()
        h.clock.advance(181)

        assert h.pull().outcome == "done"

        assert kept > 0
        assert calls(h)["GET list"] > SINGLY
        assert_all_is_well(h)


def test_a_customer_whose_post_got_no_answer_is_looked_for_by_a_call() -> None:  # M26
    with environment(accounts=30) as h:
        lost = Fault("answer-lost", endpoint=CUSTOMER, method="POST", skip=SINGLY)
        h.milestones.faults.arm(lost)

        h.pull()
        assert lost.times == 0
        catch_up(h)

        assert_all_is_well(h)


def test_a_customer_whom_somebody_made_since_the_list_was_read_is_adopted() -> None:
    with environment(accounts=30) as h:
        h.milestones.switches.turn({"unique_codes": True})
        own = {"CompanyId": h.connection.company_id, "Name": "Zelf ingevoerd", "IsActive": True}
        codes = [row["Code"].strip() for row in h.exact.world.importable_accounts()]
        there = {row["CustomerCode"] for row in h.milestones.world.find(CUSTOMER)}
        late = [code for code in codes if code not in there][-1]

        def make() -> None:
            h.milestones.world.add(CUSTOMER, {**own, "CustomerCode": late, "Remarks": "Blijft"})

        summary = h.pull(Clockwork(at=20, act=make))

        assert summary.outcome == "done"
        assert h.customer(late)["Remarks"] == "Blijft"
        assert_all_is_well(h)
