"""Each alarm of the template rings when what it is for happens, and is quiet when it does not.

The link itself measures, in one process between both sandboxes; CloudWatch is the small evaluator.
What AWS measures is given.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.bootstrap.observability import invocation, metrics, report
from koppeling.core.clock import Deadline
from koppeling.core.measures import Metric
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.events import pull_message
from tests.environment import Environment, environment
from tests.infra.cloudwatch import Alarm, alarms_of
from tests.infra.template import Template
from tests.mailbox import refusal
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice

PLENTY = Deadline(lambda: 100_000)
QUARTER = 900.0


@dataclass(slots=True)
class Measured:
    """What was measured, by metric and period; `turn` begins the next period."""

    samples: dict[str, list[list[float]]] = field(default_factory=dict)
    count: int = 0

    def turn(self) -> None:
        """Take what was measured since the last turn as one period."""
        found = {str(name): list(each["Value"]) for name, each in metrics().metric_set.items()}
        metrics().clear_metrics()
        self.count += 1
        for name in {*self.samples, *found}:
            series = self.samples.setdefault(name, [])
            series.extend([] for _ in range(self.count - 1 - len(series)))
            series.append(found.get(name, []))


@dataclass(slots=True)
class Link:
    """The link, its alarms, and what it measured."""

    environment: Environment
    alarms: Mapping[str, Alarm]
    measured: Measured = field(default_factory=Measured)

    def rings(self, name: str, **given: Sequence[Sequence[float]]) -> bool:
        """Say whether an alarm rings now."""
        return self.alarms[name].rings({**self.measured.samples, **given})

    def quarter(self, *work: Callable[[], object]) -> None:
        """Let a quarter of an hour pass with this work in it."""
        for each in work:
            each()
        self.measured.turn()
        self.environment.clock.advance(QUARTER)

    def tick(self) -> None:
        """Let the schedule of every entity fire."""
        for name in ENTITIES:
            home = self.environment
            home.pulls(name).fan_out(home.clock.now())

    def look(self) -> None:
        """Take the look of every quarter of an hour."""
        self.environment.wiring.quarterly_round.run()

    def pull(self) -> None:
        """Handle the message of a tick that was just now."""
        self.take(0)

    def take(self, minutes: float) -> None:
        """Handle the message of a tick that was so long ago."""
        home = self.environment
        slot = home.clock.now() - timedelta(minutes=minutes)
        body = json.dumps({"connection": home.connection.id, "slot": slot.isoformat()})
        report(home.pulls().handle_message(pull_message(body), PLENTY))


@pytest.fixture
def link(production: Template) -> Iterator[Link]:
    """Return the link with the alarms of production, before anything was measured."""
    with environment(accounts=3) as home:
        metrics().clear_metrics()
        yield Link(home, alarms_of(production.resources("AWS::CloudWatch::Alarm")))


def test_a_day_on_which_all_is_well_rings_nothing(link: Link) -> None:
    for _ in range(4):
        link.tick()
        link.quarter(link.look, link.pull)
    quiet = {name: [[0.0]] for name in ("Errors", "Throttles", "ClaimedAccountConcurrency")}

    assert [name for name in link.alarms if link.rings(name, **quiet)] == []


def test_a_schedule_that_does_not_fire_rings_and_one_that_does_is_quiet(link: Link) -> None:
    home = link.environment
    home.clock.advance(3 * QUARTER)
    link.tick()
    link.quarter(link.look)
    assert not link.rings("TicksMissed")

    home.clock.advance(2 * QUARTER)
    link.quarter(link.look)
    assert link.rings("TicksMissed")


def test_an_invoice_that_stands_still_rings_and_so_does_a_watch_that_does_not_run(
    link: Link,
) -> None:
    assert link.rings("InvoicesStandStill"), "without any data"
    link.quarter(link.look)
    link.quarter(link.look)
    assert not link.rings("InvoicesStandStill")

    home = link.environment
    home.exact.faults.arm(Fault("503", times=99))
    home.offer(build_invoice("20260001", connection=home.connection.id))
    home.clock.advance(2 * QUARTER)
    link.quarter(link.look)
    link.quarter(link.look)
    assert link.rings("InvoicesStandStill")


def test_a_dead_letter_rings_once_and_the_next_one_again(link: Link) -> None:
    home = link.environment
    link.quarter(link.look)
    for _ in range(2):
        home.aws["sqs"].send_message(
            QueueUrl=home.settings.dead_letter_urls[1], MessageBody='{"connection": "acme"}'
        )
        link.quarter(link.look)
        assert link.rings("DeadLettersRise")
        link.quarter(link.look)
        assert not link.rings("DeadLettersRise")


@pytest.mark.parametrize("name", ["Errors", "5xx"])
def test_a_function_or_a_login_page_that_fails_rings(link: Link, name: str) -> None:
    assert not link.rings("FunctionsFail", Errors=[[0.0]])
    assert link.rings("FunctionsFail", **{name: [[1.0]]})


@dataclass(slots=True)
class Context:
    """An invocation of which so much time is left at its end, in milliseconds."""

    left: list[int]
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        """Return it."""
        return self.left.pop(0)


def test_room_that_runs_out_rings_after_half_an_hour(
    link: Link, capsys: pytest.CaptureFixture[str]
) -> None:
    for left in (10_000, 10_000):
        with invocation(Context([100_000, left])):
            pass
        line = next(each for each in capsys.readouterr().out.splitlines() if "_aws" in each)
        link.measured.samples.setdefault(Metric.TIME_USED, []).append(
            json.loads(line)[Metric.TIME_USED]
        )
    assert link.rings("RoomRunsOut")

    fine = [[40.0], [40.0]]
    assert not link.rings("RoomRunsOut", TimeUsed=fine, ClaimedAccountConcurrency=[[800.0]] * 2)
    assert link.rings("RoomRunsOut", TimeUsed=fine, ClaimedAccountConcurrency=[[801.0]] * 2)
    assert link.rings("RoomRunsOut", TimeUsed=fine, Throttles=[[1.0], [2.0]])


def test_pulls_that_come_too_late_ring_when_they_are_more_than_one_in_a_hundred(
    link: Link,
) -> None:
    link.quarter(link.pull)
    assert not link.rings("PullsLag")

    link.quarter(link.pull, lambda: link.take(16))
    assert link.rings("PullsLag")


def test_an_outage_of_exact_rings_after_half_an_hour_and_is_no_lag_of_ours(link: Link) -> None:
    link.environment.exact.faults.arm(Fault("503", times=99))
    link.quarter(link.pull)
    assert not link.rings("ExactFails")

    link.quarter(link.pull)
    assert link.rings("ExactFails")
    assert not link.rings("PullsLag")


def test_logins_that_are_lost_ring_from_four_in_an_hour_on(link: Link) -> None:
    home = link.environment
    for _ in range(4):
        home.exact.authority.revoke(home.connection.exact_user)
        home.clock.advance(QUARTER)
        link.pull()
        home.log_in(EXACT)
    link.quarter()

    assert link.measured.samples[Metric.REFUSALS] == [[1.0] * 4]
    assert link.rings("Refusals")
    assert not link.rings("Refusals", Refusals=[[1.0] * 3])


@pytest.mark.parametrize("arrives", [True, False])
def test_a_file_of_nobody_rings_when_it_arrives_and_each_day_while_it_lies_there(
    link: Link,
    arrives: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    home = link.environment
    home.put("nobody/1.json", b"{}")
    if arrives:
        link.quarter(lambda: home.deliver("nobody/1.json"))
    else:
        link.quarter(home.wiring.daily_round.run)
    assert link.rings("InboxUnseen")


@pytest.mark.parametrize(("journal", "rings"), [("99", True), ("70", False)])
def test_an_invoice_that_only_qics_can_let_through_rings(
    link: Link,
    journal: str,
    rings: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    home = link.environment
    home.change(sales_journal=journal)
    link.quarter(lambda: home.offer(build_invoice("20260003", connection=home.connection.id)))
    assert link.rings("InboxUnseen") is rings


def test_a_document_that_became_no_invoice_rings(link: Link) -> None:
    home = link.environment
    files = build_invoice("20260002", connection=home.connection.id)
    home.put(files.json_key, files.json_bytes)
    now = home.wiring.inbox.document(files.json_key)
    assert now is not None
    assert now.put_at is not None
    home.clock.advance((now.put_at - home.clock.now()).total_seconds() + 5 * 3600)
    link.quarter(lambda: report(home.wiring.unseen.look(home.connection.id)))
    assert link.rings("InboxUnseen")


def test_a_mail_that_is_refused_rings(link: Link) -> None:
    home = link.environment
    home.mailbox.errors = [refusal("MailFromDomainNotVerifiedException")]
    home.exact.authority.revoke(home.connection.exact_user)
    home.clock.advance(QUARTER)
    link.pull()
    link.quarter(home.watch_what_was_handed_over)
    assert link.rings("AwsRefuses")
