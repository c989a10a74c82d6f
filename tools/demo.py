"""`make demo`: customers come in, invoices go out, on the real template; every claim is read back.

It ends with exit code 0 only when what it shows was found in both sandboxes.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.sandbox.common.journal import Call
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.connect import connect
from tools.deployed import Stack
from tools.paths import STATE
from tools.processes import eventually
from tools.stack import local_stack

CUSTOMERS = 1000
INVOICES = (("20260501", "1068"), ("20260502", "1071"), ("20260503", "0000215"))
WITHIN_SECONDS = 90
_REFUSED = 400


class Unmet(Exception):  # noqa: N818 - it says what the demo found
    """Something was not as the demo claims."""


class Demo:
    """The story, told on one stack."""

    def __init__(self, stack: Stack, console: Console) -> None:
        self._stack = stack
        self._console = console
        self._exact = ExactControl(stack.exact_url)
        self._milestones = MilestonesControl(stack.milestones_url)

    def tell(self) -> None:
        """Tell the five parts.

        Raises:
            Unmet: a part did not end as it claims.
        """
        self._part("1", f"first tick: {CUSTOMERS:,} customers come in from Exact Online")
        self._first_tick()
        self._part("2", "three customers change in Exact, one of them in a field that is no link")
        self._second_tick()
        self._part("3", "three invoices with their PDF are put in the inbox")
        files = [build_invoice(number, debtor_code=debtor) for number, debtor in INVOICES]
        self._push(files)
        self._part("4", "the first of them is put in the inbox again")
        self._again(files[0])
        self._part("5", "the totals")
        self._totals(files)

    def _first_tick(self) -> None:
        wanted = {account["Code"] for account in self._exact.importable_accounts()}
        self._tick(lambda: len(wanted & self._codes()), len(wanted))
        self._demand(wanted <= self._codes(), "every customer of Exact stands in QicsMilestones")
        writes = self._writes("POST")
        self._say(f"{len(wanted):,} customers, {self._calls()} calls to Exact Online")
        self._say(f"{writes} created, {len(wanted) - writes} were there already and were adopted")

    def _second_tick(self) -> None:
        codes = [account["Code"] for account in self._exact.importable_accounts()[5:8]]
        self._exact.change_account(codes[0], Phone="010-1234567")
        self._exact.change_account(codes[1], Name="Nieuwe Naam & Zonen B.V.")
        self._exact.change_account(codes[2], SearchCode="ANDERS")
        linked = 2
        self._tick(lambda: self._writes("PUT"), linked)
        written = self._writes("PUT")
        self._demand(written == linked, f"{linked} records are written, and {written} were")
        by_code = {row["CustomerCode"]: row for row in self._customers()}
        self._demand(
            by_code[codes[0]]["VisitAddressPhoneNumber"] == "010-1234567"
            and by_code[codes[1]]["Name"] == "Nieuwe Naam & Zonen B.V.",
            "the new values stand in QicsMilestones",
        )
        self._say(f"two written, {self._calls()} calls (the last rows are asked for once more)")
        self._tick(lambda: 0, 0)
        self._demand(not self._milestones.journal(), "a tick without changes writes nothing")
        self._say(f"then a tick without changes: {self._calls()} calls, nothing written")

    def _push(self, files: Sequence[InvoiceFiles]) -> None:
        self._clear()
        for one in files:
            self._put(one)
        self._wait("invoices", self._attached, len(files))
        self._drained("SalesEntryQueueUrl")
        entries = self._exact.entries()
        self._console.print(_table(entries))
        self._demand(len(entries) == len(files), "each invoice is one sales entry")
        self._say(f"{self._calls()} calls to Exact Online, the first look-ups among them")

    def _again(self, files: InvoiceFiles) -> None:
        before = self._exact.entries()
        self._clear()
        self._put(files)
        # S3's notification, the queue, and the function each get their time.
        delivered = eventually(self._was_seen_as_booked, WITHIN_SECONDS)
        self._demand(delivered, "the second offer reaches the function")
        self._drained("SalesEntryQueueUrl")
        self._demand(self._exact.entries() == before, "nothing is booked twice")
        self._say(f"nothing booked, {self._calls()} calls to Exact Online")

    def _totals(self, files: Sequence[InvoiceFiles]) -> None:
        offered = sum(
            (Decimal(one.document["totals"]["amount_incl_vat"]) for one in files), Decimal()
        )
        booked = sum(
            (Decimal(entry["amount_incl_vat"]) for entry in self._exact.entries()), Decimal()
        )
        self._demand(offered == booked, f"invoices {offered} and entries {booked} agree")
        self._demand(not self._milestones.violations(), "no rule of QicsMilestones was broken")
        refused = [call for call in self._exact.journal() if int(call["status"]) >= _REFUSED]
        self._demand(not refused, "Exact Online refused no call")
        self._say(f"invoiced {offered}, booked {booked}: equal to the cent")

    def _tick(self, seen: Callable[[], int], total: int) -> None:
        self._clear()
        answer = self._stack.tick("Accounts", datetime.now(UTC))
        self._demand(answer["counts"]["queued"] == 1, "the tick queues one message")
        self._wait("customers", seen, total)
        self._drained("PullAccountsQueueUrl")

    def _wait(self, what: str, seen: Callable[[], int], total: int) -> None:
        if total == 0:
            return
        columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self._console) as progress:
            task = progress.add_task(what, total=total)
            end = time.monotonic() + WITHIN_SECONDS
            while (count := seen()) < total:
                self._demand(time.monotonic() < end, f"{total} {what} within {WITHIN_SECONDS} s")
                progress.update(task, completed=count)
                time.sleep(0.3)
            progress.update(task, completed=count)

    def _drained(self, queue: str) -> None:
        empty = eventually(lambda: self._stack.waiting(queue) == 0, WITHIN_SECONDS)
        self._demand(empty, f"{queue} is empty in the end")

    def _put(self, files: InvoiceFiles) -> None:
        inbox = self._stack.outputs["InboxBucket"]
        for key, content in ((files.pdf_key, files.pdf_bytes), (files.json_key, files.json_bytes)):
            self._stack.objects.put_object(Bucket=inbox, Key=key, Body=content)

    def _was_seen_as_booked(self) -> bool:
        return "already-booked" in "".join(self._stack.log_lines("PushSalesEntriesFunction"))

    def _attached(self) -> int:
        return sum(1 for entry in self._exact.entries() if _files(entry))

    def _customers(self) -> list[Mapping[str, Any]]:
        return list(self._milestones.records("CustomerCompany"))

    def _codes(self) -> set[str]:
        return {row["CustomerCode"] for row in self._customers()}

    def _writes(self, method: str) -> int:
        return sum(1 for call in self._milestones.journal() if _is_write(call, method))

    def _calls(self) -> int:
        return sum(1 for call in self._exact.journal() if "/api/v1/" in call["path"])

    def _clear(self) -> None:
        self._exact.clear_journal()
        self._milestones.clear_journal()

    def _part(self, number: str, title: str) -> None:
        self._console.print(f"\n[bold]{number}. {title}[/bold]")

    def _say(self, text: str) -> None:
        self._console.print(f"   {text}")

    def _demand(self, met: bool, claim: str) -> None:  # noqa: FBT001 - a claim and whether it holds
        if not met:
            raise Unmet(claim)


def _is_write(call: Call, method: str) -> bool:
    return call.method == method and call.endpoint.startswith("CustomerCompany")


def _files(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [file for document in entry["documents"] for file in document["attachments"]]


def _table(entries: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=SIMPLE)
    for heading in ("entry", "invoice"):
        table.add_column(heading, no_wrap=True)
    table.add_column("customer", no_wrap=True, overflow="ellipsis", max_width=24)
    for heading in ("excl. VAT", "VAT", "incl. VAT"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("file", no_wrap=True)
    table.add_column("bytes", justify="right", no_wrap=True)
    for entry in entries:
        (file,) = _files(entry)
        table.add_row(
            str(entry["entry_number"]),
            entry["your_ref"],
            f"{entry['customer_code']} {entry['customer_name']}",
            entry["amount_excl_vat"],
            entry["vat_amount"],
            entry["amount_incl_vat"],
            file["file_name"],
            f"{file['size']:,}",
        )
    return table


def main() -> int:
    """Have a stack for as long as the story takes; returns the exit code."""
    began = time.monotonic()
    # The table of entries wants this much, also where the output is no terminal.
    console = Console(width=max(Console().width, 110))
    console.print(
        "[bold]The link between Exact Online and QicsMilestones, on a local stack[/bold]\n"
    )
    with local_stack(STATE / "demo", accounts=CUSTOMERS, say=console.print) as stack:
        console.print("connecting the administration")
        connect(stack)
        console.print(f"ready after {time.monotonic() - began:.0f} s")
        try:
            Demo(stack, console).tell()
        except Unmet as unmet:
            console.print(f"\n[bold red]not so:[/bold red] {unmet}")
            for function in ("PullAccountsFunction", "PushSalesEntriesFunction"):
                console.print("\n".join(stack.log_lines(function)[-20:]), markup=False)
            return 1
    console.print(f"\n[bold green]all of it was read back[/bold green] in {_minutes(began)}")
    console.print("next: `make up` keeps such a stack running, `make invoke` runs one function,")
    console.print("      README.md tells how to deploy to AWS")
    return 0


def _minutes(began: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    return f"{minutes}:{seconds:02d}"


if __name__ == "__main__":
    sys.exit(main())
