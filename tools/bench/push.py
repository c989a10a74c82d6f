"""`INVOICES=1000 make bench`: so many invoices with PDFs through the deployed stack.

The sandbox's minute holds `LIMIT` calls, ten times what Exact allows, so that a thousand invoices
take minutes instead of an hour; `LIMIT=60` shows that the link keeps to Exact's own. Then some more
come one at a time, to see how soon each is in Exact.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.bench import arrivals
from tools.paths import STATE
from tools.stack.connect import connect
from tools.stack.deployed import Stack
from tools.stack.processes import eventually
from tools.stack.stack import local_stack

DAY_LIMIT = 20_000
CALLS_PER_INVOICE = Decimal("3.1")  # P3: three, and each code looked up once
TOO_MANY = 429
FIRST_NUMBER = 20_260_000
LONGEST_SECONDS = 3_600
_UPLOADS = 8
# Of a p95: with twenty it is the slowest but one
ALONE = 20


@dataclass(frozen=True, slots=True)
class Booked:
    """What stands in Exact in the end, and what it took."""

    seconds: float
    entries: int
    doubles: int
    without_pdf: int
    difference: Decimal
    calls: Counter[str]
    too_many: int

    @property
    def calls_made(self) -> int:
        """How many calls to the API were answered otherwise than with a 429."""
        return sum(self.calls.values())


def put_all(stack: Stack, invoices: list[InvoiceFiles]) -> None:
    """Put all invoices in the inbox, each PDF before its document."""
    inbox, objects = stack.outputs["InboxBucket"], stack.objects

    def put(files: InvoiceFiles) -> None:
        objects.put_object(Bucket=inbox, Key=files.pdf_key, Body=files.pdf_bytes)
        objects.put_object(Bucket=inbox, Key=files.json_key, Body=files.json_bytes)

    with ThreadPoolExecutor(_UPLOADS) as pool:
        list(pool.map(put, invoices))


def booked(exact: ExactControl, invoices: list[InvoiceFiles], seconds: float) -> Booked:
    """Compare what stands in Exact with what was offered."""
    entries = exact.entries()
    numbers = Counter(entry["your_ref"] for entry in entries)
    offered = sum(
        (Decimal(files.document["totals"]["amount_incl_vat"]) for files in invoices), Decimal(0)
    )
    standing = sum((Decimal(str(entry["amount_incl_vat"])) for entry in entries), Decimal(0))
    made = [call for call in exact.journal() if "/api/v1/" in call["path"]]
    return Booked(
        seconds=seconds,
        entries=len(entries),
        doubles=sum(count - 1 for count in numbers.values()),
        without_pdf=sum(
            [len(document["attachments"]) for document in entry["documents"]] != [1]
            for entry in entries
        ),
        difference=standing - offered,
        calls=Counter(call["endpoint"] for call in made if call["status"] != TOO_MANY),
        too_many=sum(call["status"] == TOO_MANY for call in made),
    )


def findings(there: Booked, invoices: int) -> Iterator[str]:
    """Yield what is not as it must be."""
    if there.entries != invoices or there.doubles:
        yield f"{there.entries} entries for {invoices} invoices, {there.doubles} of them double"
    if there.without_pdf:
        yield f"{there.without_pdf} entries without exactly one PDF"
    if there.difference:
        yield f"{there.difference} more in Exact than on the invoices"
    if there.calls_made > invoices * CALLS_PER_INVOICE:
        yield f"{there.calls_made} calls, more than {CALLS_PER_INVOICE} an invoice (P3)"
    if there.too_many:
        yield f"{there.too_many} calls over the limit"


def main() -> int:
    """Print what it took and what is wrong; 1 when something is."""
    invoices, limit = int(os.environ["INVOICES"]), int(os.environ.get("LIMIT") or 600)
    print(f"\n{invoices:,} invoices with PDFs, {limit} calls a minute allowed")
    with local_stack(STATE / "bench-push", accounts=20, say=lambda _: None) as stack:
        connect(stack)
        exact = ExactControl(stack.exact_url)
        exact.turn(minute_limit=limit, daily_limit=DAY_LIMIT)
        stack.tick("Accounts", datetime.now(UTC))
        eventually(lambda: stack.waiting("PullAccountsQueueUrl") == 0, 120)
        exact.clear_journal()
        files = [build_invoice(str(FIRST_NUMBER + number)) for number in range(invoices)]
        began = time.monotonic()
        put_all(stack, files)
        arrived = eventually(lambda: stack.waiting("SalesEntryQueueUrl") == 0, LONGEST_SECONDS)
        there = booked(exact, files, time.monotonic() - began)
        lost = stack.waiting("SalesEntryDeadLetterQueueUrl")
        exact.turn(minute_limit=DAY_LIMIT)
        alone = [str(FIRST_NUMBER + invoices + number) for number in range(ALONE)]
        soon, is_soon = arrivals.told(arrivals.seconds_of(stack, exact, alone))
    per_invoice = Decimal(there.calls_made) / invoices
    print(
        f"{there.seconds:.0f} s, {invoices / there.seconds * 60:.0f} invoices a minute,"
        f" {per_invoice:.3f} calls an invoice, {there.too_many} over the limit (goal 0)"
    )
    for endpoint, count in sorted(there.calls.items()):
        print(f"  {count:>6,} {endpoint}")
    wrong = list(findings(there, invoices))
    if not arrived or lost:
        wrong.append(f"not everything arrived; {lost} dead letters")
    print(soon)
    if not is_soon:
        wrong.append("an invoice that comes alone is in Exact too late")
    print("\n".join(wrong) or "each booked once with its PDF, to the cent")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
