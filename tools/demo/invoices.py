"""The part of the demo in which invoices go out, and everything that may go wrong on the way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from koppeling.core import catalogue
from koppeling.core.problems import Problem, invoice_subject
from koppeling.push.outbox import State
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.demo.stage import CONNECTION, WITHIN_SECONDS, Stage
from tools.stack.processes import eventually

INVOICES = (("20260501", "1068"), ("20260502", "1071"), ("20260503", "0000215"))
LOST, REFUSED = "20260504", "20260505"
UNKNOWN_DEBTOR = "4242"
PERIOD = "2026-10"
_LIMIT = 429
_MINUTES = 150


def push(stage: Stage) -> Sequence[InvoiceFiles]:
    """Let invoices become sales entries with their PDF."""
    stage.part(6, "three invoices with their PDF are put in the inbox")
    files = [build_invoice(number, debtor_code=debtor) for number, debtor in INVOICES]
    stage.clear()
    for one in files:
        stage.put(one)
    stage.wait("invoices", lambda: sum(1 for e in stage.exact.entries() if _files(e)), len(files))
    stage.drained("SalesEntryQueueUrl")
    entries = stage.exact.entries()
    table = columns("entry", "invoice", "customer", "excl. VAT>", "VAT>", "incl. VAT>", "file")
    table.add_column("bytes", justify="right", no_wrap=True)
    for entry in entries:
        table.add_row(*_entry(entry))
    stage.console.print(table)
    stage.demand(len(entries) == len(files), "each invoice is one sales entry")
    stage.say(f"{stage.calls()} calls to Exact Online, the first look-ups among them")
    return files


def once_more(stage: Stage, files: InvoiceFiles) -> None:
    """Book nothing twice."""
    stage.part(7, "the first of them is put in the inbox again")
    before = stage.exact.entries()
    stage.clear()
    stage.put(files)
    delivered = eventually(
        lambda: "already-booked" in "".join(stage.stack.log_lines("PushSalesEntriesFunction")),
        WITHIN_SECONDS,
    )
    stage.demand(delivered, "the second offer reaches the function")
    stage.drained("SalesEntryQueueUrl")
    stage.demand(stage.exact.entries() == before, "nothing is booked twice")
    stage.say(f"nothing booked, {stage.calls()} calls to Exact Online")


def totals(stage: Stage, files: Sequence[InvoiceFiles]) -> None:
    """Agree to the cent, and break no rule."""
    stage.part(12, "the totals")
    invoiced = [one.document["totals"]["amount_incl_vat"] for one in files]
    offered = sum((Decimal(amount) for amount in invoiced), Decimal())
    entries = stage.exact.entries()
    booked = sum((Decimal(entry["amount_incl_vat"]) for entry in entries), Decimal())
    stage.demand(offered == booked, f"invoices {offered} and entries {booked} agree")
    stage.demand(not stage.milestones.violations(), "no rule of QicsMilestones was broken")
    refused = [call for call in stage.exact.journal() if int(call["status"]) == _LIMIT]
    stage.demand(not refused, "no call went over a limit of Exact Online")
    stage.say(f"invoiced {offered}, booked {booked}: equal to the cent")


def an_answer_is_lost(stage: Stage) -> InvoiceFiles:
    """Let Exact book an invoice and break the connection before it answers."""
    stage.part(8, "Exact books an invoice, and its answer gets lost on the way back")
    files = build_invoice(LOST, debtor_code="1068")
    stage.exact.arm("answer-lost", endpoint="salesentry/SalesEntries", method="POST")
    stage.put(files)
    unknown = eventually(lambda: _state(stage, LOST) is State.UNKNOWN, WITHIN_SECONDS)
    stage.demand(unknown, "the outcome is UNKNOWN: nobody knows whether it was booked")
    (problem,) = [each for each in _about(stage, LOST) if each.code == "entry-uncertain"]
    stage.say(f"[italic]{catalogue.text(problem.code, 'nl', problem.values)}[/italic]")
    stage.say("it is looked for after a minute; meanwhile the next one")
    return files


def a_refused_invoice(stage: Stage) -> InvoiceFiles:
    """Explain a refusal in Dutch, and book by itself once its cause is gone."""
    stage.part(9, "an invoice for a debtor whom Exact does not know")
    files = build_invoice(REFUSED, debtor_code=UNKNOWN_DEBTOR)
    stage.put(files)
    rejected = eventually(lambda: _state(stage, REFUSED) is State.REJECTED, WITHIN_SECONDS)
    stage.demand(rejected, "it is rejected, and holds up nobody")
    (problem,) = _about(stage, REFUSED)
    stage.say(f"[italic]{catalogue.text(problem.code, 'nl', problem.values)}[/italic]")
    stage.exact.add_account(Code=UNKNOWN_DEBTOR, Name="Nieuwe debiteur B.V.")
    pulled = stage.tick("Accounts")
    stage.demand(pulled.counts["woken"] == 1, "the pull that brings the customer wakes the invoice")
    booked = eventually(lambda: _state(stage, REFUSED) is State.DONE, WITHIN_SECONDS)
    gone = eventually(lambda: not _about(stage, REFUSED), WITHIN_SECONDS)
    stage.demand(booked and gone, "it is booked, and the problem is gone")
    # QicsMilestones is told after the invoice is stored as done
    told = eventually(
        lambda: not any(row["IsError"] for row in _told(stage, files)), WITHIN_SECONDS
    )
    mine = _told(stage, files)
    stage.demand(told and len(mine) == 1, "QicsMilestones shows that too")
    stage.say("the customer is made in Exact: the next tick brings it in, and the invoice is")
    stage.say(f"booked by itself. QicsMilestones shows: [italic]{mine[0]['Message']}[/italic]")
    return files


def it_is_found_again(stage: Stage) -> None:
    """End an unknown outcome without a second booking."""
    stage.part(10, "the invoice whose answer got lost")
    settled = eventually(lambda: _state(stage, LOST) is State.DONE, _MINUTES)
    stage.demand(settled, f"it is settled within {_MINUTES} s")
    stage.demand(len(_entries(stage, LOST)) == 1, "it stands in Exact once")
    item = stage.wiring.stores.outbox.get(CONNECTION, LOST)
    steps = " → ".join(state.value for state, _ in item.history) if item else ""
    stage.say(f"{steps}: found by its number, adopted, and booked once")


def reconciled(stage: Stage) -> None:
    """Let the journal of Exact say the same."""
    stage.part(11, f"the reconciliation of {PERIOD}")
    event = {"reconcile": CONNECTION, "period": PERIOD}
    found = stage.stack.invoke("WatchFunction", event)
    table = columns("currency", "invoices>", "amount>", "entries>", "amount>", "difference>")
    for one in found["sums"]:
        difference = Decimal(one["amount_entries"]) - Decimal(one["amount_invoices"])
        cells = [one["invoices"], one["amount_invoices"], one["entries"], one["amount_entries"]]
        table.add_row(one["currency"], *[str(cell) for cell in cells], str(difference))
        stage.demand(difference == 0, "the journal and the invoices agree to the cent")
    stage.console.print(table)
    stage.demand(not found["gone"] and not found["differing"], "every invoice stands in Exact")


def _told(stage: Stage, files: InvoiceFiles) -> list[Mapping[str, Any]]:
    told = stage.milestones.records("EntityState")
    return [row for row in told if row["EntityId"] == files.document["invoice_id"]]


def _state(stage: Stage, number: str) -> State | None:
    item = stage.wiring.stores.outbox.get(CONNECTION, number)
    return None if item is None else item.state


def _about(stage: Stage, number: str) -> list[Problem]:
    opened = stage.wiring.stores.problems.opened(CONNECTION)
    return [problem for problem in opened if problem.subject == invoice_subject(number)]


def _entries(stage: Stage, number: str) -> list[Mapping[str, Any]]:
    return [entry for entry in stage.exact.entries() if entry["your_ref"] == number]


def _files(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [file for document in entry["documents"] for file in document["attachments"]]


def _entry(entry: Mapping[str, Any]) -> list[str]:
    (file,) = _files(entry)
    amounts = [entry[f"{name}"] for name in ("amount_excl_vat", "vat_amount", "amount_incl_vat")]
    customer = f"{entry['customer_code']} {entry['customer_name']}"[:24]
    number = str(entry["entry_number"])
    return [number, entry["your_ref"], customer, *amounts, file["file_name"], f"{file['size']:,}"]


def columns(*headings: str) -> Table:
    """Return a table; a heading that ends in `>` stands over figures."""
    table = Table(box=SIMPLE)
    for heading in headings:
        figures = heading.endswith(">")
        table.add_column(heading.rstrip(">"), justify="right" if figures else "left", no_wrap=True)
    return table
