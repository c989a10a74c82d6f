"""The worker: what is pushed, what is requeued, and what is left to the queue itself."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.push.job import PushOutcome, PushResult
from koppeling.push.messages import InvoiceMessage
from koppeling.push.worker import ATTEMPTS, InvoiceWorker, back_off
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeProblems, FakeQueue

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
KEY = "acme/20260412.json"
ACME = ConnectionId("acme")
BOOKED = PushResult(PushOutcome.BOOKED, ACME, "20260412", pdf_bytes=12_345)
OWN = "push/connection"


@dataclass(slots=True)
class FakePush:
    """A push with given ends; after those every document is booked."""

    ends: list[PushResult | Consequence] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)

    def run(self, message: InvoiceMessage) -> PushResult:
        """Deliver a document."""
        self.pushed.append(f"{message.key} again" if message.retry else message.key)
        end = self.ends.pop(0) if self.ends else BOOKED
        if isinstance(end, Consequence):
            raise end
        return end


@dataclass(slots=True)
class WorkerFixture:
    """A worker with everything around it."""

    push: FakePush
    queue: FakeQueue = field(default_factory=FakeQueue)
    problems: FakeProblems = field(default_factory=FakeProblems)
    reported: list[Summary] = field(default_factory=list)
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOW))

    def handle(self, body: str) -> None:
        """Handle a message."""
        InvoiceWorker(
            push=self.push.run,
            queue=self.queue,
            problems=self.problems,
            report=self._report,
            now=self.clock.now,
            random=Random(1),  # noqa: S311 - a seeded draw
        ).handle(body)

    def _report(self, summary: Summary) -> Summary:
        self.reported.append(summary)
        return summary


def a_worker(*ends: PushResult | Consequence) -> WorkerFixture:
    """Return a worker whose next pushes end like this."""
    return WorkerFixture(FakePush(list(ends)))


def notification(*keys: str) -> str:
    """Return what S3 sends for these keys."""
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


def test_a_document_is_pushed_and_its_end_is_one_summary_line_without_names() -> None:
    worker = a_worker(
        PushResult(PushOutcome.REJECTED, ACME, "20260412", code="debtor-blocked", notes=("x",))
    )
    worker.handle(notification(KEY))
    (line,) = worker.reported
    assert (line.story, line.outcome, line.connection) == ("push", "rejected", "acme")
    assert line.detail == "20260412 debtor-blocked x"
    assert worker.queue.sent == []


def test_every_document_of_a_message_is_pushed() -> None:
    worker = a_worker()
    worker.handle(notification(KEY, "acme/2.json"))
    assert worker.push.pushed == [KEY, "acme/2.json"]
    assert [line.counts for line in worker.reported] == [{"pdf_bytes": 12_345}] * 2


def test_the_test_message_of_a_new_notification_does_nothing() -> None:
    worker = a_worker()
    worker.handle('{"Event": "s3:TestEvent"}')
    assert (worker.push.pushed, worker.reported) == ([], [])


def test_a_message_that_cannot_be_read_is_left_to_the_queue() -> None:
    with pytest.raises(Fatal) as refused:
        a_worker().handle("no json")
    assert refused.value.code == "message-unreadable"


@pytest.mark.parametrize(
    ("seconds", "delay"), [(35, 36), (0.5, 1), (0, 1), (-60, 1), (899, 900), (900, 900)]
)
def test_work_that_is_deferred_waits_in_the_queue_until_its_moment(
    seconds: float, delay: int
) -> None:
    worker = a_worker(Defer("exact-minute-limit", NOW + timedelta(seconds=seconds)))
    worker.handle(notification(KEY))
    assert worker.queue.sent == [({"key": KEY, "attempt": "0"}, delay)]
    assert worker.problems.open_ones == {}
    (line,) = worker.reported
    assert (line.outcome, line.connection) == ("exact-minute-limit", "acme")
    assert line.counts == {"delay_seconds": delay, "attempt": 0}


def test_a_wait_longer_than_a_queue_holds_a_message_is_in_the_message_and_costs_no_push() -> None:
    worker = a_worker(Defer("exact-day-limit", NOW + timedelta(hours=1)))
    worker.handle(notification(KEY))
    held = {"key": KEY, "attempt": "0", "held_until": (NOW + timedelta(hours=1)).isoformat()}
    assert worker.queue.sent == [(held, 900)]

    for _ in range(3):
        worker.clock.advance(901)
        worker.handle(json.dumps(held))
    assert worker.push.pushed == [KEY]
    assert [delay for _, delay in worker.queue.sent] == [900, 900, 900, 898]
    assert [line.outcome for line in worker.reported] == ["exact-day-limit", *["early"] * 3]

    worker.clock.advance(897)
    worker.handle(json.dumps(held))
    assert worker.push.pushed == [KEY, KEY]
    assert worker.queue.sent[4:] == []


def test_a_limit_is_waited_for_as_often_as_it_takes_without_counting_as_an_attempt() -> None:
    worker = a_worker(*[Defer("exact-minute-limit", NOW + timedelta(minutes=15))] * 40)
    body = notification(KEY)
    for _ in range(40):
        worker.handle(body)
        body = json.dumps(worker.queue.sent[-1][0])
    assert worker.queue.sent[-1] == ({"key": KEY, "attempt": "0"}, 900)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (Fatal("exact-no-rights", "403", entity="documents"), timedelta(hours=1)),
        (Fatal("exact-division-not-accessible", "404"), timedelta(hours=1)),
    ],
    ids=lambda error: getattr(error, "code", ""),
)
def test_what_a_person_must_solve_for_the_connection_is_a_problem_of_the_connection(
    error: Consequence, wait: timedelta
) -> None:
    worker = a_worker(error)
    worker.handle(notification(KEY))
    assert worker.problems.open_ones == {
        (OWN, error.code): Problem(ACME, OWN, error.code, dict(error.values))
    }
    held = {"held_until": (NOW + wait).isoformat()}
    assert worker.queue.sent == [({"key": KEY, "attempt": "0", **held}, 900)]


def test_a_login_that_ended_is_one_problem_whatever_it_stopped() -> None:
    worker = a_worker(Reauthorise("exact-reconnect-needed", "401 twice", exact_user="jan"))
    worker.handle(notification(KEY))

    assert list(worker.problems.open_ones) == [("login/exact", "exact-reconnect-needed")]
    ((message, delay),) = worker.queue.sent
    assert (message["login"], delay) == ("exact-reconnect-needed", 900)


def test_a_delivery_that_ends_closes_no_problem_of_the_connection_by_itself() -> None:
    worker = a_worker(PushResult(PushOutcome.REJECTED, ACME, code="invoice-not-valid"), BOOKED)
    worker.problems.open(Problem(ACME, OWN, "exact-reconnect-needed"))
    for _ in range(2):
        worker.handle(notification(KEY))
    assert worker.problems.codes() == ["exact-reconnect-needed"]


def test_an_outage_is_waited_out_with_growing_pauses_and_then_left_to_the_queue() -> None:
    worker = a_worker(*[Retry("exact-unavailable", "503")] * (ATTEMPTS + 1))
    body = notification(KEY)
    for attempt in range(1, ATTEMPTS + 1):
        worker.handle(body)
        message, delay = worker.queue.sent[-1]
        assert message == {"key": KEY, "attempt": str(attempt)}
        assert 1 <= delay <= min(900, 30 * 2**attempt)
        body = json.dumps(message)
    with pytest.raises(Retry):
        worker.handle(body)
    assert len(worker.queue.sent) == ATTEMPTS
    assert list(worker.problems.open_ones) == [(f"push/{KEY}", "exact-unavailable")]

    worker.handle(body)

    assert worker.problems.open_ones == {}


def test_a_mistake_of_ours_is_left_to_the_queue_in_the_end_so_that_its_alarm_rings() -> None:
    worker = a_worker(*[Fatal("exact-request-refused", "408")] * (ATTEMPTS + 1))
    body = notification(KEY)
    for attempt in range(1, ATTEMPTS + 1):
        worker.handle(body)
        message, delay = worker.queue.sent[-1]
        assert (message, delay) == ({"key": KEY, "attempt": str(attempt)}, 900)
        body = json.dumps(message)
    with pytest.raises(Fatal):
        worker.handle(body)
    assert list(worker.problems.open_ones) == [(f"push/{KEY}", "exact-request-refused")]


def test_trouble_with_one_document_stays_its_own_when_another_is_booked() -> None:
    worker = a_worker(Fatal("exact-request-refused", "400"), BOOKED)
    worker.handle(notification(KEY, "acme/2.json"))
    assert list(worker.problems.open_ones) == [(f"push/{KEY}", "exact-request-refused")]


def test_trouble_that_a_person_offered_again_is_over_once_it_went_well() -> None:
    worker = a_worker()
    worker.problems.open(Problem(ACME, f"push/{KEY}", "exact-unavailable"))
    worker.handle(json.dumps(InvoiceMessage(KEY, retry=True).as_message()))
    assert worker.problems.open_ones == {}


def test_a_document_that_waits_delays_no_other_of_its_message() -> None:
    worker = a_worker(Retry("exact-unavailable"))
    worker.handle(notification(KEY, "acme/2.json"))
    assert [line.outcome for line in worker.reported] == ["exact-unavailable", "booked"]


def test_invoices_wait_apart_from_each_other_while_exact_has_an_outage() -> None:
    later = Defer("exact-unavailable", NOW + timedelta(seconds=30))
    worker = a_worker(*[later] * 20)
    worker.handle(notification(*(f"acme/{number}.json" for number in range(20))))
    delays = [delay for _, delay in worker.queue.sent]
    assert {message["attempt"] for message, _ in worker.queue.sent} == {"0"}
    assert min(delays) > 30
    assert max(delays) <= 331
    assert len(set(delays)) > 10
    assert worker.problems.open_ones == {}


class Highest(Random):
    """A draw that is always the highest it may be."""

    def uniform(self, a: float, b: float) -> float:
        """Return the upper end."""
        del a
        return b


def test_the_pauses_between_attempts_grow_up_to_a_quarter_of_an_hour() -> None:
    caps = [back_off(attempt, Highest()).total_seconds() for attempt in range(8)]

    assert caps == [30, 60, 120, 240, 480, 900, 900, 900]
