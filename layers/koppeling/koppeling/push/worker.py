"""The worker of the sales-entry queue: each message is a document to push.

message ──► push ──► summary
   ▲          │ later, or from a known moment on
   └── delay ◄┘

An outage or a mistake of ours counts as an attempt; a limit or a missing login does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from koppeling.core.catalogue import is_ours_to_mend
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry
from koppeling.core.ports import OnLoginLost, Problems, Queue, no_notification
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.push.job import PushResult
from koppeling.push.messages import InvoiceMessage, read_messages

LONGEST_DELAY_SECONDS = 900  # what SQS allows
# How often we requeue a message after an outage or a mistake of ours: two to three hours.
# After that the redrive of the queue decides, and the dead-letter queue raises its alarm
ATTEMPTS = 12
# How long until a lost consent or right is checked again; no invoice is lost meanwhile
WAIT_FOR_A_PERSON = timedelta(minutes=15)
CONNECTION_SUBJECT = "push/connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceWorker:
    """Handles messages of the sales-entry queue."""

    push: Callable[[InvoiceMessage], PushResult]
    queue: Queue
    problems: Problems
    report: Callable[[Summary], Summary]
    now: Now
    random: Random
    on_login_lost: OnLoginLost = no_notification

    def handle(self, body: str) -> None:
        """Deliver every document that a message names.

        Raises:
            Retry: an outage outlasts our attempts.
            Fatal: a mistake of ours does, or the message cannot be read.
        """
        for message in read_messages(body):
            self.report(self._deliver(message))

    def _deliver(self, message: InvoiceMessage) -> Summary:
        connection = message.connection
        try:
            result = self.push(message)
        except Defer as defer:
            return self._requeue(message, (defer.until - self.now()).total_seconds(), defer)
        except (Reauthorise, Fatal) as stopped:
            self._open_problem(message, CONNECTION_SUBJECT, stopped)
            if isinstance(stopped, Reauthorise):
                self.on_login_lost(connection, stopped.code)
            pause = WAIT_FOR_A_PERSON.total_seconds()
            if is_ours_to_mend(stopped.code):
                return self._retry(message, pause, stopped)
            return self._requeue(message, pause, stopped)
        except Retry as outage:
            pause = back_off(message.attempt, self.random).total_seconds()
            return self._retry(message, pause, outage)
        self.problems.close(connection, CONNECTION_SUBJECT)
        if result.retry_write_back:
            later = InvoiceMessage(message.key, message.attempt)
            self.queue.send([(later.as_message(), LONGEST_DELAY_SECONDS)])
        return _summary(result)

    def _retry(self, message: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        if message.attempt >= ATTEMPTS:
            # From here on the queue decides; a dead letter no longer knows the reason
            self._open_problem(message, message.subject, reason)
            raise reason
        return self._requeue(replace(message, attempt=message.attempt + 1), seconds, reason)

    def _requeue(self, message: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        delay = min(LONGEST_DELAY_SECONDS, max(1, int(seconds) + 1))
        self.queue.send([(message.as_message(), delay)])
        counts = {"delay_seconds": delay, "attempt": message.attempt}
        return Summary("push", reason.code, message.connection, detail=reason.detail, counts=counts)

    def _open_problem(self, message: InvoiceMessage, subject: str, reason: Consequence) -> None:
        problem = Problem(message.connection, subject, reason.code, dict(reason.values))
        self.problems.open(problem)


def _summary(result: PushResult) -> Summary:
    detail = " ".join(part for part in (result.invoice, result.code, *result.notes) if part)
    counts = {"pdf_bytes": result.pdf_bytes}
    return Summary("push", result.outcome, result.connection, detail=detail, counts=counts)


def back_off(attempt: int, random: Random) -> timedelta:
    """Return the pause before the next attempt: full jitter under a growing cap (R4)."""
    cap = min(900.0, 30.0 * 2 ** min(attempt, 5))
    return timedelta(seconds=random.uniform(0, cap))
