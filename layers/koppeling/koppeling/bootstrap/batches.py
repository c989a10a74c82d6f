"""Batches of messages: worked on side by side, so that none holds up or fails another (R33).

messages ──► one group for each connection ──► a thread for each group, its messages in order
                                                   │
              what fails, or is not begun in time, goes back to the queue, alone
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, cast, override

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling.bootstrap.observability import logger
from koppeling.core.clock import Deadline

# To answer for the batch, after its last message is done
ANSWER_SECONDS = 5.0
# What a message needs at least: a call that takes as long as it may, and what follows
BEGIN_SECONDS = 40.0

# As many as a batch may have, so that each message begins at once
PULLS_AT_A_TIME = 20
# Each may hold a PDF several times over: as bytes, as text, and in the body of a call
PUSHES_AT_A_TIME = 5

type GroupOf = Callable[[str], str]
"""Returns whose message this is; empty when it cannot be read."""


class NotBegun(TimeoutError):  # noqa: N818 - it names what happened
    """No time was left for this message: others of its connection took it."""


@cache
def _threads(workers: int) -> ThreadPoolExecutor:
    """Return the threads of this process; each keeps its connections to Exact open (X5)."""
    return ThreadPoolExecutor(workers, thread_name_prefix="message")


class ParallelProcessor(BatchProcessor):
    """Works on the messages of a batch side by side, and on those of one connection in order."""

    def __init__(self, group_of: GroupOf, workers: int, deadline: Deadline) -> None:
        # Powertools' Logger forwards every call to the logger it wraps
        log = cast("Any", logger())
        super().__init__(EventType.SQS, raise_on_entire_batch_failure=False, logger=log)
        self._group_of = group_of
        self._workers = workers
        self._deadline = deadline
        self._done: dict[str, tuple[Any, ...]] = {}

    @override
    def process(self) -> list[tuple[Any, ...]]:
        groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in self.records:
            groups[self._group_of(record["body"]) or record["messageId"]].append(record)
        work = [_threads(self._workers).submit(self._in_order, group) for group in groups.values()]
        # Nobody answers for a thread that is still at work: it would go on when Lambda wakes this
        # process for another batch, and send a call that others take for one that never was made
        for each in work:
            each.result()
        return [self._outcome(record) for record in self.records]

    def _in_order(self, group: list[dict[str, Any]]) -> None:
        for record in group:
            if not self._deadline.allows_call(BEGIN_SECONDS):
                return
            try:
                outcome = self._process_record(record)
            except BaseException:  # noqa: BLE001 - what ends a thread ends this message alone
                outcome = self.failure_handler(SQSRecord(record), sys.exc_info())
            self._done[record["messageId"]] = outcome

    def _outcome(self, record: dict[str, Any]) -> tuple[Any, ...]:
        done = self._done.get(record["messageId"])
        if done is not None:
            return done
        late = NotBegun("no time was left for this message")
        return self.failure_handler(SQSRecord(record), (NotBegun, late, None))


def in_parallel(
    event: Mapping[str, Any],
    handle: Callable[[SQSRecord], None],
    context: Any,  # noqa: ANN401 - Lambda's own object
    group_of: GroupOf,
    workers: int,
) -> PartialItemFailureResponse:
    """Handle a batch of messages; only those that fail, or are not begun, come again."""
    deadline = Deadline(context.get_remaining_time_in_millis)
    processor = ParallelProcessor(group_of, workers, deadline)
    return process_partial_response(dict(event), handle, processor, context)


def own_deadline(context: Any) -> Deadline:  # noqa: ANN401 - Lambda's own object
    """Return by when a message has to be done, so that there is time to answer for the batch."""
    reserve = int(ANSWER_SECONDS * 1000)
    return Deadline(lambda: int(context.get_remaining_time_in_millis()) - reserve)
