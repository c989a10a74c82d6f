"""At most two pushes work on one administration at a time (R25)."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from koppeling.core.errors import Defer
from koppeling.push.job import InvoiceJob
from koppeling.push.proof import close_what_is_over

# Waiting for a permit opens no problem: nobody has to do anything
BUSY = "push-busy"
NEXT_TURN = timedelta(seconds=20)


@contextmanager
def permit_for(job: InvoiceJob) -> Generator[None]:
    """Hold a permit for the administration of an invoice, and close its books afterwards.

    Raises:
        Defer: all permits are in use.
    """
    semaphore, connection = job.ports.semaphore, job.connection
    permit = semaphore.acquire(connection.exact_host, connection.division)
    if permit is None:
        raise Defer(BUSY, job.ports.now() + NEXT_TURN, "two pushes are at work there")
    try:
        yield
    finally:
        job.books.close()
        semaphore.release(permit)
        close_what_is_over(job)
