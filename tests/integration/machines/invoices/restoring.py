"""Entries that people make by hand, and a table that goes back in time."""

import json

from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import State
from tests.integration.machines.invoices.backup import Backup
from tests.integration.machines.invoices.papers import Paper, written
from tests.integration.machines.invoices.scene import Scene

RESTORING = 3600.0  # longer than a push lives and Exact may be late


def enter_by_hand(scene: Scene, paper: Paper) -> None:
    """Let a person enter a refused invoice in Exact, as it lies in the inbox."""
    item = scene.outbox.items.get((paper.connection, paper.number))
    version = scene.lying.get(paper)
    refused = item is not None and item.state is State.REJECTED and not item.is_passed_over
    books = scene.company(paper).books
    if not refused or version is None or version < 0 or books.stands(paper.number):
        return
    document = json.loads(written(paper, version))
    books.enter(
        {
            "YourRef": paper.number,
            "Customer": scene.company(paper).debtor.id,
            "Journal": "70",
            "EntryDate": document["invoice_date"],
            "Currency": document["currency"],
            "AmountFC": paper.amount_incl(version),
        }
    )


def keep(scene: Scene) -> None:
    """Keep the table as it is now."""
    problems = {name: dict(c.problems.open_ones) for name, c in scene.companies.items()}
    scene.backup = Backup(dict(scene.outbox.items), dict(scene.waits.held), problems)


def restore(scene: Scene) -> None:
    """Put back the table that was kept, long after the last push, as the manual says."""
    if scene.backup is None:
        return
    while scene.processes:
        scene.processes[0].die()
        scene.look_after_processes()
    scene.let_pass(RESTORING)
    scene.outbox.items = dict(scene.backup.items)
    scene.waits.held = dict(scene.backup.waits)
    for name, open_ones in scene.backup.problems.items():
        scene.companies[name].problems.open_ones = dict(open_ones)
        scene.companies[name].books.note_restore()
    scene.restored_at = scene.clock.now()
    for paper in scene.lying:
        scene.queue.send([(InvoiceMessage(paper.key, retry=True).as_message(), 0)])
