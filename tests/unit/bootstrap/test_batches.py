"""R33: messages of one batch are worked on side by side, each with an outcome of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Barrier, Event, Lock
from time import monotonic
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling.bootstrap.batches import in_parallel, own_deadline
from koppeling.pull import events
from koppeling.push.messages import group_of

SLOT = "2026-11-24T06:03:00+00:00"
SOON = 10  # seconds in which what should happen at once has happened


@dataclass(slots=True)
class Invocation:
    """Lambda's context of an invocation with so much time left."""

    seconds: float = 110.0
    began: float = field(default_factory=monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """Return how much is left."""
        return int((self.began + self.seconds - monotonic()) * 1000)


def batch(*connections: str) -> dict[str, Any]:
    """Return a batch with one message for each of these, numbered from 0."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "body": json.dumps({"connection": name, "slot": SLOT}),
                "eventSource": "aws:sqs",
            }
            for number, name in enumerate(connections)
        ]
    }


def failed(
    event: dict[str, Any],
    handle: Callable[[SQSRecord], None],
    invocation: Invocation | None = None,
) -> list[str]:
    """Handle a batch, and return which messages go back to the queue."""
    context = invocation or Invocation()
    answer = in_parallel(event, handle, context, events.group_of, workers=10)
    return sorted(str(each["itemIdentifier"]) for each in answer["batchItemFailures"])


def all_at_once() -> Callable[[SQSRecord], None]:
    """Return what fails unless ten messages are in work at the same time."""
    together = Barrier(10, timeout=SOON)

    def handle(record: SQSRecord) -> None:
        del record
        together.wait()

    return handle


def connection(record: SQSRecord) -> str:
    """Return whose message it is."""
    return events.group_of(record.body)


def test_all_messages_of_a_batch_are_in_work_at_the_same_time() -> None:
    assert failed(batch(*map(str, range(10))), all_at_once()) == []


def test_one_message_that_fails_goes_back_alone() -> None:
    done: list[str] = []

    def handle(record: SQSRecord) -> None:
        if connection(record) == "b":
            raise LookupError("b")
        done.append(connection(record))

    assert failed(batch("a", "b", "c"), handle) == ["1"]
    assert sorted(done) == ["a", "c"]


def test_when_all_fail_each_goes_back() -> None:
    def handle(record: SQSRecord) -> None:
        raise LookupError(connection(record))

    assert failed(batch("a", "b"), handle) == ["0", "1"]


def test_a_slow_message_holds_up_no_other() -> None:
    others, done, lock = Event(), list[str](), Lock()

    def handle(record: SQSRecord) -> None:
        if connection(record) == "slow":
            assert others.wait(SOON)
        with lock:
            done.append(connection(record))
            if len(done) == 9:
                others.set()

    assert failed(batch("slow", *map(str, range(9))), handle) == []
    assert done[-1] == "slow"


def test_an_invocation_ends_only_when_its_threads_do() -> None:
    at_work, done = Event(), list[str]()

    def handle(record: SQSRecord) -> None:
        at_work.wait(0.3)
        done.append(connection(record))

    assert failed(batch("slow"), handle) == []
    assert done == ["slow"]


def test_messages_of_one_connection_are_worked_on_in_their_order() -> None:
    at_work, seen = Lock(), list[str]()

    def handle(record: SQSRecord) -> None:
        assert at_work.acquire(blocking=False)
        seen.append(record.message_id)
        at_work.release()

    assert failed(batch("a", "a", "a"), handle) == []
    assert seen == ["0", "1", "2"]


def test_a_message_that_cannot_begin_in_time_goes_back_without_being_tried() -> None:
    tried: list[str] = []
    invocation = Invocation(30.0)
    assert failed(batch("a"), lambda record: tried.append(connection(record)), invocation) == ["0"]
    assert tried == []


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    event = batch("a", "b")
    event["Records"][0]["body"] = "no json"

    def handle(record: SQSRecord) -> None:
        events.pull_message(record.body)

    assert failed(event, handle) == ["0"]


def test_a_message_has_to_be_done_before_the_answer_is_due() -> None:
    left = own_deadline(Invocation(60.0)).remaining_milliseconds()
    assert 54_000 < left <= 55_000


@pytest.mark.parametrize(
    ("body", "group"),
    [
        ('{"Records": [{"s3": {"object": {"key": "acme/1.json"}}}]}', "acme"),
        ('{"key": "acme/1.json", "attempt": "0"}', "acme"),
        ('{"Event": "s3:TestEvent"}', ""),
        ("no json", ""),
    ],
)
def test_a_message_of_an_invoice_belongs_to_its_connection(body: str, group: str) -> None:
    assert group_of(body) == group


def test_what_ends_the_thread_of_a_message_fails_it_alone_and_the_others_are_waited_for() -> None:
    ended, done = Event(), list[str]()

    def handle(record: SQSRecord) -> None:
        if record.message_id == "1":
            ended.set()
            raise SystemExit(3)
        assert ended.wait(SOON)
        done.append(record.message_id)

    assert failed(batch("a", "b", "b", "c"), handle) == ["1"]
    assert sorted(done) == ["0", "2", "3"]


def test_a_body_without_end_fails_alone() -> None:
    event, done = batch("a", "b", "c"), list[str]()
    event["Records"][1]["body"] = "[" * 100_000

    def handle(record: SQSRecord) -> None:
        done.append(events.pull_message(record.body)["connection"])

    assert failed(event, handle) == ["1"]
    assert sorted(done) == ["a", "c"]
