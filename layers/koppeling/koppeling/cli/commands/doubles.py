"""The command about customers that stand in both systems under different numbers."""

from pathlib import Path

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit
from koppeling.cli.tasks.doubles import Chosen, choose, save, table_of
from koppeling.cli.tasks.settings_log import log_doubles
from koppeling.pull.double_choices import KnownDouble


@click.command()
@click.argument("connection")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File in which the pairs are saved, with a column to fill in.",
)
@click.option(
    "--choose",
    "filled_in",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Such a file, filled in: zelfde, verschillend or later in the last column.",
)
@with_context
def doubles(cli: CliContext, connection: str, *, file: Path | None, filled_in: Path | None) -> None:
    """Show the customers of CONNECTION that are probably one, under another number in each system.

    `koppeling preview` finds them. Of each pair a person says what it is. The same (zelfde): the
    number in QicsMilestones becomes that of Exact Online. Different (verschillend): a new customer
    is created. Later, or nothing: neither, it waits. A wrong line of a file is told, and the others
    count; ends with 1 then.
    """
    found = cli.connection(connection)
    chosen = Chosen(0, ())
    if filled_in is not None:
        chosen = choose(cli.stack, found, filled_in)
        log_doubles(cli.stack, found.id, chosen.chosen)
    pairs = cli.stack.stores.doubles.of(found.id)
    if file is not None:
        save(pairs, file)
    result = {"connection": found.id, "doubles": pairs, "chosen": chosen.chosen}
    cli.answer(result | {"wrong": chosen.wrong}, lambda: _show(cli, pairs, chosen, file))
    if chosen.wrong:
        click.get_current_context().exit(Exit.ATTENTION)


def _show(cli: CliContext, pairs: list[KnownDouble], chosen: Chosen, file: Path | None) -> None:
    if not pairs:
        click.echo("no likely doubles are known: `koppeling preview` looks for them")
        return
    table = table_of(pairs)
    cli.table(table.columns, table.rows)
    for each in chosen.wrong:
        click.echo(each)
    open_ones = sum(pair.choice is None for pair in pairs)
    click.echo(f"{len(pairs)} pairs, {open_ones} without a choice")
    if file is not None:
        click.echo(f"saved {file}")
