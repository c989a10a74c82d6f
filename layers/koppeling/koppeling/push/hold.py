"""A wait that is longer than a queue can hold a message is kept in the outbox item.

The message that waits carries its moment too, so that it costs nothing when it comes early. But an
invoice may have several messages, and none of them may call Exact before that moment.
"""

from datetime import timedelta

from koppeling.core.errors import Defer
from koppeling.push.job import InvoiceJob
from koppeling.push.messages import LONGEST_DELAY_SECONDS

HELD = "push-held"  # opens no problem: what the invoice waits for has opened its own
LONGEST_DELAY = timedelta(seconds=LONGEST_DELAY_SECONDS)


def hold(job: InvoiceJob, later: Defer) -> None:
    """Keep a long wait; a limit of Exact concerns no single invoice and is known without a call."""
    is_long = later.until > job.ports.now() + LONGEST_DELAY
    if is_long and not later.code.startswith("exact-"):
        job.move(job.item.state, held_until=later.until, held_copy=job.copy_version)


def check_hold(job: InvoiceJob) -> None:
    """Leave an invoice alone until its moment, unless a person or another copy asks for a try.

    Raises:
        Defer: that moment is still to come.
    """
    until = job.item.held_until
    is_same = job.item.held_copy == job.copy_version and not job.message.decision
    if until is not None and job.ports.now() < until and is_same:
        raise Defer(HELD, until, "its moment is still to come")
