"""Commands about the start of a connection: what it would do, and the approval of it."""

from pathlib import Path

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit, UsageError
from koppeling.cli.tasks.previewing import COLUMNS, LINES, SHOWN, FirstLook, Previews, as_json
from koppeling.cli.tasks.pulling import GOES_ON, ManualPull, Pulled, in_order
from koppeling.cli.tasks.starting import approve
from koppeling.core.connection import Connection
from koppeling.core.rendering import moment
from koppeling.pull.approval import Approval, Stage
from koppeling.pull.preview_rows import Section
from koppeling.pull.preview_words import PreviewWords

_COUNTED = ("new", "overwritten", "same", "left_out")


@click.command()
@click.argument("connection")
@click.option(
    "--csv",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder in which every row is saved, for the customer.",
)
@click.option("--kept", is_flag=True, help="Show the last preview again; nothing is read anew.")
@with_context
def preview(cli: CliContext, connection: str, folder: Path | None, *, kept: bool) -> None:
    """Show what a pull of CONNECTION would do: what it overwrites first, then what is new.

    Both systems are read and nothing is written. The preview is kept for two weeks: the pages show
    the same, and `koppeling start` holds an approval against it. Ends with 1 when an entity could
    not be read.
    """
    found, previews = cli.connection(connection), Previews(cli.stack)
    if not kept:
        entities = in_order(())
        list(cli.progress(previews.make(found), len(entities), "looking"))
    look, words = previews.look(found), PreviewWords(cli.language)
    files = [] if folder is None else previews.save(look, folder, words)
    result = as_json(look, {each: previews.rows(look, each) for each in Section})
    cli.answer(result | {"files": list(map(str, files))}, lambda: _show(cli, look, words, files))
    if any(each.outcome != "done" for each in look.previews):
        click.get_current_context().exit(Exit.ATTENTION)


@click.command()
@click.argument("connection")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def start(cli: CliContext, connection: str, *, yes: bool) -> None:
    """Approve what CONNECTION will do, and let its first load begin.

    A new connection writes nothing and books nothing before this; invoices that arrived wait. What
    is approved is the last preview. Everything is compared once more: if something would be
    overwritten that the preview did not show, nothing begins, and the new preview has to be
    approved. Ends with 1 when it did not begin, or when a pull stopped.
    """
    found = cli.connection(connection)
    if found.started:
        _answer_started(cli, found, [], "is started already")
        return
    look, words = Previews(cli.stack).look(found), PreviewWords(cli.language)
    if not look.previews:
        raise UsageError(f"nobody has seen what it would do: `koppeling preview {found.id}` first")
    if not cli.as_json:
        _show(cli, look, words, [])
    if not yes:
        click.confirm(f"Let {found.id} begin?", abort=True, err=cli.as_json)
    ended = approve(cli.stack, look, lambda each, total: cli.progress(each, total, "comparing"))
    if ended.stage is not Stage.STARTED:
        cli.answer(_stopped(found, ended), lambda: _show_stopped(found, ended))
        click.get_current_context().exit(Exit.ATTENTION)
    pulls, names = ManualPull(cli.stack), in_order(())
    done = [pulls.pull(found.id, name) for name in cli.progress(names, len(names), "loading")]
    _answer_started(cli, found, done, "is started")
    if not all(pulled.is_well for pulled in done):
        click.get_current_context().exit(Exit.ATTENTION)


def _show(cli: CliContext, look: FirstLook, words: PreviewWords, files: list[Path]) -> None:
    if not look.previews:
        click.echo(words.say("none"))
        return
    seen_at = moment(look.previews[-1].at.isoformat(), cli.language)
    click.echo(words.say("seen_at", moment=seen_at))
    columns = [words.say(f"column.{each}") for each in ("entity", *_COUNTED)]
    cli.table(
        columns,
        [
            (words.entity(each.entity), *(each.counts.get(name, 0) for name in _COUNTED))
            for each in look.previews
        ],
    )
    for section in Section:
        _show_section(cli, look, words, section)
    for each in look.previews:
        if each.outcome != "done":
            click.echo(words.say("stopped", entity=words.entity(each.entity), why=each.outcome))
    pairs = cli.stack.stores.doubles.of(look.connection.id)
    if open_pairs := sum(pair.choice is None for pair in pairs):
        click.echo(words.say("doubles", count=words.count(open_pairs), id=look.connection.id))
    for file in files:
        click.echo(f"saved {file}")


def _show_section(cli: CliContext, look: FirstLook, words: PreviewWords, section: Section) -> None:
    """Show the first rows; what is overwritten is worth a line when it is nothing."""
    rows = list(Previews(cli.stack).rows(look, section, SHOWN + 1))
    if not rows:
        if section is Section.OVERWRITTEN:
            click.echo(words.say("nothing_overwritten"))
        return
    columns = [words.say(f"column.{each}") for each in COLUMNS[section]]
    cli.table(columns, LINES[section](words, rows[:SHOWN]), words.say(f"section.{section}"))
    if len(rows) > SHOWN:
        click.echo(words.say("more", id=look.connection.id))


def _stopped(found: Connection, ended: Approval) -> dict[str, object]:
    return {
        "connection": found.id,
        "started": False,
        "not_seen": ended.since,
        "stopped": ended.stopped,
    }


def _show_stopped(found: Connection, ended: Approval) -> None:
    click.echo(f"{found.id} did not begin, and nothing was written")
    for entity, count in ended.since.items():
        click.echo(f"{entity}: {count} more would be overwritten than the preview showed")
    for entity, code in ended.stopped.items():
        click.echo(f"{entity}: could not be compared ({code})")
    click.echo(f"see `koppeling preview {found.id} --kept`, then start again")


def _answer_started(cli: CliContext, found: Connection, done: list[Pulled], word: str) -> None:
    result = {"connection": found.id, "started": True, "changed": bool(done), "pulls": done}
    cli.answer(result, lambda: _show_started(cli, found, done, word))


def _show_started(cli: CliContext, found: Connection, done: list[Pulled], word: str) -> None:
    click.echo(f"{found.id} {word}")
    if done:
        rows = [
            (
                one.entity,
                "goes on" if one.outcome in GOES_ON else one.outcome,
                one.counts.get("created", 0),
                one.counts.get("changed", 0),
                one.counts.get("read", 0),
            )
            for one in done
        ]
        cli.table(("entity", "outcome", "created", "changed", "read"), rows)
        click.echo(f"how far it is: `koppeling status {found.id}`")
