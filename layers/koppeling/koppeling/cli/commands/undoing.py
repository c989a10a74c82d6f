"""The command that takes back the first load of a connection."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import CommandError, Exit
from koppeling.cli.tasks.pulling import GOES_ON, function_of
from koppeling.cli.tasks.settings_log import log_undo
from koppeling.cli.values import plain
from koppeling.pull.undo_record import UndoneAs

# Any function of a pull would do: they have the logins, and this one has the largest lists
FUNCTION = function_of("accounts")
TOO_LATE = "undo-too-late"
_WORDS: Mapping[str, str] = {
    UndoneAs.RESTORED: "old values back",
    UndoneAs.CHANGED_SINCE: "partly: somebody changed these fields since, they stay",
    UndoneAs.INACTIVE: "created by the link: inactive, not deleted",
    UndoneAs.STAYS: "created by the link: stays, such records cannot be inactive",
    UndoneAs.SHARED: "stays: other connections of the tenant use it",
    UndoneAs.GONE: "is not there any more",
    UndoneAs.REFUSED: "QicsMilestones refused its old values",
}


@click.command()
@click.argument("connection")
@click.option("--preview", is_flag=True, help="Write nothing, and show what would be undone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def undo(cli: CliContext, connection: str, *, preview: bool, yes: bool) -> None:
    """Take back the first load of CONNECTION, and let it wait for an approval again.

    Fields that the link overwrote in QicsMilestones get their old value, unless somebody changed
    them since: those are listed. Records that it created become inactive; none is deleted. Booked
    invoices stay booked. It can be done for 90 days. Loading again afterwards makes no doubles.
    Ends with 1 while it is not done.
    """
    found = cli.connection(connection)
    if preview:
        answer = cli.stack.functions.invoke(
            FUNCTION, {"connection": found.id, "undo": True, "dry_run": True}
        )
        _refuse_if_needed(answer)
        cli.answer(answer, lambda: _show(cli, answer["lines"], answer["counts"], "would be undone"))
        return
    if not yes:
        click.confirm(f"Undo the first load of {found.id}?", abort=True, err=cli.as_json)
    answer = cli.stack.functions.invoke(FUNCTION, {"connection": found.id, "undo": True})
    _refuse_if_needed(answer)
    if found.started:
        log_undo(cli.stack, found.id)
    lines = [plain(line) for line in cli.stack.stores.journal.told(found.id)]
    result = {"connection": found.id, "outcome": answer["outcome"], "lines": lines}
    cli.answer(result, lambda: _show_done(cli, found.id, answer, lines))
    if answer["outcome"] != "done":
        click.get_current_context().exit(Exit.ATTENTION)


def _refuse_if_needed(answer: Mapping[str, Any]) -> None:
    if answer["outcome"] == TOO_LATE:
        raise CommandError(
            "this cannot be undone: it was loaded more than 90 days ago, or by an earlier release"
        )


def _show_done(
    cli: CliContext, connection: str, answer: Mapping[str, Any], lines: list[Any]
) -> None:
    _show(cli, lines, answer["counts"], "are undone")
    if answer["outcome"] == "done":
        again = f"`koppeling preview {connection}`, then `koppeling start {connection}`"
        click.echo(f"{connection} is not started any more; to begin again: {again}")
    elif answer["outcome"] in GOES_ON:
        click.echo(f"the rest goes on by itself: `koppeling undo {connection}` shows how far it is")
    else:
        click.echo(f"it stopped: {answer['outcome']} {answer.get('detail', '')}".rstrip())


def _show(
    cli: CliContext, lines: Iterable[Mapping[str, Any]], counts: Mapping[str, int], word: str
) -> None:
    rows = [
        (
            line["entity"],
            line["code"],
            _WORDS.get(line["outcome"], line["outcome"]),
            ", ".join(f"{name}: {value}" for name, value in line["kept"].items()) or line["detail"],
        )
        for line in lines
    ]
    cli.table(("entity", "code", "what becomes of it", "stays"), rows)
    total = ", ".join(f"{count} {_WORDS.get(name, name)}" for name, count in counts.items())
    click.echo(f"{len(rows)} records {word}" + (f": {total}" if total else ""))
