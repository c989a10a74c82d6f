"""The worker of the sales-entry queue: each message is a document to push.

message ──► push ──► summary
   ▲          │ later, or from a known moment on
   └── delay ◄┘

An outage or a mistake of ours counts as an attempt; a limit or a missing login does not. What
concerns the connection (its consent, its rights, its administration) is a problem of the
connection, which ends when a later delivery proves that it is over: see `proof`. All other trouble
is a problem of this delivery.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from koppeling.core.actors import is_for_qics
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry
from koppeling.core.measures import FOR_QICS
from koppeling.core.ports import OnLoginLost, Problems, Queue, no_notification
from koppeling.core.problems import Problem, subject_of
from koppeling.core.summary import Summary
from koppeling.push.job import PushOutcome, PushResult
from koppeling.push.messages import LONGEST_DELAY_SECONDS, InvoiceMessage, read_messages
from koppeling.push.outbox import Conflict
from koppeling.push.proof import CONNECTION_SUBJECT

# How often we requeue a message after an outage or a mistake of ours: two to three hours.
# After that the redrive of the queue decides, and the dead-letter queue raises its alarm
ATTEMPTS = 12
# How long until a lost consent is checked again, without a call; no invoice is lost meanwhile
WAIT_FOR_A_LOGIN = timedelta(minutes=15)
# How long until a missing right is tried again: Exact counts each refusal (X40)
WAIT_FOR_A_RIGHT = timedelta(hours=1)
# While Exact has an outage invoices wait apart from each other, without a call
OUTAGE = "exact-unavailable"
OUTAGE_SPREAD = timedelta(minutes=5)
IN_PROGRESS = "invoice-in-progress"
WAIT_AFTER_A_MISTAKE = timedelta(minutes=15)
# Mistakes of ours in one request; other deliveries may go well
_OF_ONE_DELIVERY = frozenset({"exact-request-refused", "message-unreadable"})


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
        early = message.seconds_early(self.now())
        if early:
            return self._requeue(message, early, Summary("push", "early", message.connection))
        if message.settles:
            return self._settle(message)
        try:
            result = self.push(message)
        except Defer as defer:
            seconds = (defer.until - self.now()).total_seconds()
            if defer.code == OUTAGE:
                seconds += self.random.uniform(0, OUTAGE_SPREAD.total_seconds())
            return self._wait(message, seconds, defer)
        except (Reauthorise, Fatal) as stopped:
            return self._stop(message, stopped)
        except Retry as outage:
            pause = back_off(message.attempt, self.random).total_seconds()
            return self._retry(message, pause, outage)
        if message.attempt or message.retry:  # only then trouble of this delivery may be open
            self.problems.close(message.connection, message.delivery_subject)
        if result.retry_write_back:
            later = InvoiceMessage(message.key, message.attempt)
            self.queue.send([(later.as_message(), LONGEST_DELAY_SECONDS)])
        return _summary(result)

    def _stop(self, message: InvoiceMessage, stopped: Reauthorise | Fatal) -> Summary:
        """Open the problem of what stops this delivery, and try again later."""
        if stopped.code in _OF_ONE_DELIVERY:
            self._open_problem(message, message.delivery_subject, stopped)
            return self._retry(message, WAIT_AFTER_A_MISTAKE.total_seconds(), stopped)
        self._open_problem(message, subject_of(stopped.code, CONNECTION_SUBJECT), stopped)
        pause = WAIT_FOR_A_RIGHT
        if isinstance(stopped, Reauthorise):
            self.on_login_lost(message.connection, stopped.code)
            message, pause = replace(message, waited_for=stopped.code), WAIT_FOR_A_LOGIN
        return self._wait(message, pause.total_seconds(), stopped)

    def _settle(self, message: InvoiceMessage) -> Summary:
        """Settle an outcome once; while it is unknown, the watch sends another request.

        A delivery of the document follows when it is settled, and when another one moved first:
        it closes what this request may have opened for an invoice that is booked by now.
        """
        delivery = (InvoiceMessage(message.key).as_message(), 0)
        try:
            result = self.push(message)
        except Consequence as failure:
            return Summary("push", failure.code, message.connection, detail=message.settles)
        except Conflict:
            self.queue.send([delivery])
            return Summary("push", IN_PROGRESS, message.connection, detail=message.settles)
        if result.outcome is PushOutcome.SETTLED:
            self.queue.send([delivery])
        return _summary(result)

    def _retry(self, message: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        if message.attempt >= ATTEMPTS:
            # From here on the queue decides; a dead letter no longer knows the reason
            self._open_problem(message, message.delivery_subject, reason)
            raise reason
        return self._wait(replace(message, attempt=message.attempt + 1), seconds, reason)

    def _wait(self, message: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        summary = Summary("push", reason.code, message.connection, detail=reason.detail)
        return self._requeue(message.held(seconds, self.now()), seconds, summary)

    def _requeue(self, message: InvoiceMessage, seconds: float, summary: Summary) -> Summary:
        delay = min(LONGEST_DELAY_SECONDS, max(1, int(seconds) + 1))
        self.queue.send([(message.as_message(), delay)])
        return replace(summary, counts={"delay_seconds": delay, "attempt": message.attempt})

    def _open_problem(self, message: InvoiceMessage, subject: str, reason: Consequence) -> None:
        problem = Problem(message.connection, subject, reason.code, dict(reason.values))
        self.problems.open(problem)


def _summary(result: PushResult) -> Summary:
    detail = " ".join(part for part in (result.invoice, result.code, *result.notes) if part)
    counts = {"pdf_bytes": result.pdf_bytes}
    if is_for_qics(result.code):
        counts[FOR_QICS] = 1
    return Summary("push", result.outcome, result.connection, detail=detail, counts=counts)


def back_off(attempt: int, random: Random) -> timedelta:
    """Return the pause before the next attempt: full jitter under a growing cap (R4)."""
    cap = min(900.0, 30.0 * 2 ** min(attempt, 5))
    return timedelta(seconds=random.uniform(0, cap))
