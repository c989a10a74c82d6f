"""How long invocations last and how many there are, from measured work and assumed waiting."""

import math
from dataclasses import dataclass

from koppeling.bootstrap.batches import PULLS_AT_A_TIME
from tools.cost.meter import Work
from tools.cost.prices import assumed, measured
from tools.cost.stack import QueueMapping

SPREAD_SECONDS = 600
_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """One message: the processor time of its work, and the seconds in which it only waits."""

    work_ms: float
    waiting_seconds: float

    def seconds(self, memory_mb: int) -> float:
        """Return how long it lasts by itself."""
        return processor_seconds(self.work_ms, memory_mb) + self.waiting_seconds


def piece(work_ms: float, work: Work, messages: int = 1) -> Piece:
    """Return a message from what it calls; `work` is that of so many messages."""
    waits, told = assumed()["seconds_of_waiting"], assumed()["processor"]
    to_aws = work.calls.total() / messages
    waiting = (
        work.to_exact * waits["exact"] + work.to_milestones * waits["milestones"]
    ) / messages + to_aws * waits["aws"]
    return Piece(work_ms * told["slower"] + to_aws * told["send_ms"], waiting)


def processor_seconds(work_ms: float, memory_mb: int) -> float:
    """Return how long work takes with the part of a processor that comes with the memory."""
    part = min(1.0, memory_mb / assumed()["processor"]["mb_of_one_processor"])
    return work_ms / _MILLI / part


def batch_seconds(
    each: Piece, messages: float, memory_mb: int, threads: int = PULLS_AT_A_TIME
) -> float:
    """Return how long an invocation with several messages lasts.

    They wait side by side, as many as there are threads; the processor takes one after the other.
    """
    rounds = math.ceil(messages / threads)
    return processor_seconds(each.work_ms, memory_mb) * messages + each.waiting_seconds * rounds


def messages_together(mapping: QueueMapping, messages_a_second: float) -> float:
    """Return how many messages an invocation gets, with as many that come in a second.

    Each of the pollers gathers for itself until its window ends or its batch is full.
    """
    pollers = assumed()["sqs"]["idle_pollers"]
    gathered = 1 + messages_a_second * mapping.window_seconds / pollers
    return min(float(mapping.batch), gathered)


def concurrency(seconds: float, invocations_a_second: float) -> int:
    """Return how many invocations run at a time, with half as many again for the busiest minute."""
    return max(2, math.ceil(seconds * invocations_a_second * 1.5))


def empty_pull(work: Work, messages: int) -> Piece:
    """Return a message of a pull that finds nothing new."""
    return piece(measured()["milliseconds"]["empty_run"], work, messages)


def one_invoice(work: Work) -> Piece:
    """Return a message of an invoice with its PDF."""
    return piece(measured()["milliseconds"]["invoice"], work)


def ten_changes(work: Work) -> Piece:
    """Return a message of a pull that finds ten changes."""
    told = measured()["milliseconds"]
    return piece(told["empty_run"] + 10 * told["changed_record"], work)
