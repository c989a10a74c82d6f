"""Commands for what the queues gave up on: what lies where, and emptying what is understood."""

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.dead_letters import DeadLetterQueues, LyingLetter, queue_names

_SHOWN = 100


@click.group("dead-letters")
def group() -> None:
    """Messages that a queue gave up on."""


@group.command("list")
@with_context
def list_(cli: CliContext) -> None:
    """Show how many messages lie in each dead-letter queue, and what they are about."""
    queues = DeadLetterQueues(cli.stack)
    found = {name: [each.about for each in queues.letters(name)] for name in queue_names(cli.stack)}
    result = [
        {"queue": name, "lying": len(lying), "about": sorted(set(lying))}
        for name, lying in found.items()
    ]
    rows = [
        (name, len(lying), ", ".join(sorted(set(lying)))[:_SHOWN]) for name, lying in found.items()
    ]
    cli.answer(result, lambda: cli.table(("queue", "lying", "about"), rows))


@group.command()
@click.argument("queue")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only shown.")
@with_context
def purge(cli: CliContext, queue: str, *, yes: bool) -> None:
    """Remove what lies in the dead-letter QUEUE once it is understood; first look, then --yes.

    QUEUE is a name of `koppeling dead-letters list`, such as PullAccounts. An invoice loses nothing
    by it: its document stays in the inbox, and its problem stays open. A token pair is lost.
    """
    names = queue_names(cli.stack)
    if queue not in names:
        raise NotFound(f"there is no dead-letter queue {queue}; those are: {', '.join(names)}")
    queues = DeadLetterQueues(cli.stack)
    letters = queues.letters(queue)
    if yes:
        for letter in cli.progress(letters, len(letters), "removing"):
            queues.remove(queue, letter)
    result = {
        "queue": queue,
        "removed": len(letters) if yes else 0,
        "letters": [each.about for each in letters],
    }
    cli.answer(result, lambda: _show(queue, letters, yes=yes))


def _show(queue: str, letters: list[LyingLetter], *, yes: bool) -> None:
    for letter in letters:
        click.echo(letter.about)
    word = "removed from" if yes else "would be removed from"
    click.echo(f"{len(letters)} {word} {queue}")
    if letters and not yes:
        click.echo("nothing was removed: --yes does")
