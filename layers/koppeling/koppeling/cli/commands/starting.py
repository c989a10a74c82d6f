"""Commands about the start of a connection: a new one waits for an approval."""

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import CommandError, Exit
from koppeling.cli.tasks.pulling import GOES_ON, ManualPull, Pulled, in_order
from koppeling.cli.tasks.settings_log import log_start
from koppeling.core.connection import Connection


@click.command()
@click.argument("connection")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def start(cli: CliContext, connection: str, *, yes: bool) -> None:
    """Approve what CONNECTION will do, and let its first load begin.

    A new connection writes nothing and books nothing before this; invoices that arrived wait. Ends
    with 1 when a pull stopped.
    """
    found = cli.connection(connection)
    if found.started:
        _answer(cli, found, [], "is started already")
        return
    if not yes:
        click.confirm(f"Let {found.id} begin?", abort=True, err=cli.as_json)
    if not cli.stack.stores.connections.set_started(found.id, started=True):
        raise CommandError(f"{found.id} changed at this moment: try again")
    log_start(cli.stack, found.id)
    pulls, names = ManualPull(cli.stack), in_order(())
    done = [pulls.pull(found.id, name) for name in cli.progress(names, len(names), "loading")]
    _answer(cli, found, done, "is started")
    if not all(pulled.is_well for pulled in done):
        click.get_current_context().exit(Exit.ATTENTION)


def _answer(cli: CliContext, found: Connection, done: list[Pulled], word: str) -> None:
    result = {"connection": found.id, "started": True, "changed": bool(done), "pulls": done}
    cli.answer(result, lambda: _show(cli, found, done, word))


def _show(cli: CliContext, found: Connection, done: list[Pulled], word: str) -> None:
    click.echo(f"{found.id} {word}")
    if done:
        rows = [
            (
                one.entity,
                "goes on" if one.outcome in GOES_ON else one.outcome,
                one.counts.get("read", 0),
            )
            for one in done
        ]
        cli.table(("entity", "outcome", "read"), rows)
        click.echo(f"how far it is: `koppeling status {found.id}`")
