"""How long an invoice takes from its arrival in the inbox until it stands in Exact, one at a time.

The emulator does not wait for the batching window of the queue, so that is added in full: the
figure is that of an invoice which comes when nothing else does, and waits for company in vain.
"""

import time
from statistics import quantiles

from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import build_invoice
from tools.cost import stack as template
from tools.stack.deployed import Stack

GOAL_SECONDS = 15.0
LONGEST_SECONDS = 60.0
_LOOK_SECONDS = 0.05


def seconds_of(stack: Stack, exact: ExactControl, numbers: list[str]) -> list[float]:
    """Put invoices in the inbox one after the other; return the seconds until each was booked.

    Raises:
        TimeoutError: one was not booked within a minute.
    """
    inbox, objects, taken = stack.outputs["InboxBucket"], stack.objects, []
    for number in numbers:
        files = build_invoice(number)
        objects.put_object(Bucket=inbox, Key=files.pdf_key, Body=files.pdf_bytes)
        began = time.monotonic()
        objects.put_object(Bucket=inbox, Key=files.json_key, Body=files.json_bytes)
        while all(entry["your_ref"] != number for entry in exact.entries()):
            if time.monotonic() - began > LONGEST_SECONDS:
                raise TimeoutError(number)
            time.sleep(_LOOK_SECONDS)
        taken.append(time.monotonic() - began)
    return taken


def told(taken: list[float]) -> tuple[str, bool]:
    """Return a line with the figure beside its goal, and whether it is met."""
    window = template.stack().push.window_seconds
    p95 = quantiles(taken, n=20)[-1]
    reached = p95 + window
    line = (
        f"{reached:.1f} s from the inbox into Exact (p95 of {len(taken)}: {p95:.1f} s, and the"
        f" window of {window} s of the queue); goal {GOAL_SECONDS:.0f} s"
    )
    return line, reached <= GOAL_SECONDS
