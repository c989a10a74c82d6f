"""What the demo acts with: the stack, the levers of both sandboxes, and a screen."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from koppeling.bootstrap import Wiring
from koppeling.core.ids import ConnectionId
from tests.sandbox.common import company
from tests.sandbox.common.journal import Call
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import InvoiceFiles
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.stack.connect import wiring_of
from tools.stack.deployed import Stack
from tools.stack.processes import eventually

CONNECTION = ConnectionId(company.CONNECTION)
WITHIN_SECONDS = 90


class Unmet(Exception):  # noqa: N818 - it says what the demo found
    """Something was not as the demo claims."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one tick of one entity did, as its own log line tells."""

    counts: Mapping[str, int]
    seconds: float


class Stage:
    """The stack and everything a part of the story needs of it."""

    def __init__(self, stack: Stack, console: Console) -> None:
        self.stack = stack
        self.console = console
        self.exact = ExactControl(stack.exact_url)
        self.milestones = MilestonesControl(stack.milestones_url)
        self.wiring: Wiring = wiring_of(stack)

    def tick(
        self, entity: str, seen: Callable[[], int] = lambda: 0, total: int = 0, what: str = ""
    ) -> Pulled:
        """Give the tick of a schedule and wait for its work, with progress up to a total."""
        function, before = f"Pull{entity}Function", len(self._runs(entity))
        began = time.monotonic()
        answer = self.stack.tick(entity, datetime.now(UTC))
        self.demand(answer["counts"]["queued"] == 1, f"the tick of {function} queues one message")
        self.wait(what, seen, total)
        ended = eventually(lambda: len(self._runs(entity)) > before, WITHIN_SECONDS)
        self.demand(ended, f"{function} ends within {WITHIN_SECONDS} s")
        seconds = time.monotonic() - began
        self.drained(f"Pull{entity}QueueUrl")
        run = self._runs(entity)[-1]
        self.demand(run["outcome"] == "done", f"{function} ends well, not with {run['outcome']}")
        return Pulled(Counter(run["counts"]), seconds)

    def wait(self, what: str, seen: Callable[[], int], total: int) -> None:
        """Show progress until so many were seen."""
        if total == 0:
            return
        columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task(what, total=total)
            end = time.monotonic() + WITHIN_SECONDS
            while (count := seen()) < total:
                self.demand(time.monotonic() < end, f"{total} {what} within {WITHIN_SECONDS} s")
                progress.update(task, completed=count)
                time.sleep(0.3)
            progress.update(task, completed=count)

    def drained(self, queue: str) -> None:
        """Wait until nothing is left in a queue."""
        empty = eventually(lambda: self.stack.waiting(queue) == 0, WITHIN_SECONDS)
        self.demand(empty, f"{queue} is empty in the end")

    def put(self, files: InvoiceFiles) -> None:
        """Put an invoice in the inbox, its PDF first."""
        inbox = self.stack.outputs["InboxBucket"]
        for key, content in ((files.pdf_key, files.pdf_bytes), (files.json_key, files.json_bytes)):
            self.stack.objects.put_object(Bucket=inbox, Key=key, Body=content)

    def customers(self) -> dict[str, Mapping[str, Any]]:
        """Return the customers of QicsMilestones by their code."""
        return {row["CustomerCode"]: row for row in self.milestones.records("CustomerCompany")}

    def writes(self, *methods: str) -> int:
        """Count what was written to customers since the journal was cleared."""
        return sum(1 for call in self.milestones.journal() if _is_write(call, methods))

    def calls(self) -> int:
        """Count the calls to the API of Exact since the journal was cleared."""
        return sum(1 for call in self.exact.journal() if "/api/v1/" in call["path"])

    def clear(self) -> None:
        """Count from here."""
        self.exact.clear_journal()
        self.milestones.clear_journal()

    def part(self, number: int, title: str) -> None:
        """Announce a part of the story."""
        self.console.print(f"\n[bold]{number}. {title}[/bold]")

    def say(self, text: str) -> None:
        """Tell something."""
        self.console.print(f"   {text}")

    def demand(self, met: bool, claim: str) -> None:  # noqa: FBT001 - a claim and whether it holds
        """End the demo unless a claim holds.

        Raises:
            Unmet: it does not.
        """
        if not met:
            raise Unmet(claim)

    def _runs(self, entity: str) -> list[Any]:
        lines = self.stack.log_lines(f"Pull{entity}Function")
        told = [json.loads(line) for line in lines if line.startswith('{"level"')]
        return [line for line in told if line.get("story") == "pull"]


def _is_write(call: Call, methods: tuple[str, ...]) -> bool:
    return call.method in methods and call.endpoint.startswith("CustomerCompany")
