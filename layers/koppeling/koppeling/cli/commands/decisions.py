"""Commands by which a person decides about one invoice (Akkoord, Koppelen, Overslaan)."""

import click

from koppeling.cli.commands.beside import seen_beside
from koppeling.cli.context import CliContext, with_context
from koppeling.cli.tasks.deciding import decider_of, decisions_of, saying_why, with_decider
from koppeling.core.connection import Connection


@click.command()
@click.argument("connection")
@click.argument("number")
@with_decider
@with_context
def confirm(cli: CliContext, connection: str, number: str, *, by: str, reason: str) -> None:
    """Agree with the entry of invoice NUMBER, which differs from the invoice (Akkoord).

    Somebody looked at it in Exact Online, and it is right as it stands there. Nothing is changed in
    the books; the problem closes.
    """
    found = cli.connection(connection)
    decider = decider_of(cli.stack, by, reason)
    with saying_why(found.id):
        decisions_of(cli.stack).confirm(found.id, number, decider)
    result = {"connection": found.id, "invoice": number, "decision": "confirmed"}
    cli.answer(result, lambda: click.echo(f"{number}: its problem closes {_when(found)}"))


@click.command()
@click.argument("connection")
@click.argument("number")
@with_decider
@with_context
def skip(cli: CliContext, connection: str, number: str, *, by: str, reason: str) -> None:
    """Leave invoice NUMBER as it is; nothing has to be done about it (Overslaan).

    It was refused, changed after it was booked, lacks its PDF, or its entry was deleted in Exact
    Online. Its problems close. `koppeling retry CONNECTION invoice/NUMBER` takes it up again
    (invoice/NUMBER/entry where its entry was deleted), as does a new copy in the inbox.
    """
    found = cli.connection(connection)
    decider = decider_of(cli.stack, by, reason)
    with saying_why(found.id):
        decisions_of(cli.stack).skip(found.id, number, decider)
    result = {"connection": found.id, "invoice": number, "decision": "skipped"}
    cli.answer(result, lambda: click.echo(f"{number}: it is left {_when(found)}"))


@click.command()
@click.argument("connection")
@click.argument("number")
@click.argument("entry")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_decider
@with_context
def adopt(  # noqa: PLR0913 - each an argument or option
    cli: CliContext, connection: str, number: str, entry: str, *, yes: bool, by: str, reason: str
) -> None:
    """Take ENTRY in Exact Online for the entry of invoice NUMBER (Koppelen).

    ENTRY is the number of an entry that somebody made by hand, and that has NUMBER as its
    your-reference. Both are laid beside each other first. It may differ from the invoice: nothing
    is changed or booked, and the PDF is hung on it. It may not be of another customer, or of
    another invoice.
    """
    found = cli.connection(connection)
    decider = decider_of(cli.stack, by, reason)
    with saying_why(found.id):
        decisions_of(cli.stack).may_adopt(found.id, number)
        seen = seen_beside(cli, found.id, number, entry)
        if not yes:
            click.confirm(f"Take entry {entry} for invoice {number}?", abort=True, err=cli.as_json)
        decisions_of(cli.stack).adopt(found.id, number, entry, decider, seen)
    result = {"connection": found.id, "invoice": number, "entry": entry, "decision": "adopted"}
    cli.answer(result, lambda: click.echo(f"{number}: entry {entry} is taken {_when(found)}"))


def _when(connection: Connection) -> str:
    if not connection.started:
        return "when the connection is started"
    return "when the connection goes on" if connection.paused else "in a moment"
