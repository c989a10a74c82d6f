"""The first part of the demo: what a first load would do is seen, approved, and then begins."""

from collections.abc import Iterable, Iterator

from rich.progress import Progress

from koppeling.cli.stack import Stack as OperatorStack
from koppeling.cli.stack import StackLocation
from koppeling.cli.tasks.previewing import FirstLook, Previews, enabled
from koppeling.cli.tasks.starting import approve
from koppeling.pull.approval import Stage as ApprovalStage
from koppeling.pull.preview_rows import Section
from koppeling.pull.preview_words import PreviewWords
from tools.demo.invoices import columns
from tools.demo.stage import CONNECTION, Stage

SHOWN = 5
_COUNTED = ("overwritten", "new", "same", "left_out")


def seen_and_approved(stage: Stage) -> None:
    """Show that nothing is written before an approval, and what is approved."""
    stage.part(1, "a new connection is not started: what it would do is seen, then approved")
    connection = stage.wiring.stores.connections.get(CONNECTION)
    stage.demand(connection is not None and not connection.started, "it is not started")
    if connection is None:
        return
    before = stage.customers()
    operator = _operator(stage)
    previews = Previews(operator)
    for _ in _watched(stage, previews.make(connection), len(enabled(connection)), "looking"):
        pass
    look = previews.look(connection)
    _show(stage, look, previews)
    stage.demand(stage.writes("POST", "PUT") == 0, "nothing is written by looking")
    stage.demand(stage.customers() == before, "QicsMilestones holds what it held")
    ended = approve(
        operator, look, lambda each, total: _watched(stage, each, total, "comparing once more")
    )
    stage.demand(ended.stage is ApprovalStage.STARTED, "what was approved is what would happen")
    stage.say(f"approved under {look.digest[:8]}: from now on ticks write")


def _operator(stage: Stage) -> OperatorStack:
    stack = stage.stack
    location = StackLocation(stack.region, stack.outputs, stack.aws_endpoint)
    return OperatorStack(location, wiring=stage.wiring)


def _watched(stage: Stage, things: Iterable[str], total: int, what: str) -> Iterator[str]:
    with Progress(console=stage.console) as progress:
        yield from progress.track(things, total=total, description=f"   {what}")


def _show(stage: Stage, look: FirstLook, previews: Previews) -> None:
    words = PreviewWords("nl")
    headings = (words.say(f"column.{each}") for each in ("entity", *_COUNTED))
    table = columns(*(f"{each}>" if number else each for number, each in enumerate(headings)))
    for each in look.previews:
        counts = (words.count(each.counts.get(name, 0)) for name in _COUNTED)
        table.add_row(words.entity(each.entity), *counts)
    stage.console.print(table)
    rows = [row for _, row in previews.rows(look, Section.OVERWRITTEN, SHOWN)]
    names = ("code", "name", "field", "old", "will_be")
    changes = columns(*(words.say(f"column.{each}") for each in names))
    for line in words.overwritten(rows)[:SHOWN]:
        changes.add_row(*line)
    stage.console.print(changes)
