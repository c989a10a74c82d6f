"""Deliveries: messages of the sales-entry queue, each a document to push; what waits, waits there.

message ──► offers ──► push ──► summary
              ▲          │ later, or from a known moment on
              └── delay ◄┘

An outage or a mistake of ours counts as an attempt; a limit or a missing login does not.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from koppeling.core.catalogue import is_ours_to_mend
from koppeling.core.clock import Now
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import OnLoginLost, Problems, Queue, no_notification
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.push.job import PushResult
from koppeling.push.messages import InvoiceMessage, read_messages

LONGEST_DELAY_SECONDS = 900  # what SQS allows
# So often an outage, or a mistake of ours, is waited out by messages of ours: two to three hours.
# Then the queue's own redrive decides, and the dead-letter queue raises its alarm
ATTEMPTS = 12
# A consent or a right that is gone is looked at again after this; nothing is lost meanwhile
WAIT_FOR_A_PERSON = timedelta(minutes=15)


class InvoiceWorker:
    """Takes messages of the sales-entry queue."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        *,
        push: Callable[[InvoiceMessage], PushResult],
        queue: Queue,
        problems: Problems,
        report: Callable[[Summary], Summary],
        now: Now,
        random: Random,
        on_login_lost: OnLoginLost = no_notification,
    ) -> None:
        self._push = push
        self._queue = queue
        self._problems = problems
        self._report = report
        self._now = now
        self._random = random
        self._on_login_lost = on_login_lost

    def handle(self, body: str) -> None:
        """Deliver every document that a message tells of.

        Raises:
            Retry: an outage lasts longer than our own patience.
            Fatal: a mistake of ours does, or the message is none that we know.
        """
        for offer in read_messages(body):
            self._report(self._deliver(offer))

    def _deliver(self, offer: InvoiceMessage) -> Summary:
        connection = ConnectionId(offer.key.partition("/")[0])
        try:
            result = self._push(offer)
        except Defer as defer:
            return self._wait(offer, (defer.until - self._now()).total_seconds(), defer)
        except (Reauthorise, Fatal) as stopped:
            self._problems.open(
                Problem(connection, "push/connection", stopped.code, dict(stopped.values))
            )
            if isinstance(stopped, Reauthorise):
                self._on_login_lost(connection, stopped.code)
            pause = WAIT_FOR_A_PERSON.total_seconds()
            if is_ours_to_mend(stopped.code):
                return self._try_again(offer, pause, stopped)
            return self._wait(offer, pause, stopped)
        except Retry as outage:
            pause = back_off(offer.attempt, self._random).total_seconds()
            return self._try_again(offer, pause, outage)
        self._problems.close(connection, "push/connection")
        if result.retry_write_back:
            later = InvoiceMessage(offer.key, offer.attempt)
            self._queue.send([(later.as_message(), LONGEST_DELAY_SECONDS)])
        return _summary(result)

    def _try_again(self, offer: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        if offer.attempt >= ATTEMPTS:
            # From here on the queue decides; the reason is known now and not by its dead letters
            connection = ConnectionId(offer.key.partition("/")[0])
            subject, values = f"inbox/{offer.key}", dict(reason.values)
            self._problems.open(Problem(connection, subject, reason.code, values))
            raise reason
        return self._wait(replace(offer, attempt=offer.attempt + 1), seconds, reason)

    def _wait(self, offer: InvoiceMessage, seconds: float, reason: Consequence) -> Summary:
        delay = min(LONGEST_DELAY_SECONDS, max(1, int(seconds) + 1))
        self._queue.send([(offer.as_message(), delay)])
        connection = offer.key.partition("/")[0]
        counts = {"delay_seconds": delay, "attempt": offer.attempt}
        return Summary("push", reason.code, connection, detail=reason.detail, counts=counts)


def _summary(result: PushResult) -> Summary:
    detail = " ".join(part for part in (result.invoice, result.code, *result.notes) if part)
    counts = {"pdf_bytes": result.pdf_bytes}
    return Summary("push", result.outcome, result.connection, detail=detail, counts=counts)


def back_off(attempt: int, random: Random) -> timedelta:
    """Return the pause before another try of a message: full jitter under a growing cap (R4)."""
    cap = min(900.0, 30.0 * 2 ** min(attempt, 5))
    return timedelta(seconds=random.uniform(0, cap))
