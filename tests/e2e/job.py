"""The invented company, connected on the deployed stack, and the levers of a test around it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.bootstrap import Wiring
from koppeling.core.ids import ConnectionId
from koppeling.push.outbox import State
from tests.sandbox.common import company
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import InvoiceFiles
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.stack.connect import EMULATOR_VARIABLES, connect, wiring_of
from tools.stack.deployed import Stack
from tools.stack.processes import eventually

CONNECTION = ConnectionId(company.CONNECTION)


@dataclass(frozen=True, slots=True)
class Job:
    """A connected stack whose customers have come in."""

    stack: Stack
    wiring: Wiring
    exact: ExactControl
    milestones: MilestonesControl
    first_calls: int

    def tick(self, entity: str = "Accounts") -> None:
        """Give the tick of a schedule, and wait until its work is done."""
        self.stack.tick(entity, datetime.now(UTC))
        assert eventually(lambda: self.stack.waiting(f"Pull{entity}QueueUrl") == 0)  # noqa: S101 - part of every test that ticks

    def put(self, key: str, content: bytes) -> None:
        """Put an object in the inbox."""
        inbox = self.stack.outputs["InboxBucket"]
        self.stack.objects.put_object(Bucket=inbox, Key=key, Body=content)

    def offer(self, files: InvoiceFiles) -> None:
        """Put an invoice in the inbox."""
        self.put(files.pdf_key, files.pdf_bytes)
        self.put(files.json_key, files.json_bytes)

    def state(self, number: str) -> State | None:
        """Return how far an invoice is."""
        item = self.wiring.stores.outbox.get(CONNECTION, number)
        return None if item is None else item.state

    def entries(self, number: str) -> list[Mapping[str, Any]]:
        """Return the entries in Exact that carry an invoice number."""
        return [entry for entry in self.exact.entries() if entry["your_ref"] == number]

    def has_problem(self, code: str, text: str, connection: str = CONNECTION) -> bool:
        """Say whether a problem is open whose values hold a text."""
        return any(
            problem.code == code and text in json.dumps([problem.subject, dict(problem.values)])
            for problem in self.wiring.stores.problems.opened(ConnectionId(connection))
        )


@contextmanager
def connected(stack: Stack) -> Iterator[Job]:
    """Connect the invented company and let its customers come in."""
    with pytest.MonkeyPatch.context() as environment:
        # What `wiring_of` tells this process of the emulator is forgotten afterwards.
        for name in EMULATOR_VARIABLES:
            environment.setenv(name, "")
        connect(stack)
        exact, milestones = ExactControl(stack.exact_url), MilestonesControl(stack.milestones_url)
        exact.clear_journal()
        stack.tick("Accounts", datetime.now(UTC))
        assert eventually(lambda: stack.waiting("PullAccountsQueueUrl") == 0, 120)  # noqa: S101 - what every test here stands on
        calls = len([call for call in exact.journal() if "/api/v1/" in call["path"]])
        yield Job(stack, wiring_of(stack), exact, milestones, calls)
