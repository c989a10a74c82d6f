"""An operator at the command line of the whole link in one process."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, override

from click.testing import CliRunner, Result

from koppeling.bootstrap.previews import previewer
from koppeling.cli.adapters import DeployedFunctions
from koppeling.cli.context import CliContext
from koppeling.cli.main import koppeling
from koppeling.cli.stack import Stack, StackLocation
from koppeling.cli.tasks.pulling import function_of
from koppeling.cli.values import plain
from koppeling.core import decimal_json as decimals
from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId
from koppeling.pull.entities.registry import ENTITIES
from koppeling.watch.events import CheckUp, Reconcile, watch_event
from tests.environment import MILLISECONDS_LEFT, REGION, Environment, environment
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.paths import ROOT

ID = ConnectionId("veldhuis-advies-01")
FILE = str(ROOT / "docs" / "veldhuis-advies-01.yaml")
ENTITY_OF = {function_of(name): name for name in ENTITIES}


class HouseFunctions(DeployedFunctions):
    """The functions of the environment, which answer what Lambda would hand back: JSON."""

    def __init__(self, home: Environment) -> None:
        super().__init__(client=None, outputs={})
        self.home = home

    @override
    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Answer as the handlers do."""
        return json.loads(json.dumps(self._answer(name, event)))

    def _answer(self, name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what a function returns
        if name == "WatchFunction":
            return self._watch(event)
        pulls = self.home.pulls(ENTITY_OF[name])
        connection, deadline = (
            ConnectionId(event["connection"]),
            Deadline(lambda: MILLISECONDS_LEFT),
        )
        if event.get("preview"):
            self.home.clock.advance(1)
            return plain(previewer(self.home.wiring, pulls).make(connection, deadline))
        if event.get("undo"):
            undo = self.home.wiring.undo
            return asdict(
                (undo.preview if event.get("dry_run") else undo.run)(connection, deadline)
            )
        full = event.get("full") is True
        if event.get("dry_run"):
            return asdict(pulls.preview(connection, deadline, full=full))
        return asdict(pulls.run(connection, deadline, full=full))

    def _watch(self, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - likewise
        wiring = self.home.wiring
        match watch_event(event):
            case CheckUp(connection):
                return asdict(wiring.checks.run(connection))
            case Reconcile(connection, period, lines):
                found = wiring.reconciler.run(connection, period, lines=lines)
                return decimals.as_text(asdict(found))
            case other:
                raise AssertionError(other)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who types commands."""

    home: Environment
    stack: Stack

    def types(self, *words: str) -> Result:
        """Type a command."""
        return CliRunner().invoke(koppeling, list(words), obj=CliContext(given_stack=self.stack))

    def reads(self, *words: str) -> Any:  # noqa: ANN401 - what a command answers
        """Type a command for its JSON."""
        return json.loads(self.types(*words, "--json").stdout)

    def puts(self, folder: Path, files: InvoiceFiles) -> Result:
        """Put an invoice in the inbox by hand."""
        document, pdf = folder / "invoice.json", folder / "invoice.pdf"
        document.write_bytes(files.json_bytes)
        pdf.write_bytes(files.pdf_bytes)
        return self.types("push", ID, str(document), "--pdf", str(pdf))


@contextmanager
def an_operator(accounts: int = 10) -> Iterator[Operator]:
    """Open an environment whose connection is not configured yet, and sit an operator before it."""
    with environment(accounts=accounts) as home:
        home.wiring.stores.connections.remove(ID)
        yield operator_of(home)


def operator_of(home: Environment) -> Operator:
    """Sit an operator before an environment."""
    outputs = {
        "InboxBucket": home.settings.inbox_bucket,
        "SalesEntryQueueUrl": home.settings.sales_entry_queue_url,
        "ConnectUrl": home.settings.connect_url,
    }
    stack = Stack(
        StackLocation(REGION, outputs),
        wiring=home.wiring,
        now=home.clock.now,
        pause=home.clock.advance,
    )
    stack.functions = HouseFunctions(home)
    return Operator(home, stack)


def subjects(operator: Operator) -> list[str]:
    """Return what the open problems are about."""
    return [problem["subject"] for problem in operator.reads("problems", ID)]


def booked(operator: Operator, folder: Path) -> InvoiceFiles:
    """Set the connection up, let it load, and book an invoice that was put in the inbox by hand."""
    operator.types("connections", "apply", "--yes", FILE)
    approved(operator)
    files = build_invoice("20260412", debtor_code="1068")
    operator.puts(folder, files)
    operator.home.deliver(files.json_key)
    return files


def approved(operator: Operator) -> None:
    """Look at what the first load would do, and let it begin."""
    operator.types("preview", ID)
    operator.home.clock.advance(60)
    operator.types("start", ID, "--yes")
    operator.home.clock.advance(60)
